"""Forms of reports: a day's report from the lines of its kind, the kind itself, the filters of the list and pages."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.district.rules import Reading, read
from webapp.kernel import forms
from webapp.kernel.figures import Figure
from webapp.reports import labels
from webapp.reports.counting import choosable
from webapp.reports.rules import EVERY_DAY, Check, CheckKind, Days, Line, LineKind, State

MOST = 99_999_999
MOST_LINES, MOST_CHECKS = 40, 20
NUMBER, TEXT = "number", "text"  # what a line is, beside the codes of figures


class DayForm(forms.Form):
    """The report of a day. `n_` is the stated number of a line, `s_` the computed one that was shown, `r_` the reason
    for another number, `t_` a text. A zero report has no lines.
    """

    lines: Sequence[Line] = ()
    due = forms.UuidField(_l("日报告"), forms.presence(True, _l("请从“我的日报告”重新打开这份日报告。")))
    zero = forms.hidden()

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for line in self.lines:
            if line.kind is LineKind.FIGURE:
                self[f"r_{line.code}"].flags.by_rule = True

    def validate(self, extra_validators: Any = None) -> bool:
        """A number other than the computed one needs a reason."""
        is_good = super().validate(extra_validators)
        for line in self.lines:
            if line.kind is LineKind.FIGURE and self.differs(line) and not self[f"r_{line.code}"].data:
                computed = int(self[f"s_{line.code}"].data)
                self.problem(f"r_{line.code}", _("与系统算出的 %(number)s 不同，请写明原因。", number=computed))
                is_good = False
        return is_good

    def differs(self, line: Line) -> bool:
        """Whether another number is stated than the one that was shown."""
        stated, shown = self[f"n_{line.code}"].data, self[f"s_{line.code}"].data
        return stated is not None and shown is not None and stated != shown

    def stated(self) -> dict[str, int]:
        """The stated numbers by line, once the form is valid."""
        return {line.code: int(self[f"n_{line.code}"].data) for line in self.lines if line.is_number}


class Shown(forms.Number):
    """The computed number that a person saw."""

    macro = "hidden"

    @property
    def checks(self) -> dict[str, Any]:
        return {}


class _Amendment:
    corrects = forms.UuidField(_l("原日报告"), forms.presence(True))
    reason = forms.area(_l("更正原因"), required=True, maximum=500)


@lru_cache(maxsize=256)
def day_form(lines: tuple[Line, ...], is_zero: bool, is_amendment: bool) -> type[DayForm]:
    """The form of a report with these lines; a zero report confirms without them."""
    fields: dict[str, Any] = {"lines": () if is_zero else lines}
    for line in fields["lines"]:
        if line.kind is LineKind.TEXT:
            fields[f"t_{line.code}"] = forms.area(line.name, maximum=2000)
            continue
        fields[f"n_{line.code}"] = forms.number(
            line.name, required=True, places=0, minimum=0, maximum=MOST, unit=line.unit
        )
        if line.kind is LineKind.FIGURE:
            fields[f"s_{line.code}"] = Shown(line.name, forms.presence(False), places=0)
            what = _l("“%(line)s”与系统不同的原因", line=line.name)
            fields[f"r_{line.code}"] = forms.text(what, maximum=200)
    return type("DayForm", (*((_Amendment,) if is_amendment else ()), DayForm), fields)


class ReturnForm(forms.Form):
    reason = forms.area(
        _l("退回原因"), required=True, maximum=500, description=_l("写明要核对或补充什么，报送单位看得到。")
    )


class LineForm(forms.Form):
    """A line of a kind: what it says, and what it is: a number, a text or a figure."""

    code = forms.hidden(maximum=8)
    name = forms.text(_l("名称"), required=True, maximum=40)
    what = forms.choice(_l("内容"), [])
    unit = forms.text(_l("单位"), maximum=10)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        own = [(NUMBER, labels.LINE_KINDS[LineKind.NUMBER]), (TEXT, labels.LINE_KINDS[LineKind.TEXT])]
        computed = [(code, _title(figure)) for code, figure in choosable().items()]
        self.what.choices = [SelectChoice(value, words) for value, words in (*own, *computed)]

    @property
    def line(self) -> Line:
        what = self.what.data
        kind = {NUMBER: LineKind.NUMBER, TEXT: LineKind.TEXT}.get(what, LineKind.FIGURE)
        figure = what if kind is LineKind.FIGURE else ""
        return Line(self.code.data or "", self.name.data, kind, figure, self.unit.data or "")


def _title(figure: Figure) -> str:
    return str(_("系统算：%(what)s", what=figure.name))


class CheckForm(forms.Form):
    """A check of a kind; `places` are the numbers of lines as the form shows them."""

    kind = forms.choice(_l("校验"), [("", "—"), *((kind.value, words) for kind, words in labels.CHECK_KINDS.items())])
    places = forms.text(_l("行号"), required=True, maximum=80)


class _Checks(forms.Lines):
    """Lines of which there may be none."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        return not self.forms or super().validate(form, extra_validators)


class _Boxes(wtforms.SelectMultipleField):
    """Several of many, as a list of boxes; its form checks what was chosen."""

    def pre_validate(self, form: Any) -> None:
        """The library's own message is not in the person's language."""


