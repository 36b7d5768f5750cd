"""What supplies show elsewhere: navigation, Today's card and button."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel import board, clock, navigation
from webapp.kernel.access import Reach, Role
from webapp.kernel.navigation import NavEntry
from webapp.supplies import queries
from webapp.supplies.rules import SlipKind

GROUP = lazy_pgettext("list", "物资")

navigation.register(
    NavEntry("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), GROUP, order=30),
    NavEntry("supplies.items", _l("物资结存"), "box", queries.READERS, GROUP, order=31),
    NavEntry("supplies.slips", _l("出入库单据"), "list", queries.READERS, GROUP, order=32),
    NavEntry(
        "supplies.ledger_check",
        _l("账实核验"),
        "check",
        (Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR),
        GROUP,
        order=33,
    ),
)


def today(reach: Reach, at: datetime) -> dict[str, Any] | None:
    """Low stock, what expires soon, and today's slips."""
    day = clock.district_day(at)
    figures = queries.figures(reach, at)
    return {
        "low": len(queries.low_items(reach)),
        "expiring": queries.expiring(reach, day),
        "incoming": figures[SlipKind.IN],
        "outgoing": figures[SlipKind.OUT],
        "day": day.isoformat(),
    }


READERS_OF_CARD = (Role.KEEPER, Role.APPROVER, Role.COMMANDER, Role.AUDITOR)
board.panel(board.Panel("supplies", READERS_OF_CARD, "supplies/_today.html", today, order=40))
board.action(board.Action("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), order=10))
