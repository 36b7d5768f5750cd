"""The preset of the daily report on epidemic control; lines whose figure this installation has not are left out."""

from collections.abc import Mapping
from typing import Any

from webapp.reports.rules import CheckKind, Line, LineKind

NAME, CUTOFF = "每日疫情防控日报", "17:00"
_LINES = (
    ("inspections.checks", "检查次数", "次"),
    ("inspections.out_of_limits", "读数超出限值", "次"),
    ("checkpoints.arrivals", "卡口登记", "人次"),
    ("checkpoints.refused", "劝返", "人次"),
    ("checkpoints.referred", "转送", "人次"),
    ("publicity.notice", "张贴通告", "份"),
    ("publicity.banner", "悬挂横幅", "条"),
    ("publicity.van", "宣传车", "台"),
    ("supplies.incoming", "入库单", "张"),
    ("supplies.outgoing", "出库单", "张"),
)
_STATED = (
    Line("", "在岗值守人数", LineKind.NUMBER, unit="人"),
    Line("", "存在问题", LineKind.TEXT),
    Line("", "下一步打算", LineKind.TEXT),
)
_CHECKS = (
    (CheckKind.PART, ("checkpoints.refused", "checkpoints.arrivals")),
    (CheckKind.PART, ("inspections.out_of_limits", "inspections.checks")),
    (CheckKind.JUMP, ("checkpoints.arrivals",)),
)


def lines(figures: Mapping[str, Any]) -> list[Line]:
    """The lines of the preset, computed by the figures that exist."""
    computed = [Line("", name, LineKind.FIGURE, code, unit) for code, name, unit in _LINES if code in figures]
    return [*computed, *_STATED]


def checks(figures: Mapping[str, Any]) -> list[tuple[CheckKind, tuple[int, ...]]]:
    """The checks between them, by the places of the lines from 1."""
    places = {line.figure: place for place, line in enumerate(lines(figures), 1) if line.figure}
    return [
        (kind, tuple(places[code] for code in codes))
        for kind, codes in _CHECKS
        if all(code in places for code in codes)
    ]
