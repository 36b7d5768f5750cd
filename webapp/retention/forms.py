"""The form for purging one record."""

from flask_babel import lazy_gettext as _l

from webapp.kernel import forms


class RequestForm(forms.Form):
    record = forms.text(
        _l("回执号或记录编号"),
        required=True,
        maximum=40,
        autocomplete="off",
        description=_l("写在记录页上。离线记录在“待核查记录”里看记录编号。"),
    )
    reason = forms.area(
        _l("清除的原因"),
        required=True,
        maximum=500,
        description=_l("例如 本人要求删除。原因加密保存，不印在证明上，请不要写姓名和号码。"),
    )
