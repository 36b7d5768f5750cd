"""Counts the statements that a request sends to the database."""

import contextlib

from sqlalchemy import event

from webapp.extensions import db


@contextlib.contextmanager
def counted(app):
    """A list that is filled with every statement sent."""
    said = []

    def note(_conn, _cursor, statement, *_rest):
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
