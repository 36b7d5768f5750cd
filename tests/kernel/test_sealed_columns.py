"""Every column that can hold text is sealed, or stands here with the reason why it need not be."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from tests.checkpoints.conftest import ARRIVAL
from tests.checkpoints.test_person_migration import put
from tests.conftest import DATABASES
from tests.faults import world as district
from tests.inspections.conftest import filled
from tests.support.reading import words_of
from tests.support.upgrades import standing_at
from webapp.checkpoints.kinds import VISIT_IN
from webapp.checkpoints.models import Visit
from webapp.extensions import Base, db
from webapp.inspections.kinds import INSPECTION
from webapp.inspections.models import InspectionAnswer
from webapp.kernel.columns import Enumerated, Sealed
from webapp.kernel.kinds import kinds
from webapp.kernel.sealing import keyring
from webapp.sync.models import ReceivedEnvelope

CODE = "a code, digest, public key or number"
MADE = "made by the program: ids, numbers, dates, codes"
NAME = "the name of a thing, unit or place"
STAFF = "the name of somebody on the staff: on every record, lists are sorted and searched by it"
DEVICE = "what a browser or the app calls itself"
ROBOT = "what a robot or mail server is called and answers, without the secrets of its channel"
PLAIN = {
    CODE: "alert.key alert.url alert_channel.language alert_channel.outcome alert_delivery.outcome alert_rule.preset"
    " alert.number alert_attempt.outcome alert_device.endpoint_key alert_device.token_hash alert_device.language"
    " alert_device.outcome"
    " alert_rule.source briefing.number briefing.sha256 briefing_version.sha256"
    " device.app_version device.public_key entry.kind entry.device entry.content_hash entry_conflict.content_hash"
    " envelope.sha256 envelope.kind envelope.reason envelope_key.id envelope_photo.sha256 envelope_photo.nonce"
    " envelope_photo.key import_preview.digest import_preview.sheet inspection.checklist_code inspection_answer.item"
    " inspection_answer.answer inspection_finding.checklist_code inspection_finding.item inspection_reading.item"
    " inspection_reading.parameter inspection_reading.typed inspection_reading.unit inspection_reading.point"
    " inspection_reading.quantity installation.epoch installation.data_key item.code item.code_key item_barcode.code"
    " document_number.series item_barcode.code_key job_run.name journal.action journal.subject_kind"
    " journal.subject_id journal_block.previous journal_block.hash lot.number lot.number_key move.measure"
    " person.username person.phone_blind report.digest report_binding.line report_kind.cutoff report_kind.weekdays"
    " report_kind.code"
    " consolidated_report.digest report_layout_version.sha256"
    " person.password_hash person.language photo.field photo.key photo.original_sha256 photo.sha256 place.code"
    " place.code_key purge_run.number purge_run.rule purge_run.digest purge_run.space purged_entry.kind"
    " recovery_code.digest sign_in.digest sign_in_attempt.subject sign_in_throttling.subject stock_count.measure"
    " stock_slip.number stock_slip.document task.number unit.code unit.code_key unit.path visit.name_blind"
    " visit.id_blind visit.phone_blind visit.plate_blind visit.identity_blind",
    MADE: "alert_rule.channels alert_rule.recipients"
    " author_grant.grants device.withdrawn district.retention purge_run.counts"
    " inspection_reading.limit inspection_reading.missing job_run.said"
    " journal.details task.source visit.reasons inspection.dropped publicity.dropped report.dropped report.numbers"
    " report.notes report.seen report_kind.checks report_binding.rows consolidated_report.dropped"
    " consolidated_report.numbers consolidated_report.parts consolidated_report.missing consolidated_report.whole",
    NAME: "alert_channel.name alert_rule.name briefing_template.name"
    " district.name_zh district.name_en district.disease_zh district.disease_en district.risk_areas item.name"
    " item.name_en item.unit_zh item.unit_en item.customary_zh item.customary_en item_pack.name item_pack.name_en"
    " place.name place.address publicity.area unit.name report_kind.name report_kind.lines report.lines"
    " consolidated_report.lines report_layout.name calendar_day.name",
    STAFF: "person.name person.post",
    DEVICE: "alert_device.device device.agent sign_in.device",
    ROBOT: "alert_attempt.answer alert_channel.host alert_channel.answer alert_delivery.answer alert_device.host",
}
KNOWN = {column for columns in PLAIN.values() for column in columns.split()}
TYPED = "赵六的电话 13800138000"


# Sealed columns: emptied with an entry of whatever kind, or kept, with the reason.
WITH_ENTRY = (
    "entry.content entry.content_salt entry_conflict.content entry_conflict.content_salt envelope.payload"
    " envelope.values envelope.note journal.private"
)
KEPT = {
    "colleagues and places, for as long as somebody keeps them": "person.phone place.contact_name place.contact_phone",
    "documents of the district: names of colleagues, and what a commander wrote for others to read": "briefing.file"
    " briefing.blocks briefing.printed briefing_version.file briefing_version.codes",
    "forms of a superior without anything filled in": "report_layout_version.file report_layout_version.names",
    "keys": "alert_channel.secret alert_device.secret author_grant.key person.totp_secret",
    "gone within the hour": "import_preview.lines import_preview.outcome",
    "why somebody was purged: no name is to stand there": "purge_run.reason",
}


def texts():
    """Columns that hold text as it is: (table.column, type)."""
    for table in Base.metadata.tables.values():
        for column in table.columns:
            kept = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
            if isinstance(kept, sa.String) and not isinstance(column.type, (Enumerated, sa.Uuid)):
                yield f"{table.name}.{column.name}", column.type


def test_every_text_column_is_sealed_or_listed_with_its_reason(app):
    plain = {name for name, kind in texts() if not isinstance(kind, Sealed)}
    assert plain - KNOWN == set(), "seal it, or say here why it holds nothing personal"
    assert KNOWN - plain == set(), "no longer there, or sealed by now"


def test_a_sealed_column_is_bound_to_its_own_place(app):
    assert [name for name, kind in texts() if isinstance(kind, Sealed) and kind.purpose != name] == []


def test_every_sealed_column_is_purged_in_time_or_says_why_it_is_kept(app):
    with app.app_context():
        parts = [part for kind in kinds().values() if kind.keeps for part in kind.empties]
    emptied = {column for part in parts for column in sealed_in(part.model.__table__)} | set(WITH_ENTRY.split())
    kept = {column for columns in KEPT.values() for column in columns.split()}
    every = {column for table in Base.metadata.tables.values() for column in sealed_in(table)}
    assert every - emptied - kept == set(), "let its kind purge it (Kind.empties), or say here why it is kept"
    assert kept - (every - emptied) == set(), "no longer there, or purged by now"


def test_every_kind_says_for_how_long_it_keeps_what(app):
    with app.app_context():
        rules = {name: kind.keeps for name, kind in kinds().items()}
    assert [name for name, keeps in rules.items() if keeps is None] == []
    assert [name for name, keeps in rules.items() if not 0 < keeps.least <= keeps.days <= keeps.most] == []


def sealed_in(table):
    return {f"{table.name}.{column.name}" for column in table.columns if isinstance(column.type, Sealed)}


def test_what_was_typed_as_an_answer_is_sealed_and_still_shown(app):
    world = district.build(app)
    check = filled(world.hospital, uuid=str(uuid4()), remark=TYPED, ph="7.1")
    with app.app_context():
        district.deliver(INSPECTION, check, world.by["inspector"])
        rows = db.session.execute(sa.text("SELECT item, answer, words FROM inspection_answer")).all()
        answers = {row.item: row.answer for row in rows if row.words is None}
        assert "13800138000" not in repr(rows)
        assert [row.item for row in rows if row.words] == ["remark"]
        assert answers["ph"] == "7.1"
        assert answers["no_bypass"] == "yes"
    for page in (f"/inspections/{check['uuid']}", f"/inspections/{check['uuid']}/print"):
        assert TYPED in words_of(world.clients["inspector"].get(page))


def test_where_a_visitor_comes_from_is_sealed_and_still_shown(app):
    world = district.build(app)
    visit = ARRIVAL | {"place": str(world.gate), "uuid": str(uuid4()), "name": "另一人", "origin": "幸福小区赵六家"}
    visit |= {"phone": "13900139000", "id_number": ""}
    with app.app_context():
        district.deliver(VISIT_IN, visit, world.by["gatekeeper"])
        assert "赵六" not in repr(db.session.execute(sa.text("SELECT origin FROM visit")).all())
    for page in ("/checkpoints/visits", f"/checkpoints/visits/{visit['uuid']}"):
        assert "幸福小区赵六家" in words_of(world.clients["gatekeeper"].get(page))
    exported = world.clients["commander"].get("/checkpoints/visits?format=csv")
    assert "幸福小区赵六家" in exported.get_data(as_text=True)


@pytest.fixture(params=DATABASES)
def before(request, tmp_path):
    """An application whose database stands at 0015."""
    with standing_at("0015", request, tmp_path) as app:
        yield app


def written_before(code):
    """A check by a checklist, a visit and a returned envelope, as the version before wrote them."""
    place, person = uuid4(), uuid4()
    put("place", id=place, code=place.hex[:8], code_key=place.hex[:8], name="x", kind="hospital")
    put("person", id=person, username=person.hex, name="x")
    ids = uuid4(), uuid4(), uuid4()
    for number, id_ in enumerate(ids[:2], 1):
        sealed = {name: keyring().seal("{}", f"entry.{name}") for name in ("content", "content_salt")}
        put("entry", seq=number, uuid=id_, author_id=person, kind="x", **sealed)
    named = {"checklist_code": code, "checklist_version": 1, "outcome": "within"}
    put("inspection", id=ids[0], place_id=place, inspector_id=person, **named)
    for item, answer in {"remark": TYPED, "no_bypass": "yes"}.items():
        put("inspection_answer", inspection_id=ids[0], item=item, answer=answer)
    said = {"origin": TYPED, "proposed": "pass", "decision": "pass", "name": keyring().seal("x", "visit.name")}
    put("visit", id=ids[1], place_id=place, recorded_by=person, **said)
    kept = {
        "state": "returned",
        "payload": keyring().seal("{}", "envelope.payload"),
        "values": f'{{"item":"{TYPED}"}}',
    }
    put(
        "envelope",
        id=ids[2],
        uuid=uuid4(),
        relay_id=person,
        author_id=person,
        grant_id=person,
        device_id=person,
        **kept,
    )
    return ids


@pytest.mark.parametrize("code", ["hospital-wastewater", "a-checklist-that-is-gone"])
def test_what_was_typed_before_is_sealed_by_the_migration(before, code):
    check, visit, envelope = written_before(code)
    upgrade()
    tables = ("inspection_answer", "visit", "envelope")
    assert "13800138000" not in repr([db.session.execute(sa.text(f"SELECT * FROM {table}")).all() for table in tables])
    answers = db.session.scalars(sa.select(InspectionAnswer).where(InspectionAnswer.inspection_id == check)).all()
    assert {answer.item: answer.text for answer in answers} == {"remark": TYPED, "no_bypass": "yes"}
    plain = [answer.item for answer in answers if answer.answer]
    assert plain == (["no_bypass"] if code == "hospital-wastewater" else [])
    assert db.session.get_one(Visit, visit).origin == TYPED
    assert db.session.get_one(ReceivedEnvelope, envelope).values == {"item": TYPED}
