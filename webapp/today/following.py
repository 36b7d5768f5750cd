"""The part of Today that follows the records: how a page that polls is told what is new."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, render_template
from flask_babel import get_locale
from markupsafe import Markup

from webapp.kernel import board, deadlines, journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.contributions import Contribution

MOST_DUE = 6  # on Today and on a hub; the page of tasks has them all
LOOKED_S = 60  # seconds after which a page is drawn anew even if nothing was recorded: deadlines pass, devices report
_MOST_KNOWN = 5_000  # viewers per process
_FIGURES_FIRST = (Role.COMMANDER, Role.AUDITOR, Role.APPROVER)  # unless something is overdue
_known: Contribution[dict[Any, tuple[str, Any]]] = Contribution("today_known")


@dataclass(frozen=True, slots=True)
class Parts:
    """The cards and tasks of a person; `seen` is the digest by which a page says what it shows."""

    html: Markup
    seen: str


def drawn(actor: Actor, at: datetime) -> Parts:
    """The parts as they are now."""
    stand = _stand(at)  # before they are read, so that what is recorded meanwhile is drawn by the next poll
    tasks = due(actor, at)
    html = render_template(
        "today/_parts.html",
        actions=board.actions(actor),
        figures_first=actor.has(*_FIGURES_FIRST) and not any(row.is_overdue(at) for row in tasks["due"]),
        cards=board.cards(actor, at),
        at=at,
        **tasks,
    )
    parts = Parts(Markup(html), hashlib.sha256(html.encode()).hexdigest()[:16])
    known = _known()
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[_viewer(actor)] = parts.seen, stand
    return parts


def is_newest(actor: Actor, seen: str | None, at: datetime) -> bool:
    """Whether a page shows what was last drawn for its viewer, and nothing has been recorded since; one statement."""
    return _known().get(_viewer(actor)) == (seen, _stand(at))


def due(actor: Actor, at: datetime, offered: list[deadlines.DueRows] | None = None) -> dict[str, Any]:
    """The first of what is due, and how much there is."""
    rows, cut = deadlines.due_and_more(actor, at, offered)
    return {"due": rows[:MOST_DUE], "due_total": len(rows) + sum(part.total - part.shown for part in cut)}


def init_app(app: Flask) -> None:
    _known.install(app, {})


def _stand(at: datetime) -> tuple[int, int]:
    return journal.newest(), int(at.timestamp()) // LOOKED_S


def _viewer(actor: Actor) -> Any:
    return actor.id, actor.grants, str(get_locale())
