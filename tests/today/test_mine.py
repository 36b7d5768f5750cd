"""One's own records of every kind."""

from datetime import timedelta
from uuid import uuid4

import pytest
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


@pytest.mark.parametrize("role", [Role.APPROVER, Role.COMMANDER, Role.ADMINISTRATOR])
def test_leaders_find_what_they_recorded_too(app, role):
    unit = masters.unit(app, "EPB")
    leader = masters.member(app, role)
    due = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    given = leader.post("/assignments", data={"what": "核对", "unit": str(unit), "due": due, "uuid": str(uuid4())})
    own = leader.get("/me/records")
    assert f'href="{given.location}"' in own.text
    assert "交办" in words_of(own)
    assert "/me/records" in leader.get("/me").text
