"""Migration 0007: digests follow the new spelling, and one person inside a gate twice stops it and is named."""

from uuid import uuid4

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from tests.conftest import DATABASES, make_settings
from tests.support import postgresql
from webapp import create_app
from webapp.extensions import db
from webapp.kernel.sealing import blind, keyring


@pytest.fixture(params=DATABASES)
def before(request, tmp_path):
    """An application whose database stands at 0006."""
    url = f"sqlite:///{tmp_path}/instance/frontline.db"
    name = f"persons_{uuid4().hex[:8]}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0]
        postgresql.run(server, f"CREATE DATABASE {name}")
        url = f"{server}/{name}"
    app = create_app(make_settings(tmp_path / "instance", url))
    with app.app_context():
        upgrade(revision="0006")
        yield app
        db.session.remove()
        db.engine.dispose()


def put(table, **values):
    """A row with what its other columns cannot do without."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    columns = db.inspect(db.engine).get_columns(table)
    filler = {"BOOLEAN": False, "INTEGER": 0, "BIGINT": 0, "DATETIME": "2026-11-24 00:00:00"}
    filler["TIMESTAMP"] = filler["DATETIME"]
    for column in columns:
        needs = not column["nullable"] and column["default"] is None and column.get("autoincrement") is not True
        if needs and column["name"] not in values:
            values[column["name"]] = filler.get(str(column["type"]).split("(")[0].upper(), "[]")
    named = {name: value.hex if is_sqlite and hasattr(value, "hex") else value for name, value in values.items()}
    quoted, marks = ", ".join(f'"{name}"' for name in named), ", ".join(f":{name}" for name in named)
    with db.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({quoted}) VALUES ({marks})"), named)


def checkpoint():
    gate = uuid4()
    put("place", id=gate, code=gate.hex[:8], code_key=gate.hex[:8], name="x", kind="checkpoint")
    return gate


def seal(value, column):
    return None if value is None else keyring().seal(value, f"visit.{column}")


def visit(gate, name, *, number=None, phone=None, identity, left_at=None):
    """A visit as the version before wrote it: `identity` stands for its digest, whatever that was made of."""
    visit_id, gatekeeper = uuid4(), uuid4()
    put("person", id=gatekeeper, username=gatekeeper.hex[:8], name="x")
    put("entry", uuid=visit_id, author_id=gatekeeper, kind="visit.in", seq=visit_id.int % 10**9)
    put(
        "visit",
        id=visit_id,
        place_id=gate,
        name=seal(name, "name"),
        id_number=seal(number, "id_number"),
        phone=seal(phone, "phone"),
        name_blind="of before",
        phone_blind=blind(phone, "visit.phone"),
        id_blind=blind(number, "visit.id"),
        identity_blind=identity,
        origin="x",
        companions=0,
        proposed="pass",
        decision="pass",
        recorded_by=gatekeeper,
        left_at=left_at,
    )
    return visit_id


def test_rows_of_before_get_the_digests_of_today(before):
    gate = checkpoint()
    visit(gate, "阿依古丽‧买买提", phone="13800138000", identity="of the phone")
    visit(gate, "王秀英", number="11010519491231002X", phone="13800138000", identity="of the number")
    upgrade()
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT name_blind, identity_blind, undone_at FROM visit")).all()
    assert set(rows) == {
        (blind("阿依古丽·买买提", "visit.name"), blind("13800138000 阿依古丽买买提", "visit.identity"), None),
        (blind("王秀英", "visit.name"), blind("11010519491231002X", "visit.identity"), None),
    }


def test_one_person_inside_twice_stops_the_migration_and_is_named(before):
    gate, number = checkpoint(), "11010519491231002X"
    same = [visit(gate, "王秀英", number=number + hidden, identity=f"one{hidden}") for hidden in ("", "\u200b")]
    visit(gate, "王秀英", number=number, identity="gone", left_at="2026-11-24 01:00:00")
    visit(checkpoint(), "王秀英", number=number, identity="elsewhere")
    with pytest.raises(SystemExit) as stopped:
        upgrade()
    told = str(stopped.value).replace("-", "")
    assert [visit_id for visit_id in same if visit_id.hex not in told] == []
    assert told.count("gate ") == 1
    for secret in ("王秀英", number):
        assert secret not in told
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0006"
