"""Follows the links to every reachable page, and checks a page at the three sizes."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from tests.support.browser import SIZES

# In CSS pixels: controls measure at least 24 by 24, except links inside a sentence; main controls are 48 high.
LOOK = """() => {
  const wrong = [], shown = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const name = (e) => (e.innerText || e.name || e.getAttribute("href") || e.tagName).trim().slice(0, 40);
  if (document.querySelectorAll("h1").length !== 1) wrong.push(`${document.querySelectorAll("h1").length} h1`);
  if (!document.title.replace(/[·\\s]|防线|Frontline/g, "")) wrong.push(`title "${document.title}"`);
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) wrong.push(`${wide}px wider than the screen`);
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(e) || e.closest(".skip, .visually-hidden")) continue;
    const box = e.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    if (getComputedStyle(e).display === "inline" && e.tagName === "A") continue;
    if (box.height < 23.9 || box.width < 23.9) wrong.push(`${name(e)}: ${box.width}x${box.height}`);
    const main = e.matches(".action, .bar a, .button[data-variant=primary]:not([data-size=small])");
    if (main && box.height < 47.9) wrong.push(`${name(e)}: only ${box.height} high`);
  }
  return wrong;
}"""


def looked_at(page, sizes=SIZES):
    """The faults of the open page at these sizes, one sentence each."""
    wrong = []
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{size}: {fault}" for fault in page.evaluate(LOOK)]
    wrong += [f"console: {fault}" for fault in page.faults]
    page.faults.clear()
    return wrong


class _Links(HTMLParser):
    """The addresses of links, and of forms that ask for a page without a field."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.asks: str | None = None
        self.templates = 0

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.templates += tag == "template"
        if self.templates:
            return
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "form":
            self.asks = values.get("action") if values.get("method", "get") == "get" else None
        if tag in ("input", "select"):
            self.asks = None

    def handle_endtag(self, tag):
        self.templates -= tag == "template"
        if tag == "form" and self.asks:
            self.links.append(self.asks)


def walk(requests, url_map, starts=("/",), never=()):
    """Follow links from `starts` without drawing pages, one page for each endpoint; yields (endpoint, path)."""
    adapter, seen, waiting = url_map.bind("localhost"), set(), [*starts]
    while waiting:
        path = waiting.pop(0)
        endpoint = adapter.match(urlsplit(path).path, method="GET")[0]
        if endpoint in seen or endpoint in never:
            continue
        seen.add(endpoint)
        answer = requests.get(path)
        assert answer.status == 200, (path, answer.status)
        yield endpoint, path
        waiting += _paths_of(answer, adapter)


def _paths_of(answer, adapter):
    reader = _Links()
    reader.feed(answer.text())
    parts = [urlsplit(urldefrag(urljoin(answer.url, link)).url) for link in reader.links]
    here = urlsplit(answer.url).netloc
    pages = [to for to in parts if to.netloc == here and "format=" not in to.query]
    return [f"{to.path}?{to.query}".rstrip("?") for to in pages if adapter.test(to.path, method="GET")]
