"""Migration 0004: rows of before get their keys; two spellings of one thing stop it and are named."""

from uuid import uuid4

import pytest
from flask_migrate import upgrade
from sqlalchemy import text

from tests.conftest import DATABASES, make_settings
from tests.support import postgresql
from webapp import create_app
from webapp.extensions import db

UNIT = "INSERT INTO unit (id, code, name, kind, path) VALUES (:id, :code, 'x', 'unit', '/')"
ITEM = (
    "INSERT INTO item (id, code, name, name_en, category, unit_zh, unit_en, scale, has_expiry, is_closed)"
    " VALUES (:id, :code, 'x', 'x', 'other', 'x', 'x', 1, false, false)"
)
LOT = "INSERT INTO lot (id, item_id, number) VALUES (:id, :item, :number)"


@pytest.fixture(params=DATABASES)
def before(request, tmp_path):
    """An application whose database stands at 0003."""
    url = f"sqlite:///{tmp_path}/instance/frontline.db"
    name = f"keys_{uuid4().hex[:8]}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0]
        postgresql.run(server, f"CREATE DATABASE {name}")
        url = f"{server}/{name}"
    app = create_app(make_settings(tmp_path / "instance", url))
    with app.app_context():
        upgrade(revision="0003")
        yield app
        db.session.remove()
        db.engine.dispose()


def put(statement, **values):
    is_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        ids = {name: value.hex if is_sqlite and hasattr(value, "hex") else value for name, value in values.items()}
        connection.execute(text(statement), ids)


def test_rows_of_before_get_their_keys(before):
    item = uuid4()
    put(ITEM, id=item, code="XS-02")
    put(LOT, id=uuid4(), item=item, number="\uff21 1")
    put(UNIT, id=uuid4(), code="E-PB")
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT code, code_key FROM item")).all() == [("XS-02", "XS02")]
        assert connection.execute(text("SELECT number, number_key FROM lot")).all() == [("\uff21 1", "A1")]
        assert connection.execute(text("SELECT code_key FROM unit")).all() == [("EPB",)]


def test_two_spellings_of_one_lot_stop_the_migration_and_are_named(before):
    item, other = uuid4(), uuid4()
    for one, code in ((item, "XS-02"), (other, "XS-03")):
        put(ITEM, id=one, code=code)
        put(LOT, id=uuid4(), item=one, number="B7")
    put(LOT, id=uuid4(), item=item, number="\uff227")
    with pytest.raises(SystemExit) as stopped:
        upgrade()
    assert "'B7'" in str(stopped.value)
    assert "'\uff227'" in str(stopped.value)
    assert str(stopped.value).count("lot: ") == 1
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0003"
    put("UPDATE lot SET number = 'B7 (2)' WHERE number = :number", number="\uff227")
    upgrade()


def test_two_spellings_of_one_code_stop_the_migration(before):
    put(ITEM, id=uuid4(), code="H02")
    put(ITEM, id=uuid4(), code="H-02")
    with pytest.raises(SystemExit, match="'H02'"):
        upgrade()
