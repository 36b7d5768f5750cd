"""A sealed value that does not open with this host's key."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from tests.support import masters
from tests.support.reading import words_of
from webapp.accounts.models import Person
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.personal import mask_name, mask_number, mask_phone, mask_plate


def test_one_value_that_does_not_open_does_not_take_the_list_with_it(app):
    boss = masters.administrator(app)
    for name in ("first", "second"):
        masters.person(app, name, Role.INSPECTOR, phone="13800138000")
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE person SET phone = 's1.AAAA' WHERE username = 'first'"))
    for language, mark in (("zh", "打不开"), ("en", "cannot be opened")):
        boss.post("/language", data={"language": language})
        answer = boss.get("/persons")
        assert answer.status_code == 200
        assert answer.text.count(mark) == 1
        assert "First" in words_of(answer)


def test_the_mark_is_never_written_over_what_is_sealed(app):
    masters.person(app, "first", Role.INSPECTOR, phone="13800138000")
    change = text("UPDATE person SET username = 'x' WHERE username = 'first'")

    def save():
        with transaction() as session:
            session.execute(change)
            session.query(Person).update({"phone": "⚠ cannot be opened"})

    with app.app_context():
        with pytest.raises(StatementError):
            save()
        assert db.session.scalar(text("SELECT username FROM person")) == "first"


@pytest.mark.parametrize("mask", [mask_name, mask_number, mask_phone, mask_plate])
def test_the_mark_is_not_masked(mask):
    assert mask("⚠ 打不开") == "⚠ 打不开"


def test_a_second_factor_that_does_not_open_is_a_wrong_code_not_an_error(app):
    masters.person(app, "first", Role.INSPECTOR)
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE person SET totp_secret = 's1.AAAA'"))
    client = app.test_client()
    client.post("/sign-in", data={"username": "first", "password": masters.PASSWORD})
    assert client.post("/sign-in/code", data={"code": "123456"}).status_code == 422
