"""The form of the district's preferences."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.district.labels import COMPARISONS, REGIMES
from webapp.district.rules import BACKUPS, LEAST_BACKUP_DAYS, MOST_BACKUP_DAYS, Comparison, Preferences, Regime
from webapp.kernel import forms
from webapp.kernel.retention import Keeps

_WHOLE = ("observation_days", "count_share", "count_amount", "correction_days")


class PreferencesForm(forms.Form):
    name_zh = forms.text(_l("区县名称（中文）"), required=True, maximum=100)
    name_en = forms.text(_l("区县名称（英文）"), required=True, maximum=100)
    disease_zh = forms.text(_l("疾病名称（中文）"), required=True, maximum=100)
    disease_en = forms.text(_l("疾病名称（英文）"), required=True, maximum=100)
    regime = forms.segments(
        _l("执行标准"),
        [(regime.value, label) for regime, label in REGIMES.items()],
        description=_l("疫情期间在常规限值旁同时给出应急标准的判定。"),
    )
    fever_comparison = forms.choice(
        _l("发热判定"), [(comparison.value, label) for comparison, label in COMPARISONS.items()]
    )
    fever_celsius = forms.number(_l("发热体温"), required=True, places=1, minimum=35, maximum=42, unit="°C")
    observation_days = forms.number(_l("观察天数"), required=True, places=0, minimum=1, maximum=90, unit=_l("天"))
    count_share = forms.number(
        _l("盘点差异超过账面的多少要说明原因"),
        required=True,
        places=0,
        minimum=0,
        maximum=100,
        unit="%",
        description=_l("同时超过下面的数量才会问。"),
    )
    count_amount = forms.number(
        _l("盘点差异在多少以内不问"), required=True, places=0, minimum=0, maximum=10**6, unit=_l("基本单位")
    )
    correction_days = forms.number(
        _l("登记人可更正、作废自己检查记录的天数"),
        required=True,
        places=0,
        minimum=0,
        maximum=365,
        unit=_l("天"),
        description=_l("从收到登记时算起；过后由指挥人员办理。"),
    )
    stamps_photos = forms.yes(
        _l("照片上加印时间、场所和登记人"), description=_l("在设备上加印后才保存和上传；时间是设备所记的。")
    )
    risk_areas = forms.area(
        _l("风险地区"),
        maximum=8000,
        description=_l("一行一个，例如 湖北省武汉市。来自这些地区的人员会提示转办。"),
        rows=8,
    )

    @property
    def chosen(self) -> Preferences:
        """The preferences of the form, with risk areas without duplicates and empty lines."""
        data: dict[str, Any] = dict(self.data)
        lines = (line.strip() for line in (data["risk_areas"] or "").splitlines())
        return Preferences(
            **data
            | {
                "regime": Regime(data["regime"]),
                "fever_comparison": Comparison(data["fever_comparison"]),
                **{name: int(data[name]) for name in _WHOLE},
                "risk_areas": tuple(dict.fromkeys(line for line in lines if line)),
            }
        )


class RetentionForm(forms.Form):
    """A number of days for each rule, within its bounds, and for backups; made by `retention_form`."""

    @property
    def days(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.data.items()}


def retention_form(rules: Iterable[Keeps]) -> type[RetentionForm]:
    """The form of these rules."""
    fields = {keeps.name: _days(keeps.label, keeps.least, keeps.most, keeps.what) for keeps in rules}
    note = _l("超过这么久的备份请删除：清除证明据此说明备份中还留到哪一天。")
    backups = _days(_l("备份的保存期限"), LEAST_BACKUP_DAYS, MOST_BACKUP_DAYS, note)
    return type("DistrictRetentionForm", (RetentionForm,), fields | {BACKUPS: backups})


def _days(label: Any, least: int, most: int, what: Any) -> Any:
    return forms.number(label, required=True, places=0, minimum=least, maximum=most, unit=_l("天"), description=what)


def as_data(preferences: Preferences) -> dict[str, Any]:
    """Preferences as values of the form."""
    names = [name for name in Preferences.__dataclass_fields__ if name != "risk_areas"]
    return {name: getattr(preferences, name) for name in names} | {"risk_areas": "\n".join(preferences.risk_areas)}
