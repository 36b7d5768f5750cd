"""Publicity records of the development zone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.kernel.access import Actor
from webapp.publicity.kinds import PUBLICITY

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage

# Days ago, means, count, place, area, duration in days (None: still on display), note.
_LOG = (
    (45, "notice", 200, None, "园区各企业大门和公告栏", 0, "《通告》"),
    (44, "letter", 320, None, "园区各企业", 0, "《致园区各企业的一封信》"),
    (40, "banner", 36, None, "经济开发区主干道", None, None),
    (38, "screen", 12, None, "园区企业和商铺", None, "全天候滚动播放"),
    (30, "van", 3, None, "园区道路和周边村组", 9, None),
    (12, "board", 8, None, "园区各企业", None, None),
    (6, "banner", 24, "CP-03", None, None, "卡口两侧"),
    (5, "screen", 8, None, "开发区政务服务中心", None, None),
    (4, "van", 5, None, "园区道路", 3, "每天上午、下午各一圈"),
    (3, "loudspeaker", 15, None, "各企业厂区", None, "循环播放防疫常识"),
    (2, "post", 4, None, "企业联络微信群、QQ群", 0, None),
    (1, "notice", 60, "CP-03", None, 0, "更新后的《通告》"),
    (0, "notice", 40, None, "园区东片企业", 0, "更新后的《通告》"),
)


def day(stage: "Stage", days_ago: int) -> Iterator["Line"]:
    """The records of a day, from random numbers of their own so that other records do not change."""
    stage, clerk = replace(stage, random=Random(days_ago)), stage.actors["clerk"]
    for ago, *about in _LOG:
        if ago == days_ago:
            at = stage.moment(days_ago, 10, 20)
            yield PUBLICITY, _fields(stage, clerk, clock.district_day(at), about), clerk, at


def late(stage: "Stage") -> Iterator["Line"]:
    """A record of the day before yesterday that comes after that day's report was signed."""
    stage, clerk = replace(stage, random=Random(len(_LOG))), stage.actors["clerk"]
    from_on = clock.district_day(stage.now) - timedelta(days=2)
    about = ("notice", 25, None, "园区西片企业", 0, "补录：前天贴的《通告》")
    yield PUBLICITY, _fields(stage, clerk, from_on, about), clerk, stage.moment(1, 9, 40)


def _fields(stage: "Stage", clerk: Actor, from_on: date, about: Sequence[Any]) -> MultiDict[str, str]:
    """A form from what stands behind the days in _LOG."""
    means, count, place, area, lasts, note = about
    fields = {
        "means": means,
        "count": count,
        "unit": clerk.grants[0].unit_id,
        "place": stage.places[place] if place else "",
        "area": area or "",
        "from_on": from_on,
        "until_on": "" if lasts is None else from_on + timedelta(days=lasts),
        "note": note or "",
    }
    return MultiDict({name: str(value) for name, value in fields.items()})
