"""Two clerks who sign at once, and records that are written while somebody signs: real processes."""

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.reports import office, racer
from tests.supplies.racer import race
from tests.support.processes import REAL
from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.publicity.models import Publicity
from webapp.reports import queries, rules, upward
from webapp.reports.kinds import SIGNING, UPWARD_SIGNING
from webapp.reports.models import ConsolidatedReport, Report

BANNERS = 12


@pytest.fixture
def due(app, street):
    with app.app_context():
        return office.due(street.kind, street.units["east"], office.today())


def run(*processes):
    """Run processes (target, arguments) that start at one moment; gives what each put into the queue."""
    gate, done = REAL.Barrier(len(processes)), REAL.Queue()
    started = [REAL.Process(target=target, args=(*arguments, gate, done)) for target, *arguments in processes]
    for process in started:
        process.start()
    answers = [done.get(timeout=120) for _process in started]
    for process in started:
        process.join(30)
    return answers


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_of_two_who_sign_at_once_one_signs_and_the_other_is_told(app, street, premises, due):
    with app.app_context():
        fields = {who: office.filled(due, n_l2=number) for who, number in (("east", 3), ("street", 4))}
    premises.close()
    answers = run(*((race, premises.settings, street.by[who], "report", fields[who], 1) for who in fields))
    assert Counter(code for answer in answers for code in answer) == {"done": 1, "report-signed": 1}
    with app.app_context():
        assert count(Report) == 1


def test_a_signature_binds_exactly_the_rows_it_counted_while_others_are_written(app, street, premises, due):
    banner = {"means": "banner", "count": "2", "unit": str(street.units["east"]), "area": "路口"}
    banner["from_on"] = office_day(app)
    premises.close()
    writing = race, premises.settings, street.by["east"], "publicity", banner, BANNERS
    answers = run((racer.sign_at_last, premises.settings, street.by["street"], due), writing)
    [(report_id, _tries)] = [answer for answer in answers if isinstance(answer, tuple)]
    with app.app_context():
        signed, rows = db.session.get_one(Report, report_id), queries.bindings(report_id)
        keys = [key for key, _correction in rows["l1"]]
        counts = {str(row.record_id): row.count for row in db.session.scalars(sa.select(Publicity))}
        assert len(counts) == BANNERS
        assert signed.numbers["l1"] == [sum(counts[key] for key in keys)] * 2
        assert signed.digest == rules.digest_of(str(due), 1, signed.numbers, rows)
        later = rules.later(rows["l1"], [(key, 0) for key in counts])
        assert later == rules.Later(added=BANNERS - len(keys))


def office_day(app):
    with app.app_context():
        return office.today().isoformat()


def test_who_did_not_see_the_other_signature_yet_is_told_of_it_by_the_database(app, street, due, monkeypatch):
    with app.app_context():
        office.sign(SIGNING, office.filled(due), street.by["east"])
        find = queries.find
        monkeypatch.setattr(queries, "find", lambda *asked: replace(find(*asked), report=None))
        with pytest.raises(Refusal, match="report-signed"):
            office.sign(SIGNING, office.filled(due), street.by["street"])
        assert count(Report) == 1


def test_of_two_first_consolidated_reports_the_second_is_told_by_the_database(app, street, due, monkeypatch):
    with app.app_context():
        office.sign(SIGNING, office.filled(due), street.by["east"])
        office.sign(UPWARD_SIGNING, office.summed(street.kind, street.units["street"]), street.by["street"])
        monkeypatch.setattr(upward, "newest", lambda about: None)
        with pytest.raises(Refusal, match="consolidation-signed"):
            office.sign(UPWARD_SIGNING, office.summed(street.kind, street.units["street"]), street.by["commander"])
        assert count(ConsolidatedReport) == 1
