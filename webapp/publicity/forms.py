"""The form of publicity, and the filters of its list."""

from flask_babel import lazy_gettext as _l

from webapp.kernel import forms
from webapp.kernel.records import StateFilter
from webapp.publicity.labels import MEANS

_CHOICES = [(means.value, words) for means, words in MEANS.items()]


class PublicityForm(forms.Form):
    means = forms.segments(_l("宣传形式"), _CHOICES)
    count = forms.number(
        _l("数量"),
        required=True,
        places=0,
        minimum=1,
        maximum=100_000,
        description=_l("通告、公开信按份，横幅按条，LED屏、宣传栏、广播按处，宣传车按台，微信、QQ按篇。"),
    )
    unit = forms.reference(_l("单位"), "units", required=True)
    place = forms.reference(_l("场所"), "places", or_else="area")
    area = forms.text(_l("区域"), maximum=120, description=_l("不在场所名单里的，写明路段、小区或群名。"))
    from_on = forms.day(_l("开始日期"), required=True)
    until_on = forms.day(_l("结束日期"), not_before="from_on", description=_l("还在使用的不填。"))
    photos = forms.photos(_l("现场照片"))
    note = forms.area(_l("备注"), maximum=500)


class PublicityFilter(StateFilter, forms.Form):
    means = forms.choice(_l("宣传形式"), _CHOICES, required=False)
    place = forms.text(_l("场所或区域"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")
