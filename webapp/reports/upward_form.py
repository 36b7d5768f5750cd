"""The form of a consolidated report: `n_` is what is stated of a line, `s_` the sum that was shown, `r_` the reason for
another number, `t_` a text.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel import forms
from webapp.reports.forms import MOST, Shown
from webapp.reports.rules import Line

MOST_SUM = MOST * 1_000
MOST_TEXT = 4000
_AGAIN = _l("请从“汇总上报”重新打开这一页。")


class UpwardForm(forms.Form):
    lines: Sequence[Line] = ()
    kind = forms.UuidField(_l("日报告"), forms.presence(True, _AGAIN))
    unit = forms.UuidField(_l("单位"), forms.presence(True, _AGAIN))
    day = forms.day(_l("日期"), required=True)
    seen = forms.hidden(maximum=16)

    def validate(self, extra_validators: Any = None) -> bool:
        """A number other than the sum needs a reason."""
        is_good = super().validate(extra_validators)
        for line in self.lines:
            if line.is_number and self.differs(line) and not self[f"r_{line.code}"].data:
                summed = int(self[f"s_{line.code}"].data)
                self.problem(f"r_{line.code}", _("与下级合计的 %(number)s 不同，请写明原因。", number=summed))
                is_good = False
        return is_good

    def differs(self, line: Line) -> bool:
        """Whether another number is stated than the sum that was shown."""
        stated, shown = self[f"n_{line.code}"].data, self[f"s_{line.code}"].data
        return stated is not None and shown is not None and stated != shown


class _Amendment:
    corrects = forms.UuidField(_l("原汇总"), forms.presence(True))
    reason = forms.area(_l("更正原因"), required=True, maximum=500)


@lru_cache(maxsize=256)
def upward_form(lines: tuple[Line, ...], is_amendment: bool) -> type[UpwardForm]:
    """The form of a consolidated report with these lines."""
    fields: dict[str, Any] = {"lines": lines}
    for line in lines:
        if not line.is_number:
            fields[f"t_{line.code}"] = forms.area(line.name, maximum=MOST_TEXT)
            continue
        number = forms.number(line.name, required=True, places=0, minimum=0, maximum=MOST_SUM, unit=line.unit)
        what = _l("“%(line)s”与下级合计不同的原因", line=line.name)
        fields |= {f"n_{line.code}": number, f"s_{line.code}": Shown(line.name, forms.presence(False), places=0)}
        fields[f"r_{line.code}"] = forms.text(what, maximum=200)
    return type("UpwardForm", (*((_Amendment,) if is_amendment else ()), UpwardForm), fields)
