"""What the page of a scan shows already: the answer to the scan leaves it out, and htmx keeps it where it stands.

The page posts marks of what it shows. A mark covers everything that a piece is drawn from, so that a line whose field
was changed meanwhile, or whose number is another one now, is drawn again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from webapp.kernel.i18n import current
from webapp.supplies.counter.draft import Draft


@dataclass(frozen=True, slots=True)
class Held:
    """The numbers of the lines, and whether the choice of destinations and the recent slips, stand on the page."""

    lines: frozenset[int] = frozenset()
    has_other: bool = False
    has_recent: bool = False


NOTHING = Held()


def held_by_page(draft: Draft, today: date) -> Held:
    """What of the draft as it is now stands on the page of the scan.

    Drawn again are the lines that the scan touched, those of before, and all of the same items, whose stock they share.
    """
    fresh = (draft.touched, draft.before)
    changed = {
        number
        for number in range(len(draft.lines))
        if number in fresh or mark_of_line(draft, number, today) not in draft.held
    }
    items = {draft.lines[number]["item"] for number in changed}
    lines = frozenset(number for number, line in enumerate(draft.lines) if line["item"] not in items)
    return Held(lines, mark_of_other(draft) in draft.held, mark_of_recent(draft, today) in draft.held)


def mark_of_line(draft: Draft, number: int, today: date) -> str:
    return _mark("line", number, today, draft.head["reason"], *draft.lines[number].items(), of=draft)


def mark_of_other(draft: Draft) -> str:
    return _mark("other", draft.head["other"], of=draft)


def mark_of_recent(draft: Draft, today: date) -> str:
    return _mark("recent", today, of=draft)


def _mark(*parts: object, of: Draft) -> str:
    text = repr([current(), of.kind.value, of.head["place"], *map(str, parts)])
    return blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


def written(marks: Iterable[str]) -> str:
    """The marks of a page in its hidden field."""
    return " ".join(filter(None, marks))
