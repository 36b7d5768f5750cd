from datetime import timedelta

import pyotp
import pytest

from tests.support.masters import PASSWORD, administrator, member, person, signed_in
from webapp.accounts import queries, service
from webapp.accounts.rules import ATTEMPT_WINDOW
from webapp.kernel import clock
from webapp.kernel.access import Role


def test_the_right_password_opens_today_and_a_wrong_one_says_so_in_place(app):
    person(app, "inspector", Role.INSPECTOR)
    client = app.test_client()
    wrong = client.post("/sign-in", data={"username": "inspector", "password": "wrong password"})
    assert wrong.status_code == 422
    assert "用户名或密码不对" in wrong.text
    assert 'value="inspector"' in wrong.text
    assert client.post("/sign-in", data={"username": " Inspector ", "password": PASSWORD}).location == "/"
    assert client.get("/places/").status_code == 200


def test_nobody_and_a_disabled_person_get_the_same_answer(app):
    person(app, "inspector", Role.INSPECTOR)
    boss = administrator(app)
    with app.app_context():
        gone = queries.find_by_username("inspector").id
    boss.post(f"/persons/{gone}/disable")
    tell = [
        app.test_client().post("/sign-in", data={"username": name, "password": PASSWORD}).text.count("用户名或密码不对")
        for name in ("inspector", "nobody")
    ]
    assert tell == [1, 1]


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "\t//evil.test", "/%09/evil"]
)
def test_signing_in_leads_to_no_other_site(app, target):
    person(app, "inspector", Role.INSPECTOR)
    answer = app.test_client().post(
        "/sign-in", query_string={"next": target}, data={"username": "inspector", "password": PASSWORD}
    )
    assert answer.location == "/" or answer.location.startswith("/%")


def test_the_next_person_signing_in_ends_the_session_before(app):
    person(app, "gatekeeper", Role.GATEKEEPER)
    person(app, "inspector", Role.INSPECTOR)
    tablet, copied = signed_in(app, "gatekeeper"), app.test_client()
    copied.set_cookie("frontline", tablet.get_cookie("frontline").value)
    assert copied.get("/me").status_code == 200
    assert tablet.post("/sign-in", data={"username": "inspector", "password": PASSWORD}).status_code == 303
    assert copied.get("/me").status_code == 401
    assert tablet.get("/me").status_code == 200


def test_after_five_wrong_passwords_even_the_right_one_waits(app):
    person(app, "inspector", Role.INSPECTOR)
    client = app.test_client()
    for _try in range(5):
        client.post("/sign-in", data={"username": "inspector", "password": "wrong password"})
    waits = client.post("/sign-in", data={"username": "inspector", "password": PASSWORD})
    assert waits.status_code == 429
    assert "15 分钟" in waits.text


def test_after_four_wrong_passwords_the_right_one_opens(app):
    person(app, "inspector", Role.INSPECTOR)
    client = app.test_client()
    for _try in range(4):
        client.post("/sign-in", data={"username": "inspector", "password": "wrong password"})
    assert client.post("/sign-in", data={"username": "inspector", "password": PASSWORD}).status_code == 303


def test_the_throttle_opens_again_after_its_window_and_not_a_second_before(app, monkeypatch):
    person(app, "inspector", Role.INSPECTOR)
    client, began = app.test_client(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: began)
    for _try in range(5):
        client.post("/sign-in", data={"username": "inspector", "password": "wrong password"})
    right = {"username": "inspector", "password": PASSWORD}
    monkeypatch.setattr(clock, "now", lambda: began + ATTEMPT_WINDOW - timedelta(seconds=1))
    assert client.post("/sign-in", data=right).status_code == 429
    monkeypatch.setattr(clock, "now", lambda: began + ATTEMPT_WINDOW)
    assert client.post("/sign-in", data=right).status_code == 303


@pytest.mark.parametrize("typed", ["", "😀😀", "\u202egnp", "a\0b", "x" * 100_000, "管理员", "' OR 1=1 --"])
def test_any_text_in_the_sign_in_form_gets_a_sentence(app, typed):
    answer = app.test_client().post("/sign-in", data={"username": typed, "password": typed})
    assert answer.status_code == 422
    assert "<h1>登录</h1>" in answer.text


def test_a_cookie_from_before_signing_out_is_worth_nothing(app):
    client = member(app, Role.INSPECTOR)
    cookie = client.get_cookie("frontline").value
    assert client.post("/sign-out").status_code == 303
    thief = app.test_client()
    thief.set_cookie("frontline", cookie)
    assert thief.get("/me/sessions").status_code == 401


