"""Processes that confirm one preview at the same moment, each with its own application and session."""

from webapp import create_app
from webapp.extensions import db


def confirm(settings, username, password, key, gate, done):
    """Sign in, wait for the others, confirm; report the status and what the page says."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"username": username, "password": password})
    gate.wait(60)
    answer = client.post("/supplies/import", data={"key": key})
    words = [("没有重复导入", "repeated"), ("已导入", "done")]
    done.put((answer.status_code, next((code for text, code in words if text in answer.text), answer.text[:2000])))
    with app.app_context():
        db.engine.dispose()
