"""What supplies show elsewhere: navigation, Today's card and button."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel import board, navigation
from webapp.kernel.access import Reach, Role, reach_into
from webapp.kernel.navigation import NavEntry
from webapp.supplies import queries

GROUP = lazy_pgettext("list", "物资")

navigation.register(
    NavEntry("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), GROUP, order=30),
    NavEntry("supplies.items", _l("物资结存"), "box", queries.READERS, GROUP, order=31),
    NavEntry("supplies.slips", _l("出入库单据"), "list", queries.READERS, GROUP, order=32),
    NavEntry("supplies.to_count", _l("待盘点"), "count", queries.READERS, GROUP, order=33, is_rare=True),
    NavEntry("supplies.dated", _l("批次有效期"), "clock", queries.READERS, GROUP, order=33, is_rare=True),
    NavEntry(
        "supplies.ledger_check",
        _l("账实核验"),
        "check",
        (Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR),
        GROUP,
        order=34,
    ),
)


def today(reach: Reach, at: datetime) -> dict[str, Any] | None:
    """Low stock, what expires soon, and today's slips."""
    whole = reach_into("supplies.items", reach.actor)
    return {"day": queries.day_of(whole, at), "to_count": queries.count_to_count(whole)}


READERS_OF_CARD = (Role.KEEPER, Role.APPROVER, Role.COMMANDER, Role.AUDITOR)
board.panel(board.Panel("supplies", READERS_OF_CARD, "supplies/_today.html", today, order=40))
board.action(board.Action("supplies.counter", _l("出入库"), "scan", (Role.KEEPER,), order=10))
