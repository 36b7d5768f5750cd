"""The floor: the least that a Flask application on the same server does, to hold the product against.

One row into SQLite as durably as the product writes its own (WAL, `synchronous=FULL`, a file lock), one page of fifty
rows. gunicorn serves `floor:app` with the product's processes and threads.
"""

import fcntl
import os
import sqlite3
import threading

from flask import Flask, render_template_string, request

DATABASE = os.environ["FLOOR_DATABASE"]
PAGE = "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
TABLE = "CREATE TABLE IF NOT EXISTS arrival (seq INTEGER PRIMARY KEY, uuid TEXT UNIQUE, name TEXT, phone TEXT, at TEXT)"
app = Flask(__name__)
_own = threading.local()


def connection() -> tuple[sqlite3.Connection, int]:
    """This thread's connection and the descriptor of the lock."""
    if not hasattr(_own, "connection"):
        _own.connection = sqlite3.connect(DATABASE, timeout=10, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            _own.connection.execute(f"PRAGMA {pragma}")
        _own.connection.execute(TABLE)
        _own.lock = os.open(f"{DATABASE}.lock", os.O_CREAT | os.O_RDWR)
    return _own.connection, _own.lock


@app.post("/arrivals")
def arrive() -> tuple[str, int]:
    database, lock = connection()
    row = [request.form[name] for name in ("uuid", "name", "phone")]
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO arrival (uuid, name, phone, at) VALUES (?, ?, ?, datetime())", row)
        database.execute("COMMIT")
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
    return "", 303


@app.get("/arrivals")
def arrivals() -> str:
    database, _lock = connection()
    rows = database.execute("SELECT * FROM arrival ORDER BY seq DESC LIMIT 50").fetchall()
    return render_template_string(PAGE, rows=rows)
