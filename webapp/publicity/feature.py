"""The contributions of publicity."""

from flask_babel import lazy_gettext as _l

from webapp.kernel import board
from webapp.kernel.feature import Feature
from webapp.kernel.figures import Figure
from webapp.kernel.navigation import Area, NavEntry
from webapp.kernel.pages import record_pages
from webapp.publicity import labels, lists
from webapp.publicity.kinds import LABEL, PUBLICITY, READERS
from webapp.publicity.rules import SUMMED
from webapp.publicity.service import RECORDERS

_EXPLAINED = {
    True: _l("从这些天之内开始的宣传，数量相加，按最新一版算；已作废的不算。"),
    False: _l("这些天之内在用的宣传，取同时在用最多那天的数量，因为每天登记的可能是同一批；已作废的不算。"),
}
FIGURES = tuple(
    Figure(
        f"publicity.{means}",
        words,
        "publicity.index",
        lists.PUBLICITY,
        {"means": means.value},
        is_of_day=True,
        is_sum=True,
        is_peak=means not in SUMMED,
        unit=labels.unit_of(means),
        explained=_EXPLAINED[means in SUMMED],
    )
    for means, words in labels.MEANS.items()
)
FEATURE = Feature(
    name="publicity",
    area=Area.COMMAND,
    blueprint=record_pages("publicity", PUBLICITY),
    serves=RECORDERS,
    kinds=(PUBLICITY,),
    navigation=(
        NavEntry("publicity.new", LABEL, "record", RECORDERS, Area.COMMAND, order=30),
        NavEntry("publicity.index", _l("宣传记录"), "report", READERS, Area.COMMAND, order=31),
    ),
    actions=(board.Action("publicity.new", LABEL, "report", RECORDERS, order=16),),
    panels=(board.Panel("publicity", READERS, _l("今日宣传"), FIGURES, order=16),),
    lists=(lists.PUBLICITY,),
    figures=FIGURES,
    refusals=labels.REFUSALS,
)
