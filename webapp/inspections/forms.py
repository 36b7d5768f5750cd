"""Forms generated from checklists, and the filters of the lists."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from webapp.inspections import labels
from webapp.inspections.checklists import Checklist, ChecklistItem, ItemKind, checklists, named
from webapp.inspections.rules import ANY, FindingState
from webapp.kernel import forms
from webapp.kernel.forms import Form
from webapp.kernel.i18n import localised
from webapp.kernel.records import StateFilter
from webapp.standards.queries import parameters
from webapp.standards.rules import Measured, Quantity, parse_measured

_STATES = [(state.value, words) for state, words in labels.STATES.items()]


class Localised:
    """A label in the person's language, looked up when it is shown."""

    def __init__(self, record: Any) -> None:
        self.record = record

    def __str__(self) -> str:
        return localised(self.record)


class ReadingField(forms.Number):
    """A measured value as people write it: 6.5, <0.01, 0.004L, or in words if `takes_words`. `data` is a Measured."""

    def __init__(self, *args: Any, takes_words: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_words = takes_words

    def _parse(self, typed: str) -> Measured:  # type: ignore[override]
        measured = parse_measured(typed)
        if measured is None:
            raise ValueError(_("请填写读数，例如 6.5；低于检出限写作 <0.01 或 0.01L。"))
        if measured.value is None:
            return self._in_words(measured)
        if -int(measured.value.as_tuple().exponent) > self.places:
            raise ValueError(_("最多保留 %(n)d 位小数。", n=self.places))
        if self.maximum is not None and measured.value > self.maximum:
            raise ValueError(_("读数太大，请检查单位：不能大于 %(high)s。", high=self.maximum))
        return measured

    def _in_words(self, measured: Measured) -> Measured:
        """Refuse a result in words such as 未检出 for parameters that are always numbers, such as pH or a time."""
        if not self.takes_words:
            raise ValueError(_("这一项不能写“检出”或“未检出”，请填写数字，例如 6.5。"))
        return measured

    def _value(self) -> str:
        return self.typed or ""

    @property
    def signs(self) -> Sequence[tuple[str, str]]:
        return (("<", _("低于检出限")),) if self.takes_words else ()

    @property
    def checks(self) -> dict[str, Any]:
        return super().checks | {"data_kind": "reading", "data_words": "yes" if self.takes_words else "no"}


class Unknown(Form):
    """The form for an unknown checklist; it is never valid."""

    sheet = None
    checklist = forms.text(_l("检查表"), required=True)

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        self.problem("checklist", _("没有这份检查表，请重新选择。"))
        return False


def bind(fields: MultiDict[str, str]) -> Form:
    """The bound form of the checklist that the fields name."""
    checklist = named(fields.get("checklist") or "")
    return form_of(checklist)(fields) if checklist else Unknown(fields)


@lru_cache(maxsize=32)
def form_of(checklist: Checklist) -> type[Form]:
    """A form class with a field for each item of its `sheet`, and fields for a finding of each item that can be one."""
    made: dict[str, Any] = {
        "sheet": checklist,
        "place": forms.reference(_l("检查哪个场所"), "places", kinds=checklist.kinds, required=True),
        "checklist": forms.Hidden(default=checklist.name),
        "together": forms.hidden(maximum=2000),
    }
    for item in checklist.items:
        if item.kind is ItemKind.PHOTO:
            continue
        made[item.code] = _field(item)
        if item.quantities:
            offered = [(code, labels.QUANTITIES[Quantity(code)]) for code in item.quantities]
            made[f"{item.code}__quantity"] = forms.segments(_l("测定项目"), offered, required=False)
        if item.kind is ItemKind.YES_NO_NA or item.parameter:
            made[f"{item.code}__note"] = forms.area(_l("情况说明"), maximum=1000)
            severities = [(severity.value, words) for severity, words in labels.SEVERITIES.items()]
            made[f"{item.code}__severity"] = forms.choice(_l("严重程度"), severities, required=False)
            made[f"{item.code}__due"] = forms.moment(_l("整改期限"))
            made[f"{item.code}__past"] = forms.yes(_l("期限已经过去，仍按此登记"))
    made["witness"] = forms.text(_l("被检查单位陪同（见证）人姓名"), maximum=80)
    written = _l("用手指写在框里；不便签字的，在上面填写姓名即可。")
    made["witness_signature"] = forms.signature(_l("被检查单位陪同人签字"), description=written)
    made["confirmed"] = forms.yes(_l("以上内容由我现场检查记录，情况属实"), required=_l("请确认后再提交。"))
    return type("ChecklistForm", (Form,), made)


def _field(item: ChecklistItem) -> Any:
    label: Any = Localised(item)
    if item.kind is ItemKind.YES_NO_NA:
        answers = [(answer.value, words) for answer, words in labels.ANSWERS.items()]
        return forms.segments(label, answers, required=item.required)
    if item.kind is ItemKind.CHOICE:
        options = [(option.code, Localised(option)) for option in item.options]
        return forms.segments(label, options, required=item.required)
    if item.kind is ItemKind.DATETIME:
        return forms.moment(label, required=item.required)
    if item.kind is ItemKind.TEXT:
        return forms.text(label, required=item.required, maximum=500)
    if item.parameter and item.context != "contact_hours":
        known = parameters()[item.parameter]
        checks = forms.presence(item.required)
        limits: dict[str, Any] = {"places": known.places, "maximum": known.highest, "takes_words": known.words}
        return ReadingField(label, checks, unit=item.unit, **limits)
    bounds: dict[str, Any] = {"minimum": Decimal(item.lowest), "maximum": Decimal(item.highest)}
    return forms.number(label, required=item.required, places=item.places, unit=item.unit, **bounds)


def _finding(state: FindingState) -> Any:
    """The id of a finding; on a device a choice among those in a state."""
    attributes = {"data-reference": "findings", "data-kinds": state.value}
    return forms.Reference(_l("问题"), forms.presence(True, _l("请先选择问题。")), render_kw=attributes)


class AnswerForm(Form):
    """The rectification of a finding."""

    finding = _finding(FindingState.OPEN)
    note = forms.area(_l("整改情况"), required=True, maximum=1000)
    evidence = forms.photos(_l("现场照片"))


class CloseForm(Form):
    """The verification of a rectified finding."""

    finding = _finding(FindingState.ANSWERED)
    note = forms.area(_l("复查情况"), maximum=1000)
    evidence = forms.photos(_l("现场照片"))


class ReopenForm(Form):
    """The verification of a finding that is not rectified."""

    finding = _finding(FindingState.ANSWERED)
    note = forms.area(_l("复查情况"), required=True, maximum=1000)
    due = forms.moment(_l("新的整改期限"), required=True)
    evidence = forms.photos(_l("现场照片"))


class ExtendForm(Form):
    """The extension of a deadline, with a reason."""

    finding = _finding(FindingState.OPEN)
    note = forms.area(_l("延期原因"), required=True, maximum=1000)
    due = forms.moment(_l("延长到"), required=True)


class InspectionFilter(StateFilter, Form):
    checklist = forms.choice(_l("检查表"), [(c.code, Localised(c)) for c in checklists()], required=False)
    inspector = forms.text(_l("检查人"), maximum=60)
    outcome = forms.choice(_l("结果"), [(o.value, w) for o, w in labels.OUTCOMES.items()], required=False)
    place = forms.text(_l("场所名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"))


class FindingFilter(Form):
    state = forms.choice(_l("状态"), [*_STATES, (ANY, _l("全部"))], required=False)
    due = forms.choice(_l("期限"), [("overdue", _l("已逾期"))], required=False)
    inspector = forms.text(_l("检查人"), maximum=60)
    severity = forms.choice(_l("严重程度"), [(s.value, w) for s, w in labels.SEVERITIES.items()], required=False)
    place = forms.text(_l("场所名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)


class PlaceSearch(Form):
    q = forms.text(_l("场所名称或编号"), maximum=60)
