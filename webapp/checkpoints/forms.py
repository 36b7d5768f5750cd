"""Forms of the gate."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.checkpoints import labels, rules
from webapp.kernel import clock, forms, personal
from webapp.places.rules import PlaceKind


class VisitForm(forms.Form):
    """An arrival. A phone or a document is required, so that the person can be contacted and found again.

    `known` is the id of an earlier visit of a returning person: personal data is taken from it and not sent to the
    tablet; with `same_plate` and `same_host` so are the plate and the host.
    """

    known = forms.UuidField()
    place = forms.reference(_l("卡口"), "places", kinds=(PlaceKind.CHECKPOINT.value,), required=True)
    name = forms.text(_l("姓名"), maximum=40, autocomplete="off")
    phone = forms.text(
        _l("手机号"),
        maximum=30,
        description=_l("手机号和证件号码至少填一项。没有证件的孩子填监护人的手机号。"),
        inputmode="tel",
        autocomplete="off",
    )
    id_type = forms.choice(_l("证件类型"), [(k.value, w) for k, w in labels.ID_TYPES.items()], required=False)
    id_number = forms.text(_l("证件号码"), maximum=30, autocomplete="off", autocapitalize="characters")
    plate = forms.text(_l("车牌号"), maximum=16, autocomplete="off", autocapitalize="characters")
    same_plate = forms.yes(_l("还是上次的车"))
    origin = forms.text(_l("从哪里来"), required=True, maximum=100, autocomplete="off")
    purpose = forms.text(_l("事由"), maximum=100)
    host = forms.text(_l("到访单位或联系人"), maximum=80)
    same_host = forms.yes(_l("还是去上次的地方"))
    companions = forms.number(_l("同行人数"), places=0, minimum=0, maximum=rules.MOST_COMPANIONS, unit=_l("人"))
    celsius = forms.number(_l("体温"), places=1, minimum=rules.LOWEST_CELSIUS, maximum=rules.HIGHEST_CELSIUS, unit="°C")
    decision = forms.segments(_l("处理"), [(d.value, w) for d, w in labels.DECISIONS.items()])
    override_reason = forms.text(_l("与建议不同的理由"), maximum=200)
    elsewhere = forms.segments(
        _l("在另一个卡口登记在内"), [(e.value, w) for e, w in labels.ELSEWHERE.items()], required=False
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        # Required by `validate` and by the rule, not by a validator, so that the label does not say "optional".
        self.name.flags.required = True
        self.celsius.flags.by_rule = self.override_reason.flags.by_rule = True

    def validate_id_number(self, field: Any) -> None:
        kind, today = self.id_type.data, clock.district_day(clock.now())
        if field.data and not kind and personal.is_id_number(personal.IdType.RESIDENT_ID, field.data, today):
            kind = self.id_type.data = personal.IdType.RESIDENT_ID.value
        if field.data and not kind:
            raise validators.ValidationError(labels.ON_A_DEVICE["id_type"])
        if (
            field.data
            and kind in list(personal.IdType)
            and not personal.is_id_number(personal.IdType(kind), field.data, today)
        ):
            raise validators.ValidationError(labels.ON_A_DEVICE["id_number"])

    def validate_phone(self, field: Any) -> None:
        if field.data and personal.parse_phone(field.data) is None:
            raise validators.ValidationError(labels.ON_A_DEVICE["phone"])

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if not self.known.data and not self.name.data:
            self.problem("name", _("请填写这一项。"))
        if not self.known.data and not (self.phone.data or self.id_number.data):
            self.problem("phone", labels.ON_A_DEVICE["reachable"])
        return not self.errors


class LeaveForm(forms.Form):
    """A departure: the visit that ends or, without a lookup, the number that the person showed and the gate."""

    visit = forms.UuidField()
    place = forms.reference(_l("卡口"), "places", kinds=(PlaceKind.CHECKPOINT.value,))
    who = forms.text(_l("手机号、车牌或证件号"), maximum=60, autocomplete="off", autocapitalize="characters")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.who.flags.required = self.place.flags.required = True

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if not self.visit.data and not self.who.data:
            self.problem("who", labels.ON_A_DEVICE["who"])
        if not self.visit.data and not self.place.data:
            self.problem("place", labels.ON_A_DEVICE["gate"])
        return not self.errors


class UndoForm(forms.Form):
    """The undo of an arrival that was recorded by mistake, with a reason."""

    visit = forms.UuidField(validators=forms.presence(True, _l("请填写这一项。")))
    why = forms.text(_l("撤销的理由"), required=True, maximum=200, autocomplete="off")


class LookForm(forms.Form):
    """The search box for a name, phone, plate or document number."""

    q = forms.text(_l("姓名、手机号、车牌或证件号"), required=True, maximum=60)


class VisitFilter(forms.Form):
    decision = forms.choice(_l("处理"), [(d.value, w) for d, w in labels.DECISIONS.items()], required=False)
    place = forms.text(_l("卡口名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"))
    inside = forms.yes(_l("只看在内人员"))
    overridden = forms.yes(_l("只看与建议不同的"))
    undone = forms.yes(_l("只看已撤销的"))
