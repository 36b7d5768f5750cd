"""The pages of assignments: who opens which, what a form refuses, what the list and its filters show."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import INFECTIOUS, filled
from tests.support import masters
from tests.support.counting import counted
from tests.support.figures import figures as stats
from tests.support.figures import rows
from tests.support.reading import words_of
from tests.tasks.conftest import wall
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.inspections.kinds import INSPECTION
from webapp.inspections.models import InspectionFinding
from webapp.kernel import clock, entries, figures
from webapp.kernel.access import Role, reach_into
from webapp.tasks.figures import FIGURES
from webapp.tasks.models import Task

DAY = timedelta(days=1)
FINDING = f"/inspections/findings/{uuid4()}"


def form(**changes):
    return {"what": "排查园区废水", "due": wall(clock.now() + DAY), "uuid": str(uuid4())} | changes


def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def leader(street):
    return masters.signed_in(street.app, "commander")


@pytest.fixture
def clerk(street):
    return masters.signed_in(street.app, "clerk")


@pytest.fixture
def finding(street):
    """The id of an open finding of a hospital."""
    hospital = masters.place(street.app, "H-01", **INFECTIOUS)
    person_id = masters.person(street.app, "inspector", Role.INSPECTOR, place_id=hospital)
    with street.app.app_context():
        inspector = accounts.actor_of(accounts.find_person(person_id))
        entries.deliver(INSPECTION, MultiDict(filled(hospital, no_bypass="no")), by=inspector, at=clock.now())
        return db.session.scalars(select(InspectionFinding.id)).one()


def test_another_unit_finds_nothing(street, give):
    with street.app.app_context():
        task = give()
    other = masters.signed_in(street.app, "other")
    assert other.get(f"/assignments/{task}").status_code == 404
    assert other.get(f"/assignments/acts/done?task={task}").status_code == 404
    assert other.post("/assignments/acts/done", data={"task": task, "note": "x"}).status_code == 404
    assert "排查园区废水" not in other.get("/assignments?state=any&format=csv").text


def test_a_finding_is_handed_on_with_its_address(street, leader):
    page = leader.get(f"/assignments/new?source={FINDING}&what=旁路阀未封")
    assert 'value="旁路阀未封"' in page.text
    given = leader.post("/assignments", data=form(unit=street.here, source=FINDING))
    assert given.status_code == 303
    assert f'href="{FINDING}"' in leader.get(given.location).text
    clerk = masters.signed_in(street.app, "clerk")
    assert f'href="{FINDING}"' not in clerk.get(given.location).text, "the page is not theirs to open"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "请选择这一项，或填写“或交给个人”"),
        ({"unit": "here", "person": "guard"}, "单位和个人只能选一个"),
        ({"unit": "here", "what": ""}, "请填写这一项"),
        ({"unit": "here", "what": "很" * 101}, "最多 100 个字"),
        ({"unit": "here", "due": "明天"}, "请按 2026-11-24 08:05 的样子填写"),
        ({"unit": "here", "due": "2020-01-01T08:00"}, "期限要在现在之后、一年之内"),
        ({"unit": "here", "source": "https://evil.example/"}, "来源不是本系统的页面"),
        ({"person": "nobody"}, "选择的单位或人员不能承办"),
    ],
)
def test_a_form_that_is_wrong_says_what_to_do_and_keeps_what_was_typed(street, leader, changes, sentence):
    known = {"here": street.here, "guard": street.by["guard"].id, "nobody": uuid4()}
    typed = form(details="逐家核对") | {name: str(known.get(value, value)) for name, value in changes.items()}
    answer = leader.post("/assignments", data=typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "逐家核对" in words_of(answer)


def test_the_owner_reports_with_a_photo_and_the_leader_closes_it(street, give, leader, clerk):
    with street.app.app_context():
        task = give(details="逐家核对")
    page = words_of(clerk.get(f"/assignments/{task}"))
    assert "报告办理完成" in page
    assert "催办" not in page
    assert "转办" not in page
    sent = {"task": str(task), "note": "已全部核对", "uuid": str(uuid4()), "evidence": (io.BytesIO(jpeg()), "a.jpg")}
    done = clerk.post("/assignments/acts/done", data=sent, content_type="multipart/form-data")
    assert done.location == f"/assignments/{task}"
    page = leader.get(f"/assignments/{task}")
    photo = page.text.split('<img src="')[1].split('"')[0]
    assert leader.get(photo).mimetype == "image/jpeg"
    assert masters.signed_in(street.app, "other").get(photo).status_code == 404
    assert "验收合格，办结" in words_of(page)
    assert "已全部核对" in words_of(page)
    assert leader.post("/assignments/acts/close", data={"task": task, "uuid": uuid4()}).status_code == 303
    assert "已办结" in words_of(leader.get(f"/assignments/{task}"))
    assert clerk.get(f"/assignments/acts/done?task={task}").status_code == 409


def test_one_press_urges_and_a_second_too_soon_says_why_not(street, give, leader, clerk):
    with street.app.app_context():
        task = give()
    assert 'action="/assignments/acts/urge"' in leader.get(f"/assignments/{task}").text
    press = {"task": str(task)}
    assert leader.post("/assignments/acts/urge", data=press | {"uuid": uuid4()}).status_code == 303
    again = leader.post("/assignments/acts/urge", data=press | {"uuid": uuid4()})
    assert again.status_code == 409
    assert "半小时内已经催办过一次" in words_of(again)
    assert 'action="/assignments/acts/urge"' not in leader.get(f"/assignments/{task}").text
    assert "已催办 1 次" in words_of(clerk.get(f"/assignments/{task}"))


@pytest.mark.only_on("sqlite")
def test_several_are_urged_with_one_press_and_each_that_cannot_be_is_told(street, give, act, leader):
    with street.app.app_context():
        began = clock.now() - 3 * DAY
        late = give(what="迟了的", at=began, due=began + DAY)
        first, second, done, urged = (give(what=what) for what in ("甲", "乙", "办完的", "先前催的"))
        act("urge", urged, "commander")
        theirs = give(by="approver", what="别人交办的")
    section = leader.get("/assignments?side=given").text.split('class="card stack" aria-labelledby="urge-title"')[1]
    offered = section.split("</form>")[0]
    assert [what in offered for what in ("迟了的", "甲", "先前催的", "别人交办的")] == [True, True, False, False]
    assert offered.count(" checked") == 1
    assert f'value="{late}" checked' in offered
    with street.app.app_context():
        act("done", done, "clerk")
    press = {"uuid": str(uuid4()), "task": [str(first), str(second), str(done), str(urged), str(theirs)]}
    answer = leader.post("/assignments/urge", data=press, follow_redirects=True)
    words = words_of(answer)
    assert "已催办 2 项" in words
    for reason in ("现在的状态是“待验收”", "半小时内已经催办过一次", "这一步只能由交办人或承办人办理"):
        assert f"有 1 项没有催办：{reason}" in words
    counts = lambda: {title: urge_count(street, task) for title, task in (("甲", first), ("乙", second), ("迟", late))}  # noqa: E731
    assert counts() == {"甲": 1, "乙": 1, "迟": 0}
    again = words_of(leader.post("/assignments/urge", data=press, follow_redirects=True))
    assert "已催办 2 项" in again, "the same press is answered as before"
    assert counts() == {"甲": 1, "乙": 1, "迟": 0}
    leader.post("/assignments/urge", data={"uuid": str(uuid4()), "task": [str(first)], "only": str(late)})
    assert counts() == {"甲": 1, "乙": 1, "迟": 1}
    nothing = leader.post("/assignments/urge", data={"uuid": str(uuid4())}, follow_redirects=True)
    assert "还没有勾选" in words_of(nothing)


def urge_count(street, task):
    with street.app.app_context():
        return db.session.get_one(Task, task).urge_count


@pytest.mark.only_on("sqlite")
def test_a_leader_sees_what_they_gave_and_owe_by_state(street, give, act, leader, clerk):
    with street.app.app_context():
        began = clock.now() - 3 * DAY
        give(at=began, due=began + DAY)
        give()
        act("done", give(), "clerk")
        give(by="administrator", person=str(street.by["commander"].id))
    numbers = {label: (number, url) for label, number, url in stats(leader.get("/assignments").text)}
    assert [(label, numbers[label][0]) for label in numbers] == [
        ("我交办的，已逾期", 1),
        ("我交办的，待办理", 2),
        ("我交办的，待我验收", 1),
        ("交给我的，已逾期", 0),
        ("交给我的，待办理", 1),
        ("交给我的，等验收", 0),
    ]
    for number, url in numbers.values():
        assert rows(leader, url)[0] == number, url
    assert [label for label, _number, _url in stats(clerk.get("/assignments").text)] == list(numbers)[3:]
    assert stats(masters.signed_in(street.app, "guard").get("/assignments").text) == []


@pytest.mark.only_on("sqlite")
def test_the_page_of_a_unit_shows_what_it_has_to_do(street, give, act, leader):
    with street.app.app_context():
        give(what="本单位的")
        give(what="下级的", unit=str(street.below))
        give(what="旁边的", unit=str(street.beside))
        act("withdraw", give(what="撤回的"), "commander")
    page = leader.get(f"/units/{street.here}")
    shown = words_of(page)
    assert [what in shown for what in ("本单位的", "下级的", "旁边的", "撤回的")] == [True, True, False, False]
    assert "全部未办结的（2 项）" in shown
    assert rows(leader, "/assignments?owner=HERE")[0] == 2
    assert f'href="/assignments/new?unit={street.here}"' in page.text
    form = leader.get(f"/assignments/new?unit={street.here}").text
    assert f'<option value="{street.here}" selected>' in form
    approver = words_of(masters.signed_in(street.app, "approver").get(f"/units/{street.here}"))
    assert "本单位的" not in approver, "it was given by somebody else, and an approver oversees nothing"


@pytest.mark.only_on("sqlite")
def test_many_owners_are_searched_while_typing(street, leader):
    assert "data-choice-search" not in leader.get("/assignments/new").text
    for number in range(12):
        masters.unit(street.app, f"MORE-{number}", parent_id=street.top)
    page = leader.get("/assignments/new").text
    assert page.count("data-choice-search ") == 1
    assert "js/choice-search.js" in page


def test_the_filters_show_what_they_say(street, give, act, leader, clerk):
    with street.app.app_context():
        began = clock.now() - 3 * DAY
        late = give(what="迟了的", at=began, due=began + DAY)
        done = give(what="办完的")
        give(what="刚交的", person=str(street.by["guard"].id))
        act("done", done, "clerk")
        act("withdraw", give(what="撤回的"), "commander")
    assert late
    expected = {
        "": {"迟了的", "办完的", "刚交的"},
        "side=given": {"迟了的", "办完的", "刚交的"},
        "side=owed": set(),
        "due=overdue": {"迟了的"},
        "state=done": {"办完的"},
        "state=withdrawn": {"撤回的"},
        "state=any": {"迟了的", "办完的", "刚交的", "撤回的"},
        "owner=HERE": {"迟了的", "办完的"},
        "owner=Guard": {"刚交的"},
    }
    titles = expected["state=any"]
    shown = {query: words_of(leader.get(f"/assignments?{query}")) for query in expected}
    assert {query: {title for title in titles if title in page} for query, page in shown.items()} == expected
    assert "迟了的" in words_of(clerk.get("/assignments?side=owed"))
    tabs = [client.get("/assignments").text.count('href="/assignments?side=given"') for client in (leader, clerk)]
    assert tabs == [1, 0]
    assert "刚交的" in leader.get("/assignments?format=csv").text
    assert leader.get("/assignments?state=nonsense").status_code == 422


def test_a_figure_opens_the_rows_it_counts(street, give, act, leader):
    with street.app.app_context():
        began = clock.now() - 3 * DAY
        give(at=began, due=began + DAY)
        act("done", give(), "clerk")
        give(by="approver")
    with street.app.test_request_context():
        actor, at = street.by["commander"], clock.now()
        drawn = [figures.draw(figure, actor, at) for figure in FIGURES]
        assert reach_into(FIGURES[0].endpoint, actor).grants
    assert [figure.number for figure in drawn] == [3, 1, 1]
    assert [rows(leader, figure.url)[0] for figure in drawn] == [3, 1, 1]


@pytest.mark.parametrize(
    "path",
    [
        "/assignments",
        "/assignments?side=given",
        "/assignments/{}",
        "/assignments/new",
        "/assignments/acts/hand-on?task={}",
    ],
)
def test_a_page_takes_few_statements(street, give, act, leader, path):
    with street.app.app_context():
        task = give()
        act("urge", task, "commander")
        for _number in range(5):
            give()
    leader.get(path.format(task))
    with counted(street.app) as statements:
        assert leader.get(path.format(task)).status_code == 200
    assert len(statements) <= 6, "\n".join(statements)


def test_a_due_row_offers_to_assign_it_unless_its_words_are_private(street, finding, give, leader):
    """An address is logged: it holds the item of a checklist, never the words of an assignment."""
    with street.app.app_context():
        give(what="只给承办方看", person=str(street.by["commander"].id), by="commander")
    page = leader.get("/tasks").text
    assert "只给承办方看" in page
    assert f"/assignments/new?source=/inspections/findings/{finding}" in page
    assert page.count("/assignments/new?source=") == 1
    assert f"source=/inspections/findings/{finding}" in leader.get(f"/inspections/findings/{finding}").text
    approver = masters.signed_in(street.app, "approver")
    assert "/assignments/new" in approver.get("/").text
    clerk = masters.signed_in(street.app, "clerk")
    assert "/assignments/new" not in clerk.get("/tasks").text
