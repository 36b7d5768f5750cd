"""Guessing passwords: bounded also at once and by many, never at the cost of a device that is known."""

import threading
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text, update

from tests.support import masters
from webapp.accounts import service
from webapp.accounts.models import Attempt, Person
from webapp.accounts.rules import FREE_ATTEMPTS, FREE_ATTEMPTS_NAME, password_fault
from webapp.accounts.service import throttle
from webapp.extensions import db
from webapp.kernel import clock, passwords
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow

WRONG, ELSEWHERE = "wrong password 1", "198.51.100.7"


@pytest.fixture
def wang(app):
    return masters.person(app, "wang", Role.AUDITOR)


def attempt(client, password, name="wang", address="127.0.0.1"):
    fields = {"username": name, "password": password}
    return client.post("/sign-in", data=fields, environ_base={"REMOTE_ADDR": address}).status_code


def test_of_twenty_guesses_at_once_no_more_are_hashed_than_one_after_another(app, wang, monkeypatch):
    hashed, is_right, gate = [], passwords.is_right, threading.Barrier(20)

    def counted(kept, password):
        hashed.append(password)
        return is_right(kept, password)

    monkeypatch.setattr(passwords, "is_right", counted)
    answers = []

    def guess(number):
        client = app.test_client()
        gate.wait()
        answers.append(attempt(client, f"guess number {number}"))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashed) == FREE_ATTEMPTS
    assert sorted(answers) == [422] * FREE_ATTEMPTS + [429] * (20 - FREE_ATTEMPTS)


def test_a_right_password_uses_up_nothing(app, wang):
    for _ in range(FREE_ATTEMPTS + 2):
        assert attempt(app.test_client(), masters.PASSWORD) == 303
    with app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []


def test_guesses_from_elsewhere_lock_only_where_they_come_from(app, wang):
    for _ in range(FREE_ATTEMPTS):
        assert attempt(app.test_client(), WRONG, address=ELSEWHERE) == 422
    assert attempt(app.test_client(), masters.PASSWORD, address=ELSEWHERE) == 429
    assert attempt(app.test_client(), masters.PASSWORD) == 303


def test_a_known_device_is_not_locked_by_guesses_from_everywhere(app, wang):
    known = app.test_client()
    assert attempt(known, masters.PASSWORD) == 303
    assert known.post("/sign-out").status_code == 303
    for number in range(FREE_ATTEMPTS_NAME + 5):
        attempt(app.test_client(), WRONG, address=f"203.0.113.{number // 2}")
    assert attempt(app.test_client(), masters.PASSWORD, address="192.0.2.1") == 429, "the name is closed to strangers"
    assert attempt(known, masters.PASSWORD) == 303


def test_a_known_device_has_a_bound_of_its_own(app, wang):
    known = app.test_client()
    attempt(known, masters.PASSWORD)
    known.post("/sign-out")
    statuses = [attempt(known, WRONG) for _ in range(FREE_ATTEMPTS + 1)]
    assert statuses == [422] * FREE_ATTEMPTS + [429]
    assert attempt(app.test_client(), masters.PASSWORD) == 303, "it locks itself only"


def test_a_device_known_for_one_name_is_a_stranger_to_another(app, wang):
    masters.person(app, "li", Role.AUDITOR)
    known = app.test_client()
    attempt(known, masters.PASSWORD)
    for _ in range(FREE_ATTEMPTS):
        attempt(app.test_client(), WRONG, name="li")
    assert attempt(known, masters.PASSWORD, name="li") == 429


@pytest.mark.parametrize("cookie", ["", "x", "WyJhIixbImIiXV0.x.y", "[1]"])
def test_a_cookie_made_by_hand_makes_no_device_known(app, wang, cookie):
    for _ in range(FREE_ATTEMPTS):
        attempt(app.test_client(), WRONG)
    client = app.test_client()
    client.set_cookie("frontline-device", cookie)
    assert attempt(client, masters.PASSWORD) == 429


