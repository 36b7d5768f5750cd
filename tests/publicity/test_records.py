"""Recording, reading, correcting and adding up, through the pages that the kernel draws."""

import re
import threading
from datetime import date
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.faults.browser.phone import picture
from tests.support import masters
from tests.support.device import Device
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.publicity import queries
from webapp.publicity.kinds import PUBLICITY
from webapp.publicity.models import Publicity

PERIOD = {"since": date(2026, 11, 1), "until": date(2026, 11, 30)}


@pytest.fixture
def zone(app):
    """A zone with a clerk and a place, another unit with a clerk, the commander, the auditor."""
    ours, theirs = masters.unit(app, "ZONE"), masters.unit(app, "CITY")
    place = masters.place(app, "CP-03", unit_id=ours)
    masters.person(app, "other", Role.CLERK, unit_id=theirs)
    roles = {Role.CLERK: {"unit_id": ours}, Role.COMMANDER: {}, Role.AUDITOR: {}}
    clients = {role.value: masters.member(app, role, **scope) for role, scope in roles.items()}
    clients["other"] = masters.signed_in(app, "other")
    return SimpleNamespace(app=app, ours=ours, theirs=theirs, place=place, **clients)


def fields(zone, **changes):
    said = {"means": "banner", "count": "60", "unit": zone.ours, "place": zone.place, "area": "", "uuid": uuid4()}
    return {name: str(value) for name, value in (said | {"from_on": "2026-11-02", "note": "主干道"} | changes).items()}


def recorded(zone, **changes):
    answer = zone.clerk.post("/publicity", data=fields(zone, **changes))
    assert answer.status_code == 303, words_of(answer)
    return answer.location


def rows(zone):
    with zone.app.app_context():
        query = db.select(Publicity).order_by(Publicity.version)
        return [(row.version, row.count, row.replaced_by is None) for row in db.session.scalars(query).unique()]


def figures(zone, **filters):
    with zone.app.test_request_context():
        reach = accounts.actor_of(accounts.find_by_username("commander")).through(Role.COMMANDER)
        return {one["label"]: one["value"] for one in queries.figures(reach, PERIOD | filters)}


def test_what_is_recorded_is_read_by_its_own_unit_and_by_the_district(zone):
    page = recorded(zone)
    for reader in (zone.clerk, zone.commander, zone.auditor):
        assert "60 条" in words_of(reader.get(page))
        assert "主干道" in words_of(reader.get(f"{page}/print"))
        assert "场所CP-03" in words_of(reader.get("/publicity?place=cp-03&means=banner&since=2026-11-02"))
    assert zone.other.get(page).status_code == 404
    assert "60 条" not in words_of(zone.other.get("/publicity"))
    assert '60,"条"' in zone.auditor.get("/publicity?format=csv").get_data(as_text=True)


def test_a_bad_form_says_what_is_missing_and_keeps_what_was_typed(zone):
    for changes, sentence in [
        ({"place": ""}, "请选择这一项，或填写“区域”。"),
        ({"count": "0"}, "应在 1 到 100000 之间。"),
        ({"until_on": "2026-11-01"}, "不能早于“开始日期”。"),
        ({"place": "nonsense"}, "请从列出的选项中选择。"),
    ]:
        answer = zone.clerk.post("/publicity", data=fields(zone, **changes))
        assert (answer.status_code, sentence in words_of(answer)) == (422, True), changes
        assert "主干道" in answer.text
    for changes in ({"place": "", "area": "主干道"}, {"count": "1"}, {"until_on": "2026-11-02"}):
        recorded(zone, **changes)


def test_nobody_records_for_another_unit(zone):
    answer = zone.clerk.post("/publicity", data=fields(zone, unit=zone.theirs))
    assert (answer.status_code, rows(zone)) == (409, [])
    assert "不在您的管辖范围内" in words_of(answer)
    assert "主干道" in answer.text


def test_a_photo_is_kept_and_stays_with_every_later_version(zone):
    sent = fields(zone) | {"photos": (BytesIO(picture()), "x.jpg")}
    page = zone.clerk.post("/publicity", data=sent, content_type="multipart/form-data").location
    [photo] = set(re.findall(r"/publicity/photos/[0-9a-f-]+", zone.auditor.get(page).text))
    assert zone.auditor.get(photo).mimetype == "image/jpeg"
    assert zone.other.get(photo).status_code == 404
    newer = corrected(zone, page, count="61").location
    assert photo in zone.auditor.get(newer).text


def corrected(zone, page, by=None, **changes):
    said = {"corrects": page.rsplit("/", 1)[1], "reason": "点错了"} | changes
    return (by or zone.clerk).post(f"{page}/correct", data=fields(zone, **said))


def test_a_correction_is_a_new_version_and_list_and_figures_follow_it(zone):
    page = recorded(zone)
    form = zone.clerk.get(f"{page}/correct").text
    assert 'value="60"' in form
    assert "主干道" in form
    assert "照片" in form
    answer = corrected(zone, page, count="66")
    assert rows(zone) == [(1, 60, False), (2, 66, True)]
    newer = words_of(zone.auditor.get(answer.location))
    assert "66 条" in newer
    assert "更正原因：点错了" in newer
    older = words_of(zone.auditor.get(page))
    assert "60 条" in older
    assert "这是第 1 版，已经更正。" in older
    assert "60 条" not in words_of(zone.auditor.get("/publicity"))
    assert figures(zone) == {"横幅（条）": 66}


