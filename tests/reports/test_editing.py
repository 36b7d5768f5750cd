"""An administrator edits a kind: lines change places with their checks, a kind is copied, the form is seen before."""

import pytest
from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from tests.support.reading import words_of
from webapp.reports import editing, queries

pytestmark = pytest.mark.only_on("sqlite")
# Lines 1, 2 and 4 of the page; line 3 was left blank.
TYPED = MultiDict(
    {
        **{f"lines-{n}-{part}": f"{part}{n}" for n in (0, 1, 3) for part in editing.PARTS},
        "checks-0-kind": "sum",
        "checks-0-places": "4，1、2",
        "name": "日报",
    }
)


def names(fields):
    return [fields[f"lines-{n}-name"] for n in (0, 1, 3)]


@pytest.mark.parametrize(
    ("act", "order", "places"),
    [
        ("2 up", [1, 0, 3], "4 2 1"),
        ("2 down", [0, 3, 1], "2 1 4"),
        ("4 up", [0, 3, 1], "2 1 4"),
        ("1 up", [0, 1, 3], "4，1、2"),
        ("4 down", [0, 1, 3], "4，1、2"),
        ("3 up", [0, 1, 3], "4，1、2"),
        ("x up", [0, 1, 3], "4，1、2"),
        ("2 sideways", [0, 1, 3], "4，1、2"),
        ("², up", [0, 1, 3], "4，1、2"),
    ],
)
def test_a_line_changes_places_and_the_checks_follow_it(act, order, places):
    after = editing.moved(TYPED, act)
    assert names(after) == [f"name{n}" for n in order]
    assert [after[f"lines-{n}-code"] for n in (0, 1, 3)] == [f"code{n}" for n in order]
    assert after["checks-0-places"] == places
    assert after["name"] == "日报"


@pytest.fixture
def kind(app):
    unit = masters.unit(app, "A")
    with app.app_context():
        return office.set_up(unit, checks=[("jump", (2,))], since=office.today())


def fields_of(app, kind_id):
    from webapp.reports.views.settings import _fields_of

    with app.test_request_context():
        return _fields_of(queries.find_kind(kind_id)).to_dict(flat=False)


def test_a_moved_line_is_not_saved_until_the_press_on_save(app, administrator, kind):
    fields = fields_of(app, kind)
    page = administrator.post(f"/reports/kinds/{kind}", data=fields | {"move": "2 up"})
    assert page.status_code == 200
    assert page.text.index("在岗值守人数") < page.text.index("悬挂横幅")
    with app.app_context():
        assert [line["code"] for line in queries.find_kind(kind).lines] == ["l1", "l2", "l3"]
        moved = editing.moved(MultiDict(fields), "2 up").to_dict(flat=False)
    assert administrator.post(f"/reports/kinds/{kind}", data=moved).status_code == 303
    with app.app_context():
        row = queries.find_kind(kind)
        assert [line["code"] for line in row.lines] == ["l2", "l1", "l3"], "lines keep their codes"
        assert row.checks[0]["lines"] == ["l2"]


def test_a_copy_has_everything_but_name_and_codes(app, administrator, kind):
    page = administrator.get(f"/reports/kinds/add?kind={kind}")
    assert 'value="悬挂横幅"' in page.text
    assert 'value="l1"' not in page.text
    fields = fields_of(app, kind) | {"name": ["另一种"]}
    copied = {name: value for name, value in fields.items() if not name.endswith("-code")}
    assert administrator.post("/reports/kinds/add", data=copied).status_code == 303
    with app.app_context():
        assert {row.name for row in queries.kinds()} == {"每日疫情防控日报", "另一种"}


def test_the_preview_shows_the_clerks_form_and_saves_nothing(app, administrator, kind):
    fields = fields_of(app, kind) | {"name": ["改了名"], "preview": "y"}
    page = words_of(administrator.post(f"/reports/kinds/{kind}", data=fields))
    assert "还没有保存。系统算出的数到填报时才有。" in page
    assert "“在岗值守人数”与前七天的平均数差一半以上时提示。" in page
    with app.app_context():
        assert queries.find_kind(kind).name == "每日疫情防控日报"