def test_disabling_ends_every_session_at_once(app):
    boss, client = administrator(app), member(app, Role.KEEPER)
    with app.app_context():
        person_id = queries.find_by_username("keeper").id
    assert client.get("/me/sessions").status_code == 200
    assert boss.post(f"/persons/{person_id}/disable").status_code == 303
    assert client.get("/me/sessions").status_code == 401
    assert client.post("/me/password").status_code == 401


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(app):
    here, there = member(app, Role.KEEPER), signed_in(app, "keeper")
    new = {"current": PASSWORD, "new": "another long one 7", "repeated": "another long one 7"}
    assert here.post("/me/password", data=new).status_code == 303
    assert here.get("/me/sessions").status_code == 200
    assert there.get("/me/sessions").status_code == 401


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"current": "wrong"}, "当前密码不对"),
        ({"new": "short", "repeated": "short"}, "至少 10 个字符"),
        ({"repeated": "different one"}, "两次输入的新密码不一样"),
        ({"new": PASSWORD, "repeated": PASSWORD}, "新密码与当前密码相同"),
    ],
)
def test_a_bad_new_password_is_refused_in_place(app, change, sentence):
    client = member(app, Role.KEEPER)
    typed = {"current": PASSWORD, "new": "another long one 7", "repeated": "another long one 7"} | change
    answer = client.post("/me/password", data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_initial_password_must_be_changed_before_anything_else(app):
    person(app, "keeper", Role.KEEPER, must_change_password=True)
    client = signed_in(app, "keeper")
    assert client.get("/").location == "/me/password"
    assert client.get("/places/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/me/password"
    new = {"current": PASSWORD, "new": "another long one 7", "repeated": "another long one 7"}
    client.post("/me/password", data=new)
    assert client.get("/places/").status_code == 200


def test_one_sees_and_ends_ones_own_sessions_only(app):
    here, there = member(app, Role.KEEPER), signed_in(app, "keeper")
    other = member(app, Role.INSPECTOR)
    with app.app_context():
        rows = queries.sign_ins_of(queries.find_by_username("keeper").id, clock.now())
        newest = rows[0].id
    other.post(f"/me/sessions/{newest}/end")
    assert there.get("/me/sessions").status_code == 200
    here.post("/me/sessions/end-others")
    assert there.get("/me/sessions").status_code == 401
    assert here.get("/me/sessions").status_code == 200


def _enrolled(app, username="commander", role=Role.COMMANDER):
    person(app, username, role, is_demonstration=False)
    client = signed_in(app, username)
    page = client.get("/me/totp").text
    sealed = page.split('name="secret" value="')[1].split('"')[0]
    secret = page.split("<br><code>")[1].split("</code>")[0]
    code = pyotp.TOTP(secret).at(clock.now())
    done = client.post("/me/totp", data={"secret": sealed, "code": code, "current": PASSWORD})
    assert done.status_code == 200, done.text
    return client, secret, [part.split("</code>")[0] for part in done.text.split("<li><code>")[1:]], code


def test_a_commander_is_led_to_the_second_factor_before_anything_else(app):
    person(app, "commander", Role.COMMANDER, is_demonstration=False)
    client = signed_in(app, "commander")
    assert client.get("/").location == "/me/totp"
    assert client.get("/persons").location == "/me/totp"
    assert client.post("/sign-out").status_code == 303


def test_enrolling_needs_the_password_and_a_right_code(app):
    person(app, "commander", Role.COMMANDER, is_demonstration=False)
    client = signed_in(app, "commander")
    sealed = client.get("/me/totp").text.split('name="secret" value="')[1].split('"')[0]
    answer = client.post("/me/totp", data={"secret": sealed, "code": "000000", "current": PASSWORD})
    assert answer.status_code == 422
    assert sealed in answer.text
    assert client.post("/me/totp", data={"secret": "s1.forged", "code": "1", "current": "x"}).status_code == 409


def test_signing_in_takes_two_steps_and_a_code_works_once(app, monkeypatch):
    client, secret, codes, used = _enrolled(app)
    assert len(codes) == 8
    assert client.get("/places/").status_code == 200
    half = signed_in(app, "commander")
    assert half.get("/").status_code == 401
    assert half.post("/sign-in/code", data={"code": used}).status_code == 422
    later = clock.now() + timedelta(seconds=60)
    monkeypatch.setattr(clock, "now", lambda: later)
    code = pyotp.TOTP(secret).at(later)
    assert half.post("/sign-in/code", data={"code": code}).status_code == 303
    assert half.get("/places/").status_code == 200
    again = signed_in(app, "commander")
    assert again.post("/sign-in/code", data={"code": code}).status_code == 422


def test_a_recovery_code_works_once_however_it_is_written(app):
    codes = _enrolled(app)[2]
    half = signed_in(app, "commander")
    assert half.post("/sign-in/code", data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
    assert half.get("/places/").status_code == 200
    assert signed_in(app, "commander").post("/sign-in/code", data={"code": codes[0]}).status_code == 422


def test_guessing_codes_is_throttled_across_sessions(app):
    codes = _enrolled(app)[2]
    for guess in range(5):
        signed_in(app, "commander").post("/sign-in/code", data={"code": f"{guess:06}"})
    assert signed_in(app, "commander").post("/sign-in/code", data={"code": codes[0]}).status_code == 429


def test_a_half_open_session_lapses_and_opens_nothing(app, monkeypatch):
    codes = _enrolled(app)[2]
    half = signed_in(app, "commander")
    assert half.get("/persons").status_code == 401
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert half.post("/sign-in/code", data={"code": codes[0]}).status_code == 409


def test_a_commander_may_not_turn_it_off_and_a_keeper_may(app):
    commander = _enrolled(app)[0]
    assert commander.get("/me/totp/off").status_code == 409
    keeper = _enrolled(app, "keeper", Role.KEEPER)[0]
    assert keeper.post("/me/totp/off", data={"current": PASSWORD}).status_code == 303
    with app.app_context():
        assert queries.find_by_username("keeper").totp_secret is None


def test_the_service_gives_a_session_for_the_right_password_only(app):
    person(app, "keeper", Role.KEEPER)
    with app.app_context():
        begun = service.sign_in("keeper", PASSWORD, device="d", address="a", at=clock.now())
        assert queries.find_live_sign_in(begun.token, clock.now())
        assert queries.find_live_sign_in("x" + begun.token, clock.now()) is None
