"""Signing a day: what is computed, what is stated, zero, further versions, and what is bound."""

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.reports import office
from webapp.extensions import db
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.publicity.kinds import PUBLICITY
from webapp.reports import queries, rules, service
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.models import Report, ReportBinding


@pytest.fixture
def due(app, street):
    """The expectation of today of the village in the east."""
    with app.app_context():
        yield office.due(street.kind, street.units["east"], office.today())


def report():
    return db.session.scalars(sa.select(Report).order_by(Report.version.desc()).limit(1)).one()


def refusal(kind, fields, by):
    with pytest.raises(Refusal) as caught:
        office.sign(kind, fields, by)
    return caught.value.code


def test_a_signature_binds_the_number_and_its_rows(street, hang, due):
    first, second = hang("east", 3), hang("east", 4)
    hang("west", 50)
    office.sign(SIGNING, office.filled(due), street.by["east"])
    signed = report()
    assert signed.numbers == {"l1": [7, 7], "l2": [None, 3]}
    rows = db.session.scalars(sa.select(ReportBinding.rows)).one()
    assert rows == sorted([[str(first), 0], [str(second), 0]])
    assert signed.digest == rules.digest_of(str(due), 1, signed.numbers, {"l1": rows})
    assert not signed.is_zero


def test_another_number_needs_a_reason(street, hang, due):
    hang("east", 3)
    fields = office.filled(due, n_l1=5)
    delivery = entries.deliver(SIGNING, MultiDict(fields), by=street.by["east"], at=clock.now())
    assert delivery.receipt is None
    assert list(delivery.form.errors) == ["r_l1"]
    office.sign(SIGNING, fields | {"r_l1": "两条没有登记"}, street.by["east"])
    assert report().numbers["l1"] == [3, 5]
    assert report().words == {"r_l1": "两条没有登记"}


def test_zero_is_signed_without_lines_and_only_where_nothing_happened(street, hang, due):
    zero = {"due": str(due), "zero": "y"}
    hang("east", 3)
    assert refusal(SIGNING, zero, street.by["east"]) == "report-not-zero"
    west = office.due(street.kind, street.units["west"], office.today())
    office.sign(SIGNING, zero | {"due": str(west)}, street.by["west"])
    assert report().numbers == {"l1": [0, 0], "l2": [None, 0]}
    assert report().is_zero


def test_a_figure_that_moved_since_the_form_was_drawn_is_not_signed(street, hang, due):
    fields = office.filled(due)
    hang("east", 3)
    assert refusal(SIGNING, fields, street.by["east"]) == "report-moved"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == 0


def test_of_two_first_signatures_the_second_is_told(street, hang, due):
    office.sign(SIGNING, office.filled(due), street.by["east"])
    assert refusal(SIGNING, office.filled(due), street.by["street"]) == "report-signed"


def test_a_further_version_keeps_the_first_and_says_what_is_different(street, hang, due):
    hang("east", 3)
    first = office.sign(SIGNING, office.filled(due), street.by["east"]).uuid
    again = office.filled(due, n_l2=4, corrects=first, reason="少数了一人")
    office.sign(AMENDMENT, again, street.by["street"])
    newest, older = queries.versions(due)
    assert (newest.version, newest.is_changed, older.is_changed) == (2, True, False)
    assert (older.numbers["l2"], newest.numbers["l2"]) == ([None, 3], [None, 4])
    assert older.digest != newest.digest
    assert refusal(AMENDMENT, again | {"uuid": ""}, street.by["east"]) == "record-corrected-meanwhile"


def test_a_version_that_changes_only_words_changes_no_number(street, due):
    first = office.sign(SIGNING, office.filled(due), street.by["east"]).uuid
    office.sign(AMENDMENT, office.filled(due, t_l3="缺口罩", corrects=first, reason="补充"), street.by["east"])
    assert (report().version, report().is_changed) == (2, False)


def test_a_day_in_the_future_is_refused(street, due):
    tomorrow = office.due(street.kind, street.units["east"], office.days_ago(-1))
    assert refusal(SIGNING, office.filled(tomorrow), street.by["east"]) == "report-future"


def test_another_unit_may_not_sign(street, due):
    assert refusal(SIGNING, office.filled(due), street.by["west"]) == "report-not-yours"
    assert refusal(SIGNING, office.filled(due), street.by["commander"]) == "report-not-yours"


def test_what_arrives_or_changes_afterwards_is_told_by_line_and_by_the_nightly_comparison(street, hang, due):
    first = hang("east", 3)
    office.sign(SIGNING, office.filled(due), street.by["east"])
    assert service.compare(clock.now()) == 0
    hang("east", 4)
    fields = dict(entries.fields_of(first)) | {"count": "5", "corrects": str(first), "reason": "数错了"}
    office.sign(records.correction_of(PUBLICITY), MultiDict(fields), street.by["east"])
    signed = report()
    later = service.later_by_line(signed.id, signed.lines, street.units["east"], office.today())
    assert later == {"l1": rules.Later(added=1, changed=1)}
    assert service.compare(clock.now()) == 1
    reach = street.by["commander"].through(Role.COMMANDER)
    [row] = db.session.execute(queries.expectations(reach, {"evil": "hidden"}))
    assert row.unit_id == street.units["east"]
