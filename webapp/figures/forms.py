"""The filters of a figure's page: those that the figure is counted by."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.figures.rules import MOST_DAYS, Trend
from webapp.kernel import clock, forms
from webapp.kernel.figures import Figure
from webapp.kernel.listing.filters import NONE
from webapp.kernel.presence import is_blank

TRENDS = {
    Trend.DAYS_14: _l("14 天"),
    Trend.DAYS_30: _l("30 天"),
    Trend.WEEKS_13: _l("13 周"),
    Trend.MONTHS_12: _l("12 个月"),
}


class _OfDays:
    since = forms.day(_l("自"), required=True)
    until = forms.day(_l("至"), required=True, not_before="since")


class _Somewhere:
    unit = forms.choice(_l("单位（含下属）"), [], required=False)
    place = forms.text(_l("场所名称或编号"), maximum=60)


class DaysForm(_OfDays, _Somewhere, forms.Form):
    """Of a figure of the day."""

    trend = forms.choice(_l("走势"), [(trend.value, words) for trend, words in TRENDS.items()])

    def validate_until(self, field: Any) -> None:
        if field.data and field.data > clock.district_day(clock.now()):
            raise validators.ValidationError(_("还没有到这一天。请填今天或以前的日期。"))
        if field.data and self.since.data and field.data - self.since.data >= timedelta(days=MOST_DAYS):
            raise validators.ValidationError(_("一次最多看一年（366 天）。请把日期改近一些。"))


class PresentForm(_Somewhere, forms.Form):
    """Of a figure of the present state."""


def form_of(figure: Figure, args: Mapping[str, str], units: Sequence[Any], today: date) -> Any:
    """The form of a figure, with its blanks filled in: one day, today by default."""
    if figure.axes is None and figure.parts is None:
        return forms.Form()
    if figure.is_of_day:
        form: Any = DaysForm(MultiDict(_filled(args, today)))
    else:
        form = PresentForm(MultiDict(args))
    form.unit.choices = [*form.unit.choices, *_choices(units)]
    for name, is_counted_by in (("unit", figure.is_by_unit), ("place", figure.is_by_place)):
        if not is_counted_by:
            del form[name]
    return form


def _filled(args: Mapping[str, str], today: date) -> dict[str, str]:
    typed = {name: text for name, text in args.items() if not is_blank(text)}
    until = typed.get("until", today.isoformat())
    return {"until": until, "since": until, "trend": Trend.DAYS_14.value} | typed


def _choices(units: Sequence[Any]) -> list[SelectChoice]:
    """The units by their codes, each below its own."""
    top = min((unit.path.count("/") for unit in units), default=0)
    indented = [(unit.code, "　" * (unit.path.count("/") - top) + unit.name) for unit in units]
    return [SelectChoice(code, words) for code, words in (*indented, (NONE, _("没有单位的")))]