def test_a_reset_password_opens_the_name_again(app, wang, administrator):
    for _ in range(FREE_ATTEMPTS):
        attempt(app.test_client(), WRONG, address=ELSEWHERE)
    page = administrator.post(f"/persons/{wang}/reset-password")
    assert page.status_code == 200
    assert attempt(app.test_client(), WRONG, address=ELSEWHERE) == 422, "wrong, not locked"


def test_neither_names_nor_addresses_are_kept_with_the_attempts(app, wang):
    attempt(app.test_client(), WRONG, address=ELSEWHERE)
    with app.app_context():
        rows = repr(db.session.execute(text("SELECT * FROM sign_in_attempt")).all())
        assert ELSEWHERE not in rows
        assert "wang" not in rows


def test_codes_are_bounded_and_a_known_device_keeps_its_own_count(app, wang):
    secret = pyotp.random_base32()
    with app.app_context():
        db.session.execute(update(Person).values(totp_secret=secret))
        db.session.commit()
    at = clock.now()

    def code_of(known):
        with app.app_context():
            begun = service.sign_in("wang", masters.PASSWORD, device="-", address="-", known=known, at=at)
            code = pyotp.TOTP(secret).at(at + timedelta(days=1))
            with pytest.raises(Refusal) as refusal:
                service.pass_second_step(begun.token, code, known=lambda _name: known, at=at)
            return refusal.value.code

    assert [code_of(None) for _ in range(FREE_ATTEMPTS + 1)] == ["totp-wrong"] * FREE_ATTEMPTS + ["sign-in-throttled"]
    assert code_of("mark") == "totp-wrong"


def test_confirming_ones_password_is_bounded_before_it_is_hashed(app, wang):
    with app.app_context():
        reserved = [throttle.Limit(throttle.subject("confirm", "me"), 2)]
        throttle.reserve(reserved, clock.now())
        throttle.reserve(reserved, clock.now())
        with pytest.raises(Refusal, match="throttled"):
            throttle.reserve(reserved, clock.now())


@pytest.mark.parametrize(("name", "password", "code"), [("wang", WRONG, "password"), ("nobody", WRONG, "username")])
def test_a_failure_is_journalled_with_whose_name_it_was_and_from_where(app, wang, name, password, code):
    attempt(app.test_client(), password, name=name, address=ELSEWHERE)
    with app.app_context():
        [row] = db.session.scalars(select(JournalRow).where(JournalRow.action == "person.sign-in-failed"))
        assert row.subject_id == (str(wang) if name == "wang" else "-")
        assert row.details["wrong"] == code
        assert ELSEWHERE in row.private
        raw = repr(db.session.execute(text("SELECT * FROM journal")).all())
        assert ELSEWHERE not in raw
        assert "nobody" not in raw


COMMON = (
    "password1! qwerty12345 12345678910 iloveyou123 password123456 P@ssw0rd123 woaini1314 5201314520 frontline2020 "
)
COMMON += "frontline2020 1q2w3e4r5t aaaaaaaaaaab abcd1234567 fangxian123"


@pytest.mark.parametrize("password", COMMON.split())
def test_passwords_of_the_lists_and_their_variations_are_refused(password):
    assert password_fault(password, "zhangsan", "张三") == "common"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short-9-x", "too_short"),
        ("x7-zhangsan-kq2", "like_username"),
        ("x7-ZHANGSAN-kq2", "like_username"),
        ("x7-张三-kq2-mmp", "like_name"),
        ("x7-wang-kq2-mmp", "like_name"),
        ("kx7p-2mqa-9trw", None),
        ("correct horse 9", None),
        ("一条完全没有人知道的长句子", None),
        ("q" * 40 + "7-mZ pk2 vv" + "x" * 60, None),
    ],
)
def test_a_password_holds_neither_username_nor_name(password, fault):
    assert password_fault(password, "zhangsan", "张三 Wang") == fault