class KindForm(forms.Form):
    """A kind of report; `units` are the units that an administrator may choose."""

    name = forms.text(_l("名称"), required=True, maximum=80)
    cutoff = forms.text(_l("截止时间"), required=True, maximum=5, description=_l("例如 17:00。"), type="time")
    days = forms.segments(_l("哪几天要报"), labels.DAYS.items())
    weekdays = _Boxes(_l("选定的星期"), choices=[SelectChoice(*day) for day in labels.WEEKDAYS])
    owing = _Boxes(_l("哪些单位要报"), choices=[])
    is_ended = forms.yes(_l("停用：从现在起不再要求报送，已签的和已漏的都保留"))
    lines = forms.lines(
        _l("报表的各行"),
        LineForm,
        most=MOST_LINES,
        if_none=_l("至少要有一行。请填写名称，再选内容。"),
        too_many=_l("最多 %(most)d 行，现在是 %(lines)d 行。请减少，或分成两种日报告。"),
    )
    checks = _Checks(
        _l("行与行之间的校验"),
        line=CheckForm,
        most=MOST_CHECKS,
        if_none="",
        too_many=_l("最多 %(most)d 条校验，现在是 %(lines)d 条。请减少。"),
    )

    def __init__(self, *args: Any, units: Iterable[tuple[UUID, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.owing.choices = [SelectChoice(str(id_), name) for id_, name in units]

    def validate_cutoff(self, field: Any) -> None:
        hours, colon, minutes = field.data.partition(":")
        parts = [int(part) for part in (hours, minutes) if part.isascii() and part.isdecimal() and len(part) == 2]
        if not colon or len(parts) != 2 or parts[0] > 23 or parts[1] > 59:
            raise validators.ValidationError(_("请按 17:00 的样子填写时间。"))

    def validate_weekdays(self, field: Any) -> None:
        if set(field.data or ()) - set(EVERY_DAY) or (self.days.data == Days.WEEKDAYS and not field.data):
            raise validators.ValidationError(_("请至少选一天。"))

    def validate_owing(self, field: Any) -> None:
        if set(field.data or ()) - {choice.value for choice in field.choices}:
            raise validators.ValidationError(_("有的单位不在您管辖的范围内，请重新选择。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A check names lines that exist, as many as it needs."""
        is_good = super().validate(extra_validators)
        for check in self.checks:
            if not check.errors and self.places_of(check) is None:
                check.problem("places", _("请写上面各行的行号，用空格隔开，数目要合乎这种校验，例如 1 2 3。"))
                is_good = False
        return is_good

    def places_of(self, check: CheckForm) -> tuple[int, ...] | None:
        """The places (from 1) among the lines that are filled in; None if a number shown on the page is not meant."""
        shown = {str(number): place for place, number in enumerate(self.shown_numbers(), 1)}
        typed = places_typed(check.places.data)
        if any(number not in shown for number in typed):
            return None
        places = tuple(shown[number] for number in typed)
        is_number = all(self.lines.forms[place - 1].what.data != TEXT for place in places)
        is_whole = Check(CheckKind(check.kind.data), tuple(map(str, places))).is_whole
        return places if is_whole and is_number else None

    def shown_numbers(self) -> list[int]:
        """The numbers under which the page shows the lines: that of `lines-0` is 1."""
        return [int(line.name.name.split("-")[1]) + 1 for line in self.lines]


def places_typed(text: str) -> list[str]:
    """The numbers of lines as somebody typed them for a check."""
    return text.replace(",", " ").replace("，", " ").replace("、", " ").split()


class ReportFilter(forms.Form):
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")
    state = forms.choice(
        _l("状态"),
        [
            ("in", _l("已签报（含迟报、退回等）")),
            ("unsent", _l("没有签报，但有设备未发送")),
            *((state.value, labels.STATES[state]) for state in State),
        ],
        required=False,
    )
    evil = forms.choice(
        _l("四报"), [(evil.value, words) for evil, (words, _meaning) in labels.EVILS.items()], required=False
    )
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    kind = forms.UuidField()
    owner = forms.UuidField()  # this unit alone


class PeriodForm(forms.Form):
    """What the grid and the four evils are about: a kind, days and a unit."""

    kind = forms.UuidField()
    day = forms.day(_l("日期"))
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")
    unit = forms.UuidField()


class CalendarForm(forms.Form):
    """The holidays and working weekends of a year as a list; `seen` is the list that was shown."""

    year = forms.number(_l("年份"), required=True, places=0, minimum=2000, maximum=2100)
    listed = forms.area(
        _l("放假和调休"),
        maximum=20_000,
        rows=16,
        description=_l("一行一天或一段，也可以把国务院办公厅的通知整段粘贴进来。"),
    )
    seen = forms.area(_l("打开时的内容"), maximum=20_000)

    def reading(self) -> Reading:
        """What the list says; each line that is not understood is an error of the field."""
        reading = read(self.listed.data or "", int(self.year.data))
        for number, fault in reading.faults:
            self.problem("listed", _("第 %(n)d 行：%(fault)s", n=number, fault=labels.FAULTS[fault]))
        return reading


class LayoutForm(forms.Form):
    """A new layout of a superior; its file is read apart (layouts/files.py)."""

    name = forms.text(_l("名称"), required=True, maximum=60, description=_l("例如 市指挥部日报表。"))
    kind = forms.choice(_l("日报告"), [])

    def __init__(self, *args: Any, kinds: Iterable[Any] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(str(kind.id), kind.name) for kind in kinds]


class UrgeForm(forms.Form):
    """Which missing reports are urged: those of all units, or of one."""

    kind = forms.UuidField(_l("日报告"), forms.presence(True))
    day = forms.day(_l("日期"), required=True)
    unit = forms.UuidField()
