"""One's own records of every kind."""

from uuid import uuid4

from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import check, filled, ward
from tests.support import masters
from tests.support.reading import words_of
from webapp.inspections.kinds import INSPECTION
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Role

__all__ = ["check", "ward"]


def test_everybody_finds_what_they_recorded_themselves(ward, check):
    masters.person(ward.app, "colleague", Role.INSPECTOR, place_id=ward.here)
    with ward.app.app_context():
        first = check().receipt.uuid
        fields = filled(ward.here, corrects=first, reason="点错了", known=("corrects", "reason"), uuid=uuid4())
        corrected = entries.deliver(
            records.correction_of(INSPECTION), MultiDict(fields), by=ward.actor, at=clock.now()
        ).receipt.uuid
    own = masters.signed_in(ward.app, "inspector").get("/me/records")
    assert f"/inspections/{first}" in own.text
    assert f"/inspections/{corrected}" in own.text
    assert "更正现场检查" in words_of(own)
    assert "场所H-01" in words_of(own)
    colleague = masters.signed_in(ward.app, "colleague")
    assert "您还没有登记过" in words_of(colleague.get("/me/records"))
    for page in ("/me", "/areas/checks"):
        assert "/me/records" in colleague.get(page).text
    masters.person(ward.app, "auditor", Role.AUDITOR)
    assert "/me/records" not in masters.signed_in(ward.app, "auditor").get("/me").text
