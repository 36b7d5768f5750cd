"""The rows of the journal in the tests that walk all features."""

from sqlalchemy import func, select

from tests.support.matrix import Rows
from webapp.extensions import db
from webapp.kernel.journal import JournalRow


def record(_world):
    newest = db.session.scalar(select(func.max(JournalRow.seq)))
    return {"seq": newest, "journal_id": newest}


ROWS = Rows(
    access={
        "audit.index": {"administrator", "auditor"},
        "audit.row": {"administrator", "auditor"},
        "reveal.journal": {"administrator", "auditor"},
    },
    record=record,
    auditor_posts={
        "reveal.journal",  # it shows a reason and notes that it was shown
    },
)
