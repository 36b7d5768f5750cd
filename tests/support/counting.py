"""Counts the statements that a request sends to the database."""

import contextlib

from sqlalchemy import event

from webapp.extensions import db


@contextlib.contextmanager
def counted(app):
    """Yield a list that receives every statement sent."""
    statements = []

    def note(_conn, _cursor, statement, *_rest):
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
