"""The pages that write further versions of a record, the same for every kind that has a `Record`."""

import re
import threading
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.faults import world as district
from tests.faults.browser.phone import picture
from tests.support import masters
from tests.support.reading import words_of
from webapp import FEATURES
from webapp.extensions import db
from webapp.kernel import clock, entries, records
from webapp.kernel.errors import Refusal

KINDS = [kind for feature in FEATURES for kind in feature.kinds if kind.record]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def log(app, request):
    """A record of `kind` at `page` of a `list`, the clients and the actor of its `author`, who else may enter it."""
    world, kind = district.build(app), request.param
    record, role = kind.record, kind.record.recorders[0].value
    elsewhere = masters.unit(app, "FAR")
    masters.person(app, "colleague", record.recorders[0], unit_id=world.values["unit_id"])
    masters.person(app, "stranger", record.recorders[0], unit_id=elsewhere)
    with app.test_request_context():
        entry = db.session.scalars(db.select(entries.Entry).where(entries.Entry.kind == kind.name)).one()
        page, typed = kind.record_url(entry), MultiDict(entries.fields_of(entry.uuid))
    return SimpleNamespace(
        app=app,
        kind=kind,
        page=page,
        list=page.rpartition("/")[0],
        typed=typed,
        by=world.by[role],
        author=world.clients[role],
        overseer=world.clients[record.overseers[0].value],
        auditor=world.clients["auditor"],
        colleague=masters.signed_in(app, "colleague"),
        stranger=masters.signed_in(app, "stranger"),
    )


def fields(log, page, **changes):
    """The fields of a correction of the version at a page."""
    return (
        log.typed.to_dict(flat=False) | {"corrects": uuid_of(page), "reason": "点错了", "uuid": str(uuid4())} | changes
    )


def correct(log, page, by=None, **changes):
    data = fields(log, page, **changes)
    return (by or log.author).post(f"{page}/correct", data=data, content_type="multipart/form-data")


def void(log, page, by=None, **changes):
    data = {"corrects": uuid_of(page), "reason": "登记重复", "uuid": str(uuid4())} | changes
    return (by or log.author).post(f"{page}/void", data=data)


def uuid_of(page):
    return page.rsplit("/", 1)[1]


def versions(log):
    with log.app.app_context():
        model = log.kind.record.model
        rows = db.session.execute(db.select(model.version, model.replaced_by.is_(None)).order_by(model.version))
        return [tuple(row) for row in rows]


def standing(log, state="any"):
    """The states in the list's file, one for each record."""
    lines = log.auditor.get(f"{log.list}?format=csv&state={state}").get_data(as_text=True).splitlines()
    return sorted(re.findall("有效|已更正|已作废", " ".join(lines)))


def test_a_record_opens_and_prints_within_reach_only(log):
    for reader in (log.author, log.overseer, log.auditor):
        assert log.page in reader.get(log.list).text
        assert reader.get(log.page).status_code == reader.get(f"{log.page}/print").status_code == 200
    assert log.page not in log.stranger.get(log.list).text
    assert {log.stranger.get(log.page + part).status_code for part in ("", "/print", "/correct", "/void")} == {404}


def test_a_correction_is_a_new_version_and_the_old_one_stays(log):
    assert standing(log) == ["有效"]
    form = log.author.get(f"{log.page}/correct").text
    assert "一切正常" in form, "what was typed stands there again"
    newer = correct(log, log.page).location
    assert versions(log) == [(1, False), (2, True)]
    assert "更正原因：点错了" in words_of(log.auditor.get(newer))
    assert "这是第 1 版，已经更正。" in words_of(log.auditor.get(log.page))
    assert (newer in log.auditor.get(log.list).text, log.page in log.auditor.get(log.list).text) == (True, False)
    assert standing(log) == ["已更正"]


def test_only_the_author_and_an_overseer_correct(log):
    statuses = {
        name: correct(log, log.page, getattr(log, name)).status_code for name in ("colleague", "auditor", "stranger")
    }
    assert statuses == {"colleague": 403, "auditor": 403, "stranger": 404}
    assert f"{log.page}/correct" not in log.colleague.get(log.page).text
    assert correct(log, log.page, reason="").status_code == 422
    assert versions(log) == [(1, True)]
    newer = correct(log, log.page, log.overseer).location
    assert correct(log, newer).status_code == 303
    assert versions(log) == [(1, False), (2, False), (3, True)]


def test_whoever_corrects_too_late_may_correct_the_newest(log):
    correct(log, log.page)
    late = correct(log, log.page, reason="晚了一步")
    assert late.status_code == 409
    assert "刚才已有人更正过" in words_of(late)
    assert "晚了一步" in late.text
    newest = re.search(r'name="corrects" value="([0-9a-f-]+)"', late.text).group(1)
    assert correct(log, log.page, corrects=newest).status_code == 303
    assert versions(log) == [(1, False), (2, False), (3, True)]


def test_of_corrections_at_once_one_is_made(log):
    kind, start, results = records.correction_of(log.kind), threading.Barrier(4), []

    def deliver(number):
        with log.app.app_context():
            start.wait(timeout=30)
            try:
                typed = MultiDict(fields(log, log.page, reason=f"第{number}个"))
                entries.deliver(kind, typed, by=log.by, at=clock.now())
                results.append("made")
            except Refusal as refusal:
                results.append(refusal.code)

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["made", *["record-corrected-meanwhile"] * 3]
    assert len(versions(log)) == 2


def test_a_void_record_is_marked_and_no_longer_listed(log):
    assert [log.auditor.get(f"{log.page}/void").status_code, void(log, log.page, reason="").status_code] == [403, 422]
    last = void(log, log.page).location
    assert last not in log.author.get(log.list).text
    assert last in log.author.get(f"{log.list}?state=void").text
    assert (standing(log), standing(log, "")) == (["已作废"], [])
    assert "这条记录已经作废" in words_of(log.author.get(last))
    assert "这是第 1 版，已经作废。" in words_of(log.author.get(log.page))
    assert correct(log, last).status_code == void(log, last).status_code == 409
    assert log.author.get(f"{last}/void").status_code == 409


def test_photos_stay_with_later_versions_until_one_leaves_them_out(log):
    newer = correct(log, log.page, photos=[(BytesIO(picture(n)), f"{n}.jpg") for n in range(2)]).location
    photos = sorted(set(re.findall(rf"{log.list}/photos/[0-9a-f-]+", log.auditor.get(newer).text)))
    assert [log.auditor.get(photo).mimetype for photo in photos] == ["image/jpeg"] * 2
    assert {log.stranger.get(photo).status_code for photo in photos} == {404}
    newest = correct(log, newer, dropped=uuid_of(photos[0])).location
    assert [photo in log.auditor.get(newest).text for photo in photos] == [False, True]
    assert [photo in log.auditor.get(newer).text for photo in photos] == [True, True]
    assert correct(log, newest, dropped=uuid_of(photos[0])).status_code == 409
