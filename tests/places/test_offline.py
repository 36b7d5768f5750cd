"""What a device keeps of places: those its person's roles reach, and nothing personal."""

from tests.support import masters
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind


def test_a_device_keeps_the_places_of_each_role_and_no_contact(app):
    gate = masters.place(app, "CP-01", PlaceKind.CHECKPOINT, contact_name="王秀英", contact_phone="13800138000")
    masters.place(app, "CP-02", PlaceKind.CHECKPOINT)
    masters.person(app, "gatekeeper", Role.GATEKEEPER, place_id=gate)
    answer = masters.signed_in(app, "gatekeeper").get("/sync/reference")
    assert [(one["code"], one["roles"]) for one in answer.json["parts"]["places"]] == [("CP-01", ["gatekeeper"])]
    assert "王秀英" not in answer.text
    assert "13800138000" not in answer.text
