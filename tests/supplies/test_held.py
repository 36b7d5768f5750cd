"""The answer to a scan leaves out what its page shows already; htmx keeps those rows."""

import html
import re

import pytest

from tests.bench.work import controls
from tests.supplies.conftest import CODE
from tests.support import masters
from webapp.supplies import queries

HTMX = {"HX-Request": "true"}
KEPT = re.compile(r'<(?:tr|select|section) id="([\w-]+)"[^>]* hx-preserve>')


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


@pytest.fixture
def page(app, stocked, keeper):
    """page(mode): what a page with three lines of other items and one of the scanned item holds."""

    def page(mode="in"):
        with app.app_context():
            others = [item for item in queries.open_items() if item.id != stocked.item and not item.has_expiry][:3]
            codes = [item.code for item in others]
        held = {"mode": mode, "place": str(stocked.here)}
        for code in (*codes, CODE):
            held = scanned(keeper, held, code)[0]
        return held

    return page


def scanned(keeper, held, code, headers=None, **more):
    """What the page holds after a scan, and the answer."""
    answer = keeper.post("/supplies/counter", data=held | {"code": code} | more, headers=headers).text
    values = {name: html.unescape(value) for name, value in controls(answer).items()}
    return values | {"mode": held["mode"]}, answer


def kept(answer):
    return set(KEPT.findall(answer))


def test_a_scan_draws_its_own_line_and_the_one_before(keeper, page):
    _held, answer = scanned(keeper, page(), "XS-02", HTMX)
    assert kept(answer) == {"line-0", "line-1", "line-2", "counter-recent"}
    assert 'name="lines-3-item"' in answer
    assert 'name="lines-4-item"' in answer
    assert 'name="lines-0-item"' not in answer


def test_without_htmx_and_for_every_other_act_the_page_is_drawn_whole(keeper, page):
    held = page()
    assert not kept(scanned(keeper, held, "XS-02")[1])
    for act in ("refresh", "mode:in", "remove:0", "dismiss"):
        assert not kept(scanned(keeper, held, "", HTMX, act=act)[1])


@pytest.mark.parametrize("name", ["quantity", "lot", "made_on", "measure"])
def test_a_line_that_was_typed_into_is_drawn_as_it_was_typed(keeper, page, name):
    held = page() | {f"lines-1-{name}": "7x"}
    answer = scanned(keeper, held, CODE, HTMX)[1]
    assert "line-1" not in kept(answer)
    assert {"line-0", "line-2"} <= kept(answer)


def test_a_line_that_lacks_its_lot_is_drawn_until_it_has_one(keeper, page):
    held = scanned(keeper, page(), "XS-02")[0]
    held = scanned(keeper, held, CODE)[0]
    assert "line-4" not in kept(scanned(keeper, held, CODE, HTMX)[1])


def test_lines_that_have_another_number_now_are_drawn(keeper, page):
    held = page() | {"touched": "1"}
    answer = scanned(keeper, held, "0*", HTMX)[1]
    assert kept(answer) == {"line-0", "counter-recent"}


def test_another_reason_draws_every_line(keeper, page):
    held = page()
    assert kept(scanned(keeper, held | {"reason": "donation"}, CODE, HTMX)[1]) == {"counter-recent"}


def test_the_list_of_places_stands_until_another_one_is_chosen(keeper, stocked, page):
    held = page("out")
    held = scanned(keeper, held | {"mode": "out"}, CODE)[0]
    assert "other" in kept(scanned(keeper, held, CODE, HTMX)[1])
    label = f"http://localhost/places/{stocked.hospital}"
    answer = scanned(keeper, held, label, HTMX)[1]
    assert "other" not in kept(answer)
    assert f'<option value="{stocked.hospital}" selected>' in answer


def test_a_line_of_the_same_item_is_drawn_with_the_scanned_one(keeper, page):
    held = scanned(keeper, page(), CODE.replace("A213B1", "Z9"))[0]
    assert "line-3" not in kept(scanned(keeper, held | {"touched": ""}, CODE.replace("A213B1", "Z9"), HTMX)[1])
