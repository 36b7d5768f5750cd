"""The form of a rule."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.alerts import labels
from webapp.alerts.rules import DOERS, FIGURE, Each
from webapp.kernel import forms
from webapp.kernel.deadlines import Level

_OWN, _APPEARS, _BEFORE, _AFTER = "own", "appears", "before", "after"
_TOGETHER, _HOURS, _DAYS = "together", "hours", "days"
_MINUTES = {_HOURS: 60, _DAYS: labels.DAY_MINUTES}
_LEVELS = [(level.value, words) for level, words in labels.LEVELS.items()]
_RECIPIENTS = ("recipient_1", "recipient_2", "recipient_3")


class RuleForm(forms.Form):
    """A rule; made by `rule_form`, which adds a box for each channel."""

    name = forms.text(_l("名称"), required=True, maximum=80, description=_l("会写进发出的消息，请不要写人名和号码。"))
    source = forms.choice(_l("看什么"), [])
    threshold = forms.number(
        _l("数字达到多少提醒"), places=0, minimum=1, maximum=10**9, description=_l("例如低库存的种数。")
    )
    each = forms.choice(
        _l("怎样算这个数字"),
        [(_TOGETHER, _l("合在一起看")), *((each.value, words) for each, words in labels.EACH.items())],
        description=_l("分别看时，哪里达到就提醒哪里。"),
    )
    timing = forms.choice(
        _l("什么时候提醒"),
        [(_APPEARS, _l("一出现就提醒")), (_BEFORE, _l("期限前")), (_AFTER, _l("期限后"))],
    )
    hours = forms.number(_l("提前或超过多久"), places=0, minimum=0, maximum=24 * 60)
    span = forms.choice(
        _l("按小时还是按天"), [(_HOURS, lazy_pgettext("span", "小时")), (_DAYS, lazy_pgettext("span", "天"))]
    )
    unit = forms.choice(_l("只看这个单位及下属"), [], required=False)
    level = forms.choice(_l("紧急程度"), [(_OWN, _l("按事项本身")), *_LEVELS])
    recipient_1 = forms.choice(_l("提醒谁"), [])
    recipient_2 = forms.choice(_l("还提醒谁"), [], required=False)
    recipient_3 = forms.choice(_l("再提醒谁"), [], required=False)
    quiet_from = forms.number(_l("安静时段从几时"), places=0, minimum=0, maximum=23, unit=_l("时"))
    quiet_until = forms.number(
        _l("到几时"),
        places=0,
        minimum=0,
        maximum=23,
        unit=_l("时"),
        description=_l("这段时间只在系统里提醒，消息等到结束再发；紧急的照发。都不填就随时发。"),
    )
    repeat_minutes = forms.number(
        _l("没有人确认时多久再发一次"),
        places=0,
        minimum=10,
        maximum=7 * 24 * 60,
        unit=_l("分钟"),
        description=_l("不填就只发一次。"),
    )
    is_active = forms.yes(_l("启用"))

    channel_ids: Sequence[str] = ()
    divisions: Callable[[str], Collection[Each]] = staticmethod(lambda _source: ())
    counted: Collection[str] = ()

    def offer(self, sources: Iterable[tuple[str, Any]], recipients: Iterable[tuple[str, Any]], units: Any) -> None:
        """Set the choices."""
        blank = SelectChoice("", "—")
        self.source.choices = [SelectChoice(value, str(words)) for value, words in sources]
        persons = [SelectChoice(value, str(words)) for value, words in recipients]
        self.recipient_1.choices = persons
        self.recipient_2.choices = self.recipient_3.choices = [blank, *persons]
        self.unit.choices = [blank, *(SelectChoice(str(unit.id), unit.name) for unit in units)]

    def validate_recipient_1(self, field: Any) -> None:
        if (self.source.data or "").startswith(FIGURE) and DOERS in self.recipients:
            raise validators.ValidationError(_("数字没有应当办理的人，请选择岗位或人员。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also what belongs together: a figure and its number, hours and timing, both ends of the quiet hours."""
        is_good, is_figure = super().validate(extra_validators), (self.source.data or "").startswith(FIGURE)
        if is_figure and self.threshold.data is None and not self.threshold.errors:
            self.problem("threshold", _("看数字的规则要填写达到多少才提醒。"))
        if not is_figure and self.source.data not in self.counted and self.threshold.data is not None:
            self.problem("threshold", _("这种事项没有数字，请不要填写。"))
        if self.each.data != _TOGETHER and self.each.data not in self.divisions(self.source.data or ""):
            self.problem("each", _("这一项不能这样分开看，请选“合在一起看”。"))
        if self.timing.data == _BEFORE and not self.hours.data and not self.hours.errors:
            self.problem("hours", _("请填写提前多久。"))
        if (self.quiet_from.data is None) != (self.quiet_until.data is None) and not self.quiet_until.errors:
            self.problem("quiet_until", _("安静时段请同时填写开始和结束，或都不填。"))
        return is_good and not self.errors

    @property
    def recipients(self) -> list[str]:
        return list(dict.fromkeys(self[name].data for name in _RECIPIENTS if self[name].data))

    @property
    def plain(self) -> dict[str, Any]:
        """The values of a rule (service.RuleFacts)."""
        is_figure = self.source.data.startswith(FIGURE)
        return {
            "name": self.name.data,
            "source": self.source.data,
            "threshold": _whole(self.threshold),
            "each": None if self.each.data == _TOGETHER else Each(self.each.data),
            "unit_id": UUID(self.unit.data) if self.unit.data else None,
            "level": None if self.level.data == _OWN else Level(self.level.data),
            "after_minutes": None if is_figure else self._after_minutes(),
            "recipients": self.recipients,
            "channels": [id_ for id_ in self.channel_ids if self[f"channel_{id_}"].data],
            "quiet_from": _whole(self.quiet_from),
            "quiet_until": _whole(self.quiet_until),
            "repeat_minutes": _whole(self.repeat_minutes),
            "is_active": self.is_active.data,
        }

    def _after_minutes(self) -> int | None:
        if self.timing.data == _APPEARS:
            return None
        minutes = _MINUTES[self.span.data] * int(self.hours.data or 0)
        return -minutes if self.timing.data == _BEFORE else minutes


