"""Follows the links to every reachable page, and checks a page at the three sizes."""

from urllib.parse import urldefrag, urlsplit

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
LINKS = """() => Array.from(
  document.querySelectorAll("a[href], form[method=get]:not(:has(input, select))"), (e) => e.href || e.action
)"""


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


def walk(page, url_map, start="/", never=()):
    """Follow links from `start`, one page for each endpoint; yields (endpoint, path) with the page open."""
    adapter, seen, waiting = url_map.bind("localhost"), set(), [start]
    while waiting:
        path = waiting.pop(0)
        endpoint = adapter.match(urlsplit(path).path, method="GET")[0]
        if endpoint in seen or endpoint in never:
            continue
        seen.add(endpoint)
        answer = page.goto(path)
        assert answer.status == 200, (path, answer.status)
        yield endpoint, path
        waiting += list(_paths_of(page, adapter))


def _paths_of(page, adapter):
    here = urlsplit(page.url)
    for link in page.evaluate(LINKS):
        parts = urlsplit(urldefrag(link).url)
        downloads = "format=" in parts.query
        if parts.netloc == here.netloc and not downloads and adapter.test(parts.path, method="GET"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
