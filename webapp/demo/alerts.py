"""The rules of alerts of the demonstration, a channel out of force and one that fails, and what the watcher raises."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from webapp.alerts import queries, service
from webapp.alerts.rules import ChannelKind
from webapp.kernel import clock
from webapp.kernel.access import Actor

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"  # without its key: it would refuse every message
SCREEN = "http://screen.example/hook"  # an address that is not used, since it is not https


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
    screen = replace(channel, name="值班室大屏（演示，网址写错）", kind=ChannelKind.WEBHOOK, host="screen.example")
    service.put_channel(replace(screen, is_active=True, secret={"url": SCREEN, "key": None}), by=by, at=at)
    service.add_presets(by=by, at=at)
    begins, _ends = clock.day_bounds(clock.district_day(at))
    service.watch(begins)  # what was due this morning: the same at any hour
    for minutes in (0, 1, 3):  # critical ones leave at night: refused before anything is sent, since it is not TLS
        service.deliver(begins + timedelta(minutes=minutes))
    for row in queries.open_of(keeper.id, 1):
        service.acknowledge(row.id, by=keeper, at=at)