def test_only_the_author_and_the_commander_correct(zone):
    page = recorded(zone)
    masters.person(zone.app, "colleague", Role.CLERK, unit_id=zone.ours)
    colleague = masters.signed_in(zone.app, "colleague")
    assert corrected(zone, page, by=colleague).status_code == 403
    assert corrected(zone, page, by=zone.auditor).status_code == 403
    assert corrected(zone, page, by=zone.other).status_code == 404
    assert f"{page}/correct" not in colleague.get(page).text
    assert corrected(zone, page, reason="").status_code == 422
    assert rows(zone) == [(1, 60, True)]
    assert corrected(zone, page, by=zone.commander, count="61").status_code == 303
    newest = f"/publicity/{zone.app.url_map.bind('').match(page)[1]['record_id']}"
    assert corrected(zone, newest, count="62").status_code == 409
    assert rows(zone) == [(1, 60, False), (2, 61, True)]


def test_whoever_corrects_too_late_is_told_and_may_correct_the_newest(zone):
    page = recorded(zone)
    corrected(zone, page, count="61")
    late = corrected(zone, page, count="62")
    assert late.status_code == 409
    assert "刚才已有人更正过" in words_of(late)
    assert 'value="62"' in late.text
    newest = re.search(r'name="corrects" value="([0-9a-f-]+)"', late.text).group(1)
    assert corrected(zone, page, count="62", corrects=newest).status_code == 303
    assert rows(zone) == [(1, 60, False), (2, 61, False), (3, 62, True)]


def test_of_two_corrections_at_once_one_is_made(zone):
    page = recorded(zone)
    kind, start, told = records.correction_of(PUBLICITY), threading.Barrier(4), []

    def correct(count):
        with zone.app.app_context():
            by = accounts.actor_of(accounts.find_by_username("clerk"))
            said = fields(zone, corrects=page.rsplit("/", 1)[1], reason="点错了", count=count)
            start.wait(timeout=30)
            try:
                entries.deliver(kind, MultiDict(said), by=by, at=clock.now())
                told.append("made")
            except Refusal as refusal:
                told.append(refusal.code)

    threads = [threading.Thread(target=correct, args=(count,)) for count in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["made", *["record-corrected-meanwhile"] * 3]
    assert len(rows(zone)) == 2


def test_each_means_adds_up_by_its_rule_and_opens_the_rows_it_counts(zone):
    for means in ("banner", "screen"):
        recorded(zone, means=means, count="20", from_on="2026-10-20", until_on="2026-11-01")
        recorded(zone, means=means, count="12", from_on="2026-11-03", until_on="2026-11-05")
        recorded(zone, means=means, count="8", from_on="2026-11-05")
    assert figures(zone) == {"横幅（条）": 20, "LED屏（处）": 20}
    assert figures(zone, since=date(2026, 10, 20)) == {"横幅（条）": 40, "LED屏（处）": 20}
    assert figures(zone, since=date(2026, 11, 2)) == {"横幅（条）": 20, "LED屏（处）": 20}
    assert figures(zone, until=date(2026, 11, 4)) == {"横幅（条）": 12, "LED屏（处）": 20}
    with zone.app.test_request_context():
        reach = accounts.actor_of(accounts.find_by_username("auditor")).through(Role.AUDITOR)
        addresses = {one["label"]: one["url"] for one in queries.figures(reach, PERIOD)}
    counted = {label: re.search(r'data-count="(\d+)"', zone.auditor.get(url).text) for label, url in addresses.items()}
    assert {label: found.group(1) for label, found in counted.items()} == {"横幅（条）": "2", "LED屏（处）": "3"}


def test_what_came_from_a_device_is_received_and_what_it_cannot_be_comes_back(zone):
    device = Device(zone.clerk)
    said = fields(zone)
    [told] = device.send(device.seal("publicity", said))
    assert told["outcome"] == "receipt"
    [told] = device.send(device.seal("publicity", fields(zone, unit=zone.theirs)))
    assert (told["outcome"], told["code"]) == ("returned", "publicity-out-of-reach")
    assert rows(zone) == [(1, 60, True)]


def test_a_void_record_counts_nowhere_and_is_marked(zone):
    page = recorded(zone)
    recorded(zone, count="7")
    assert figures(zone) == {"横幅（条）": 67}
    assert zone.auditor.get(f"{page}/void").status_code == 403
    said = {"corrects": page.rsplit("/", 1)[1], "uuid": str(uuid4())}
    assert zone.clerk.post(f"{page}/void", data=said).status_code == 422
    last = zone.clerk.post(f"{page}/void", data=said | {"reason": "登记重复"}).location
    assert figures(zone) == {"横幅（条）": 7}
    assert last not in zone.clerk.get("/publicity").text
    assert last in zone.clerk.get("/publicity?state=void").text
    assert "已作废" in words_of(zone.clerk.get("/publicity?state=any"))
    words = words_of(zone.clerk.get(last))
    assert "这条记录已经作废" in words
    assert "60 条" in words
    assert "这是第 1 版，已经作废。" in words_of(zone.clerk.get(page))
    assert corrected(zone, last).status_code == 409
    assert zone.clerk.get(f"{last}/void").status_code == 409


def test_a_correction_leaves_an_old_photo_out(zone):
    sent = fields(zone) | {"photos": [(BytesIO(picture()), "x.jpg"), (BytesIO(picture(1)), "y.jpg")]}
    page = zone.clerk.post("/publicity", data=sent, content_type="multipart/form-data").location
    photos = sorted(set(re.findall(r"/publicity/photos/([0-9a-f-]+)", zone.auditor.get(page).text)))
    newer = corrected(zone, page, dropped=photos[0]).location
    shown = [photo in zone.auditor.get(newer).text for photo in photos]
    assert (shown, [photo in zone.auditor.get(page).text for photo in photos]) == ([False, True], [True, True])
    assert corrected(zone, newer, dropped=photos[0]).status_code == 409
