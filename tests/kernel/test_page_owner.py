"""Whose page a form was posted from, and what becomes of what was typed when it cannot be taken: without JavaScript."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.support.masters import PASSWORD, person
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Role
from webapp.places import service as places
from webapp.places.models import Place

FORM = {"Accept": "text/html"}
HTMX = FORM | {"HX-Request": "true"}
TYPED = {"code": "H-9", "name": "第九<医院>", "kind": "hospital", "password": "never echoed 9"}


@pytest.fixture
def browser(app):
    """One browser of two administrators, with the token check of a real one; nobody is signed in."""
    for username in ("first", "second"):
        person(app, username, Role.ADMINISTRATOR)
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def token_in(page):
    return unescape(re.search(r'name="csrf_token" value="([^"]+)"', page)[1])


def enter(browser, username):
    address = "/sign-in?other=1"
    fields = {"username": username, "password": PASSWORD, "csrf_token": token_in(browser.get(address).text)}
    answer = browser.post(address, data=fields)
    assert answer.status_code == 303, answer.text


def opened(browser):
    """What the form of a new place posts, filled by whoever is signed in."""
    return TYPED | {"csrf_token": token_in(browser.get("/places/add").text)}


def again(page):
    """The form an error page offers: its address and its fields."""
    form = re.search(r'<form[^>]*action="([^"]+)"[^>]*data-post-again>(.*?)</form>', page, re.S)
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2])
    return unescape(form[1]), {unescape(name): unescape(value) for name, value in pairs}


def places_made(app):
    with app.app_context():
        return list(db.session.scalars(select(Place.name)))


def author_of_the_place(app):
    with app.app_context():
        row = db.session.scalars(select(journal.JournalRow).where(journal.JournalRow.action == "place.added")).one()
        return row.actor_id


def id_of(app, username):
    from webapp.accounts import queries

    with app.app_context():
        return queries.find_by_username(username).id


def test_a_page_of_one_person_is_never_posted_in_the_session_of_another(app, browser):
    enter(browser, "first")
    fields = opened(browser)
    enter(browser, "second")
    answer = browser.post("/places/add", data=fields, headers=FORM)
    assert answer.status_code == 409
    assert "现在登录的是Second" in answer.text
    assert answer.headers["Frontline"] == "page", "a device keeps its copy: this is no refusal of what was recorded"
    assert places_made(app) == []
    action, kept = again(answer.text)
    assert browser.post(action, data=kept, headers=FORM).status_code == 409, "not by pressing again either"
    assert "never echoed" not in answer.text
    enter(browser, "first")
    assert browser.post(action, data=kept, headers=FORM).status_code == 303
    assert places_made(app) == ["第九<医院>"]
    assert author_of_the_place(app) == id_of(app, "first")


def test_the_same_holds_for_a_token_in_the_header(app, browser):
    enter(browser, "first")
    fields = opened(browser)
    token = fields.pop("csrf_token")
    enter(browser, "second")
    answer = browser.post("/places/add", data=fields, headers=HTMX | {"X-CSRFToken": token})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "X-CSRFToken" not in answer.headers, "nobody's page is made another's"
    assert places_made(app) == []


@pytest.mark.parametrize("how", ["renewed", "signed-out"])
def test_a_page_stays_good_over_a_renewed_session_of_its_person(app, browser, how):
    enter(browser, "first")
    fields = opened(browser)
    if how == "signed-out":
        browser.post("/sign-out", data={"csrf_token": fields["csrf_token"]})
    enter(browser, "first")
    assert browser.post("/places/add", data=fields).status_code == 303
    assert len(places_made(app)) == 1


def test_a_form_posted_after_the_session_ended_waits_on_the_answer(app, browser):
    enter(browser, "first")
    fields = opened(browser)
    browser.post("/sign-out", data={"csrf_token": fields["csrf_token"]})
    answer = browser.post("/places/add", data=fields, headers=FORM)
    assert answer.status_code == 401
    assert answer.headers["Frontline"] == "page"
    assert 'href="/sign-in?other=1" target="_blank"' in answer.text
    assert "never echoed" not in answer.text
    action, kept = again(answer.text)
    enter(browser, "first")
    assert browser.post(action, data=kept).status_code == 303
    assert places_made(app) == ["第九<医院>"]


def test_a_fragment_leaves_the_page_where_it_is_when_the_session_ended(browser):
    enter(browser, "first")
    fields = opened(browser)
    browser.post("/sign-out", data={"csrf_token": fields["csrf_token"]})
    for answer in (browser.post("/places/add", data=fields, headers=HTMX), browser.get("/places/", headers=HTMX)):
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer.headers
        assert answer.headers["HX-Retarget"] == "#messages"
        assert "data-sign-in-beside" in answer.text


def test_a_large_upload_of_nobody_is_not_read(browser):
    body = {"code": "H-9", "file": (io.BytesIO(b"x" * 5_000_000), "a.jpg")}
    with browser.post("/inspections", data=body, headers=FORM) as answer:
        assert answer.status_code == 401
        assert "data-post-again" not in answer.text
        assert "返回上一页" in answer.text
        answer.request.input_stream.close()


def test_a_token_of_nobody_brings_a_good_one_and_keeps_what_was_typed(app, browser):
    enter(browser, "first")
    answer = browser.post("/places/add", data=TYPED | {"csrf_token": "torn"}, headers=FORM)
    assert answer.status_code == 400
    action, kept = again(answer.text)
    assert browser.post(action, data=kept).status_code == 303
    fragment = browser.post("/places/add", data=TYPED | {"csrf_token": "torn"}, headers=HTMX)
    assert fragment.status_code == 400
    fields = TYPED | {"code": "H-10", "csrf_token": fragment.headers["X-CSRFToken"]}
    assert browser.post("/places/add", data=fields).status_code == 303
    assert len(places_made(app)) == 2


@pytest.mark.parametrize(("error", "status"), [(RuntimeError(), 500), (OperationalError("", {}, Exception()), 503)])
def test_what_a_failing_server_could_not_take_is_on_its_answer(app, browser, monkeypatch, error, status):
    enter(browser, "first")
    fields = opened(browser)
    add = places.add_place
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(**_values):
        raise error

    monkeypatch.setattr(places, "add_place", fail)
    answer = browser.post("/places/add", data=fields, headers=FORM)
    assert answer.status_code == status
    assert answer.headers["Frontline"] == "page"
    action, kept = again(answer.text)
    monkeypatch.setattr(places, "add_place", add)
    assert browser.post(action, data=kept).status_code == 303
    assert places_made(app) == ["第九<医院>"]


def test_only_what_stays_refused_is_called_so(browser):
    enter(browser, "first")
    fields = opened(browser)
    assert browser.get("/places/add").headers["Frontline"] == "page"
    assert browser.post("/places/add", data=fields | {"code": ""}).headers["Frontline"] == "refused"
    assert browser.post("/places/add", data=fields).headers["Frontline"] == "page"
    taken = browser.post("/places/add", data=fields)
    assert (taken.status_code, taken.headers["Frontline"]) == (422, "refused")
    assert browser.post("/supplies/counter", data=fields).headers["Frontline"] == "refused", "403: no role for it"
