"""The visible text of a page. Addresses, ids and random tokens stand in its markup and are left out."""

from html.parser import HTMLParser

_UNREAD = frozenset({"script", "style", "template", "head"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        self.depth += tag in _UNREAD
        values = dict(attrs)
        if tag == "input" and values.get("type") not in ("hidden", "radio", "checkbox"):
            self.words.append(values.get("value") or "")

    def handle_endtag(self, tag):
        self.depth -= tag in _UNREAD

    def handle_data(self, data):
        if not self.depth:
            self.words.append(data)


def words_of(answer):
    """The text of an answer's page and the values of its visible fields, separated by spaces."""
    reader = _Words()
    reader.feed(answer.text)
    return " ".join(" ".join(reader.words).split())
