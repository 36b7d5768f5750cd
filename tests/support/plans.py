"""How the database finds the rows of a request: the plan of each of its statements."""

import contextlib
import re

from sqlalchemy import event

from webapp.extensions import db


@contextlib.contextmanager
def planned(app):
    """Yield a list that receives every SELECT sent, each as its text and the lines of its plan."""
    plans = []

    def note(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            plans.append(_plan(connection, statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "after_cursor_execute", note)


def _plan(connection, statement, parameters):
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [statement, *(row[3] for row in cursor.fetchall())]
    cursor.execute(f"EXPLAIN {statement}", parameters)
    return [statement, *(row[0].strip() for row in cursor.fetchall())]


def walks(plans, table, group):
    """The lines that read all rows of a table, or all of a group (a column), and so cost more every day.

    Partial indexes (uq_, of those inside) hold few rows, and the first rows in the order of an index are few.
    """
    return [line for plan in plans for line in _reading(plan, table) if _is_walk(line, group, "LIMIT" in plan[0])]


def _reading(plan, table):
    """The lines about a table, on PostgreSQL with the condition below."""
    for line, below in zip(plan[1:], [*plan[2:], ""], strict=True):
        if line.startswith((f"SCAN {table} ", f"SEARCH {table} ")) or line in (f"SCAN {table}", f"SEARCH {table}"):
            yield line
        elif f" on {table} " in line:
            yield f"{line} {below}"


def _is_walk(line, group, is_limited):
    if re.search(r"\buq_|_inside\b", line) or (is_limited and " using " in line.lower()):
        return False
    condition = line.split("Index Cond:")[-1] if "cost=" in line else line
    is_led = line.startswith("SEARCH") or "Index Cond:" in line
    return not is_led or set(re.findall(r"(\w+) ?[=<>]", condition)) == {group}