def _whole(field: Any) -> int | None:
    return None if field.data is None else int(field.data)


def rule_form(channels: Iterable[Any]) -> type[RuleForm]:
    """The form with a box for each channel."""
    rows = list(channels)
    boxes: dict[str, Any] = {f"channel_{row.id}": forms.yes(row.name) for row in rows}
    return type("ChanneledRuleForm", (RuleForm,), boxes | {"channel_ids": [str(row.id) for row in rows]})


def rule_as_data(rule: Any) -> dict[str, Any]:
    """A rule as values of its form."""
    after = rule.after_minutes
    data = {name: getattr(rule, name) for name in ("source", "threshold", "quiet_from", "quiet_until")}
    data |= dict(zip(_RECIPIENTS, rule.recipients, strict=False)) | {f"channel_{id_}": True for id_ in rule.channels}
    return data | {
        "name": labels.rule_name(rule),
        "timing": _APPEARS if after is None else _BEFORE if after < 0 else _AFTER,
        **_length(after),
        "each": rule.each.value if rule.each else _TOGETHER,
        "unit": rule.unit_id,
        "level": _OWN if rule.level is None else rule.level.value,
        "repeat_minutes": rule.repeat_minutes,
        "is_active": rule.is_active,
    }


def _length(after_minutes: int | None) -> dict[str, Any]:
    """How long, in days where they are whole."""
    minutes = abs(after_minutes or 0)
    span = _DAYS if minutes and minutes % _MINUTES[_DAYS] == 0 else _HOURS
    return {"hours": None if after_minutes is None else minutes // _MINUTES[span], "span": span}


NEW_RULE = {
    "timing": _AFTER,
    "hours": 0,
    "span": _HOURS,
    "each": _TOGETHER,
    "quiet_from": 22,
    "quiet_until": 7,
    "is_active": True,
}
