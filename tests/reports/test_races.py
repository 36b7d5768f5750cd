"""Two clerks who sign at once: the database keeps one first version of a day."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.reports import office
from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.reports import queries
from webapp.reports.kinds import SIGNING
from webapp.reports.models import Report


def test_who_did_not_see_the_other_signature_yet_is_told_of_it_by_the_database(app, street, monkeypatch):
    with app.app_context():
        due = office.due(street.kind, street.units["east"], office.today())
        office.sign(SIGNING, office.filled(due), street.by["east"])
        find = queries.find
        monkeypatch.setattr(queries, "find", lambda *asked: replace(find(*asked), report=None))
        with pytest.raises(Refusal, match="report-signed"):
            office.sign(SIGNING, office.filled(due), street.by["street"])
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == 1
