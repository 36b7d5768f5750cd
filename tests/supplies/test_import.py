"""Opening stock from a spreadsheet: a preview is claimed once, by whoever is first, and states what lies there."""

import io
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.supplies.confirmer import confirm
from tests.support import masters
from tests.support.masters import workbook
from tests.support.processes import REAL
from tests.support.reading import words_of
from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.database import transaction
from webapp.kernel.spreadsheets import previews
from webapp.kernel.spreadsheets.previews import ImportPreview
from webapp.supplies import queries
from webapp.supplies.models import Balance, Lot, Slip

PROCESSES = 5
REAL.set_forkserver_preload(["tests.supplies.confirmer"])
HEAD = [
    "物资编号",
    "名称",
    "类别",
    "基本单位",
    "最小计量（每单位份数）",
    "仓库编号",
    "批号",
    "有效期至",
    "期初数量（基本单位）",
]


def row(code="QC-1", lot="B1", quantity="1000", scale="1"):
    return [code, f"物资{code}", "其他", "个", scale, "WH-01", lot, "2027-12-31", quantity]


@pytest.fixture
def keeper(app, house):
    return masters.signed_in(app, "keeper")


def preview(client, *rows):
    return client.post("/supplies/import", data={"file": (io.BytesIO(workbook(HEAD, *rows)), "x.xlsx")})


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page.text).group(1)


def stock(app):
    with app.app_context():
        return int(db.session.scalar(select(func.sum(Balance.on_hand))) or 0)


def slips(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Slip))


def cells(page):
    """The texts of the preview's rows, row by row."""
    body = re.search(r'aria-label="预览".*?<tbody>(.*?)</tbody>', page.text, re.DOTALL).group(1)
    found = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL) for line in body.split("<tr>")[1:])
    return [[" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in line] for line in found]


def test_five_processes_confirm_one_preview_and_one_books_it(app, keeper):
    key = key_of(preview(keeper, row()))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    gate, done = REAL.Barrier(PROCESSES), REAL.Queue()
    given = (app.config["SETTINGS"], "keeper", masters.PASSWORD, key, gate, done)
    racers = [REAL.Process(target=confirm, args=given) for _ in range(PROCESSES)]
    for racer in racers:
        racer.start()
    came = sorted(done.get(timeout=120) for _ in racers)
    for racer in racers:
        racer.join(30)
    assert came == [(200, "done")] + [(200, "repeated")] * (PROCESSES - 1)
    assert (stock(app), slips(app)) == (1000, 1)


def test_a_second_press_is_told_what_came_of_the_first(app, keeper):
    key = key_of(preview(keeper, row(), row(lot="B2")))
    first, second = (keeper.post("/supplies/import", data={"key": key}) for _ in range(2))
    assert "已导入 2 行" in first.text
    assert (second.status_code, "共 2 行，没有重复导入" in second.text) == (200, True)
    assert (stock(app), slips(app)) == (2000, 1)


@pytest.mark.usefixtures("house")
def test_a_crash_before_the_commit_leaves_the_preview_and_one_after_it_does_not_double(app, keeper, monkeypatch):
    key = key_of(preview(keeper, row()))
    with monkeypatch.context() as patched:
        patched.setattr(journal, "write", lambda *_args, **_values: 1 / 0)
        assert keeper.post("/supplies/import", data={"key": key}).status_code == 500
    assert (stock(app), slips(app)) == (0, 0)
    assert "已导入 1 行" in keeper.post("/supplies/import", data={"key": key}).text
    assert "没有重复导入" in keeper.post("/supplies/import", data={"key": key}).text
    assert stock(app) == 1000


def test_the_same_file_again_changes_nothing_and_the_preview_says_so(app, keeper):
    keeper.post("/supplies/import", data={"key": key_of(preview(keeper, row()))})
    page = preview(keeper, row())
    assert cells(page)[0][1:4] == ["1,000", "1,000", "不变"]
    keeper.post("/supplies/import", data={"key": key_of(page)})
    assert stock(app) == 1000


def test_an_opening_row_states_what_lies_there_and_the_preview_shows_the_change(app, keeper):
    keeper.post("/supplies/import", data={"key": key_of(preview(keeper, row(quantity="1000")))})
    page = preview(keeper, row(quantity="600"), row(quantity="100"), row(lot="B2", quantity="0"))
    assert [line[1:4] for line in cells(page)] == [["1,000", "700", "-300"]] * 2 + [["0", "0", "不变"]]
    keeper.post("/supplies/import", data={"key": key_of(page)})
    assert stock(app) == 700


def test_a_file_gives_a_batch_of_a_late_slip_the_expiry_that_nobody_knew(app, house, keeper):
    with app.app_context(), transaction() as session:
        item = queries.get_item(house.item)
        session.add(Lot(item_id=item.id, number="LATE1"))
        head = [item.code, item.name, "消杀类", item.unit_zh, "1", "WH-01"]
    assert "2027-12-31" in words_of(
        preview(keeper, [*head, "LATE1", "2027-12-31", "1"], [*head, "late1", "2028-01-01", "1"])
    )
    page = preview(keeper, [*head, "LATE1", "2027-12-31", "7"], [*head, "late1", "2027-12-31", "3"])
    keeper.post("/supplies/import", data={"key": key_of(page)})
    with app.app_context():
        assert db.session.scalars(select(Lot.expires_on)).all() == [date(2027, 12, 31)]
    assert stock(app) == 10


def test_the_preview_shows_what_was_understood(keeper):
    page = preview(keeper, row(scale="10", quantity="1,5"), row(code="QC-2", quantity="1,500"))
    assert [line[-1] for line in cells(page)] == ["1.5 （1,5）", "1,500"]


def test_another_host_confirms_what_one_host_previewed(app, keeper, tmp_path):
    key = key_of(preview(keeper, row()))
    shutil.copytree(app.config["INSTANCE"], tmp_path / "other", ignore=shutil.ignore_patterns("imports", "*.db*"))
    other = create_app(replace(app.config["SETTINGS"], instance=tmp_path / "other"))
    other.config["WTF_CSRF_ENABLED"] = False
    try:
        answer = masters.signed_in(other, "keeper").post("/supplies/import", data={"key": key})
        assert "已导入 1 行" in answer.text
    finally:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()
    assert stock(app) == 1000


def test_previews_are_sealed_bounded_and_swept(app, keeper):
    keys = [key_of(preview(keeper, row(lot=f"B{number}"))) for number in range(previews.MOST_OF_A_PERSON + 2)]
    with app.app_context():
        kept = db.session.scalars(select(ImportPreview)).all()
        assert len(kept) == previews.MOST_OF_A_PERSON
        raw = db.session.connection().exec_driver_sql("SELECT lines FROM import_preview").scalars().all()
        assert all(text.startswith("s1.") for text in raw)
        db.session.rollback()
        assert previews.sweep(clock.now()) == 0
        assert previews.sweep(clock.now() + previews.KEPT_FOR + timedelta(seconds=1)) == previews.MOST_OF_A_PERSON
    assert keeper.post("/supplies/import", data={"key": keys[-1]}).status_code == 409


def test_an_imported_preview_keeps_none_of_its_rows(app, keeper):
    keeper.post("/supplies/import", data={"key": key_of(preview(keeper, row()))})
    with app.app_context():
        assert db.session.scalars(select(ImportPreview.lines)).all() == [None]
