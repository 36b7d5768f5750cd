"""The lists of envelopes and devices."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.listing import Column, Listing, PageOf
from webapp.sync import labels, queries
from webapp.sync.forms import DeviceFilter, TrayFilter
from webapp.sync.models import Device, ReceivedEnvelope
from webapp.sync.rules import is_clock_off, skew_of

TRAY = Listing(
    id="tray",
    template="sync/tray.html",
    title=_l("待核查记录"),
    columns=(
        Column("kind", _l("记录"), lambda row: labels.kind_name(row.kind)),
        Column("state", _l("状态"), lambda row: row.state, enum=labels.STATES),
        Column("received", _l("收到"), lambda row: row.received_at, kind="moment", sort=ReceivedEnvelope.received_at),
        Column("captured", _l("设备时间"), lambda row: row.captured_at, kind="moment", priority=2),
        Column("seq", _l("设备序号"), lambda row: row.seq, kind="number", priority=3),
    ),
    select=queries.tray,
    order=(ReceivedEnvelope.received_at, ReceivedEnvelope.id),
    filters=TrayFilter,
    url=PageOf("sync.envelope", "envelope_id"),
    empty_title=_l("没有待核查的记录"),
    empty_text=_l("登记人签名不符、授权到期或打不开的离线记录会留在这里，等人处理。"),
)

DEVICES = Listing(
    id="devices",
    template="sync/devices.html",
    title=_l("登记设备"),
    columns=(
        Column("person", _l("最近使用人"), lambda row: row.person.name),
        Column("waiting", _l("待传"), lambda row: row.waiting, kind="number", sort=Device.waiting),
        Column("oldest", _l("最早一条"), lambda row: row.oldest_at, kind="moment", sort=Device.oldest_at),
        Column("seen", _l("最近联系"), lambda row: row.seen_at, kind="moment", sort=Device.seen_at),
        Column("last_seq", _l("最后序号"), lambda row: row.last_seq, kind="number", priority=3),
        Column("version", _l("应用版本"), lambda row: row.app_version, priority=3),
        Column("persisted", _l("长期保存"), lambda row: row.is_persisted, enum=labels.YES_NO, priority=3),
    ),
    select=queries.devices,
    order=(Device.seen_at, Device.id),
    filters=DeviceFilter,
    url=PageOf("sync.device", "device_id"),
    status=lambda row: "refused" if row.is_lost or is_clock_off(skew_of(row.skew_ms)) else None,
    empty_title=_l("还没有登记设备"),
    empty_text=_l("有人在手机或平板上登录后，设备会出现在这里。"),
)
