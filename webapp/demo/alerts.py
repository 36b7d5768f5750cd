"""The rules of alerts of the demonstration, a channel that is not in force, and what the watcher raises."""

from collections.abc import Mapping
from datetime import datetime

from webapp.alerts import queries, service
from webapp.alerts.rules import ChannelKind
from webapp.kernel import clock
from webapp.kernel.access import Actor

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"  # without its key: it would refuse every message


def write(actors: Mapping[str, Actor], *, at: datetime) -> None:
    """Add the presets, look once, and let the keeper acknowledge the first alert."""
    by, keeper = actors["administrator"], actors["keeper"]
    channel = service.ChannelFacts(
        name="指挥部企业微信群（演示，未启用）",
        kind=ChannelKind.WECOM,
        language="zh",
        host="qyapi.weixin.qq.com",
        is_active=False,
        secret={"url": ROBOT, "key": None},
    )
    service.put_channel(channel, by=by, at=at)
    service.add_presets(by=by, at=at)
    begins, _ends = clock.day_bounds(clock.district_day(at))
    service.watch(begins)  # what was due this morning: the same at any hour
    for row in queries.open_of(keeper.id, 1):
        service.acknowledge(row.id, by=keeper, at=at)
