from decimal import Decimal
from functools import partial

import pytest

from tests.support.masters import administrator, member
from webapp.district import queries
from webapp.district.rules import Comparison, Preferences, Regime
from webapp.kernel.access import Role

TYPED = {
    "name_zh": "云川区",
    "name_en": "Yunchuan",
    "disease_zh": "流感",
    "disease_en": "Influenza",
    "regime": "ordinary",
    "fever_comparison": "above",
    "fever_celsius": "37.5",
    "observation_days": "7",
    "count_share": "20",
    "count_amount": "0",
    "correction_days": "10",
    "risk_areas": "湖北省武汉市\r\n\r\n 河南省信阳市 \n湖北省武汉市",
}


def test_a_temperature_is_judged_with_the_districts_operator():
    at_least = Preferences(fever_celsius=Decimal("37.3"), fever_comparison=Comparison.AT_LEAST)
    above = Preferences(fever_celsius=Decimal("37.3"), fever_comparison=Comparison.ABOVE)
    assert at_least.is_fever(Decimal("37.3"))
    assert not at_least.is_fever(Decimal("37.2"))
    assert not above.is_fever(Decimal("37.3"))
    assert above.is_fever(Decimal("37.4"))


def test_an_origin_lies_in_a_risk_area_by_name():
    areas = Preferences(risk_areas=("湖北省武汉市",))
    assert areas.risk_area_of("湖北省 武汉市 江汉区") == "湖北省武汉市"
    assert areas.risk_area_of("湖南省长沙市") is None
    assert areas.risk_area_of("  ") is None


def test_an_administrator_changes_the_settings_at_once(app):
    boss = administrator(app)
    assert boss.get("/district/edit").status_code == 200
    assert boss.post("/district/edit", data=TYPED).status_code == 303
    assert "河南省信阳市" in boss.get("/district/").text
    with app.app_context():
        chosen = queries.preferences()
    assert chosen.risk_areas == ("湖北省武汉市", "河南省信阳市")
    assert (chosen.regime, chosen.fever_comparison) == (Regime.ORDINARY, Comparison.ABOVE)
    assert (chosen.fever_celsius, chosen.observation_days, chosen.correction_days) == (Decimal("37.5"), 7, 10)


@pytest.mark.parametrize(
    ("field", "value"),
    [("fever_celsius", "52"), ("fever_celsius", "37.25"), ("observation_days", "0"), ("name_zh", ""), ("regime", "x")],
)
def test_bad_settings_are_refused_in_place(app, field, value):
    answer = administrator(app).post("/district/edit", data=TYPED | {field: value})
    assert answer.status_code == 422
    assert "Influenza" in answer.text
    with app.app_context():
        assert queries.preferences() == Preferences()


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.AUDITOR])
def test_commanders_and_auditors_read_only(app, role):
    client = member(app, role)
    assert client.get("/district/").status_code == 200
    assert client.get("/district/edit").status_code == 403


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.GATEKEEPER, Role.KEEPER, Role.APPROVER])
def test_others_do_not_see_the_settings(app, role):
    assert member(app, role).get("/district/").status_code == 403


def test_who_is_not_signed_in_sees_nothing(app):
    assert app.test_client().get("/district/").status_code == 401


@pytest.mark.parametrize("box", [{}, {"stamps_photos": "y"}])
def test_devices_are_told_whether_photos_are_stamped(app, box):
    boss = administrator(app)
    told = partial(boss.get, "/sync/reference", headers={"X-Frontline-Sync": "1"})
    assert told().json["parts"]["district"] == {"stamps_photos": True}
    assert boss.post("/district/edit", data=TYPED | box).status_code == 303
    assert told().json["parts"]["district"] == {"stamps_photos": bool(box)}
