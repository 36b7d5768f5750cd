"""Loads the standard catalogue quickly: adding it article by article takes as long as a test."""

from sqlalchemy import insert, select

from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow
from webapp.supplies import service
from webapp.supplies.models import Barcode, Item, Pack

_ROWS = {}  # by table, as the service wrote them the first time
_JOURNAL = []


def load(by):
    """Load it into a database without articles, with the same ids every time; needs an application context."""
    if _ROWS:
        with transaction() as session:
            for table, rows in _ROWS.items():
                session.execute(insert(table), rows)
            changed = {"at": clock.now(), "actor_id": by.id}
            session.execute(insert(JournalRow.__table__), [row | changed for row in _JOURNAL])
        return
    newest = db.session.scalar(select(db.func.max(JournalRow.seq))) or 0
    service.load_catalogue(by=by, at=clock.now())
    for model in (Item, Pack, Barcode):
        _ROWS[model.__table__] = [dict(row._mapping) for row in db.session.execute(select(model.__table__))]
    columns = [column for column in JournalRow.__table__.columns if column.name != "seq"]
    acts = db.session.execute(select(*columns).where(JournalRow.seq > newest).order_by(JournalRow.seq))
    _JOURNAL.extend(dict(row._mapping) for row in acts)
