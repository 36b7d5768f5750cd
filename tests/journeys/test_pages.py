"""Every page of every role, as people see it: both languages, three sizes, light and dark, with and without htmx."""

import pytest
from playwright.sync_api import expect

from tests.conftest import make_settings
from tests.support import masters, matrix
from tests.support.browser import SIZES, axe_violations, sign_in
from tests.support.walking import looked_at, walk
from webapp import create_app
from webapp.kernel.access import Role

pytestmark = pytest.mark.browser
NOT_PAGES, UNLINKED = {"static"} | matrix.all_of("not_pages"), matrix.all_of("unlinked")
# A role without features has one page of each kind.
OF_SPARE = {"today.area", "today.record"}


def without_records(role):
    """The pages of records that a role has none of."""
    own = set().union(*(rows.without_records.get(role, ()) for rows in matrix.features().values()))
    return own | (OF_SPARE if role is masters.SPARE else set())


# Where a walk begins, else at Today: one page of an endpoint is opened; a check is one's own, a finding open.
STARTS = {Role.INSPECTOR: ("/me/records", "/inspections/findings")}


@pytest.fixture(scope="module")
def map_app(tmp_path_factory):
    """An application only for its table of addresses and of who may call what."""
    folder = tmp_path_factory.mktemp("map")
    return create_app(make_settings(folder, f"sqlite:///{folder}/none.db"))


def open_to(app, role):
    """The endpoints of the pages that are open to a role."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint not in NOT_PAGES]
    return {r.endpoint for r in rules if role in (getattr(app.view_functions[r.endpoint], "allowed", None) or ())}


def share_of(app, role):
    """The pages looked at closely in this role's eyes: Today, and all that no earlier role may open."""
    earlier = masters.CAST[: masters.CAST.index(role)]
    return {"today.index"} | open_to(app, role) - set().union(*(open_to(app, one) for one in earlier))


@pytest.mark.parametrize("role", masters.CAST)
def test_every_page_of_a_role_is_reached_and_fits_and_is_accessible(server, open_page, map_app, role, request):
    """All pages are reached, those of this role's share are looked at: every other one in Chinese and light, the others
    in English and dark. With --long all in both, also what an earlier role was shown.
    """
    is_long = request.config.getoption("--long")
    page = open_page("phone", server.url)  # test_installed.py is about the worker
    sign_in(page, role.value)
    wrong, share = {}, share_of(map_app, role)
    for language, colours in (("zh-CN", "light"), ("en", "dark")):
        if language == "en":
            speak_english(page)
        page.emulate_media(color_scheme=colours)
        reached = dict(walk(page.context.request, map_app.url_map, STARTS.get(role, ("/",)), never=NOT_PAGES))
        assert open_to(map_app, role) - reached.keys() - UNLINKED - without_records(role) == set()
        shown = [path for endpoint, path in reached.items() if endpoint in share or is_long]
        for path in shown if is_long else shown[language == "en" :: 2]:
            page.goto(path)
            expect(page.locator("html"), path).to_have_attribute("lang", language)
            wrong[f"{path} {language} {colours}"] = looked_at(page) + axe_violations(page)
    assert {where: faults for where, faults in wrong.items() if faults} == {}


def speak_english(page):
    page.goto("/me")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")  # else the next address would end the press


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/sign-in", "/offline"])
def test_pages_before_signing_in_fit_and_are_accessible(server, open_page, path, size):
    page = open_page(size, server.url, color_scheme="dark" if size == "phone" else "light")
    page.goto(path)
    assert looked_at(page, [size]) + axe_violations(page) == []
