"""F28 to F31, F33: photos in halves, photos that never come, poison, a line that loses 40 %, a server of yesterday."""

import random
import shutil
import time
from itertools import cycle
from uuid import UUID

import pytest

from tests.faults.browser.phone import Office, Phone, assert_settled
from tests.faults.proxy import Line
from tests.support.browser import Server
from tests.support.processes import Command

LONGEST_WAIT_MS = 300_000
FIFTY_KILOBITS = 6_250  # bytes a second
SENDING = """async () => {
  const { meta } = await import(own("outbox/store.js"));
  const said = await meta("sending");
  return said?.tries ? said.next_at - Date.now() : null;
}"""
OFTEN_FAILED = """async () => {
  const { meta, setMeta } = await import(own("outbox/store.js"));
  await setMeta("sending", { ...await meta("sending"), tries: 40, next_at: 0 });
}"""
EXPORTED = """async () => {
  const { exported } = await import(own("outbox/queue.js"));
  return JSON.parse(await (await exported()).text());
}"""


@pytest.fixture
def line(office):
    laid = Line(office.server.port)
    yield laid
    laid.close()


@pytest.fixture
def phone(chromium, line, tmp_path):
    """An inspector's phone at the far end of the line."""
    phone = Phone(chromium.browser_type, tmp_path / "phone", line.url)
    phone.open("/sign-in")
    phone.sign_in("inspector")
    yield phone
    phone.close()


def sync_only(what):
    """Something happens to what the outbox sends; pages and files get through."""
    return lambda method, path: what(method, path) if path.startswith("/sync/") and method != "GET" else None


def flush_until(phone, is_so, seconds=60):
    """Press "send now" until it is so."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        phone.flush()
        if is_so():
            return
        phone.page.wait_for_timeout(20)  # between two presses
    raise AssertionError(phone.rows("queue"))


def is_empty(phone):
    return lambda: not phone.rows("queue")


def test_f31_two_of_five_requests_are_lost_and_all_arrives_exactly_once(phone, office, line):
    dice, waits = random.Random(31), []
    phone.go_offline()
    kept = phone.keep(office.checks(40, photos=20))
    line.delay = 0.01
    line.decide = sync_only(lambda _method, _path: dice.choice(("before", "after")) if dice.random() < 0.4 else None)
    phone.go_online()

    def is_through():
        waits.append(phone.page.evaluate(SENDING))
        return not phone.rows("queue")

    flush_until(phone, is_through, 120)
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
    assert line.lost("/sync/envelopes") >= 2
    assert line.lost("/sync/photos") >= 5
    told = [wait for wait in waits if wait is not None]
    assert len({round(wait) for wait in told}) > len(told) // 2  # no two devices come back at the same moment
    line.decide = sync_only(lambda _method, _path: "before")
    phone.keep(office.checks(1))
    at_last = []
    for _ in range(8):
        phone.page.evaluate(OFTEN_FAILED)
        lost = line.lost()
        flush_until(phone, lambda lost=lost: line.lost() > lost)
        at_last.append(phone.page.evaluate(SENDING))
    assert max(at_last) <= LONGEST_WAIT_MS
    assert max(at_last) > LONGEST_WAIT_MS / 4
    assert len({round(wait) for wait in at_last}) == len(at_last)


@pytest.mark.long
def test_f31_fifty_kilobits_a_second_and_every_fifth_connection_dropped(phone, office, line):
    phone.go_offline()
    kept = phone.keep(office.checks(12, photos=3))
    lost = cycle([None, "after", None, None, None, None, "half", None, None, None, None, "before", None, None, None])
    line.rate = FIFTY_KILOBITS
    line.decide = lambda _method, path: next(lost) if path.startswith("/sync/") else None
    phone.go_online()
    flush_until(phone, is_empty(phone))
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
    dropped = [path for _method, path, what in line.log if what]
    assert dropped[0] == "/sync/envelopes"  # twelve of them, whose answer was lost
    assert len(dropped) >= 2


def test_f28_a_photo_cut_in_the_middle_waits_and_comes_whole(phone, office, line):
    phone.go_offline()
    [kept] = phone.keep(office.checks(1, photos=1))
    [photo] = phone.rows("photos")
    key = "SELECT key FROM envelope_photo JOIN envelope ON envelope.id = envelope_id WHERE envelope.sha256 = ?"
    line.decide = lambda method, _path: "half" if method == "PUT" else None
    phone.go_online()
    flush_until(phone, lambda: line.lost("/sync/photos"))
    assert [row["uuid"] for row in phone.rows("queue")] == [kept["uuid"]]
    assert office.known([kept]) == []
    assert office.ask(key, kept["sha256"]) == [(None,)]
    line.decide = lambda _method, _path: None
    flush_until(phone, is_empty(phone))
    assert_settled(phone, [kept])
    office.assert_exactly_once([kept])
    sealed = office.server.instance / "uploads" / "sealed" / office.one(key, kept["sha256"])
    assert sealed.stat().st_size == photo["bytes"] + 16
    whole = "SELECT count(*) FROM photo WHERE original_sha256 = ? AND entry_uuid = ?"
    assert office.one(whole, photo["sha256"], UUID(kept["uuid"]).hex) == 1


def test_f29_a_photo_that_is_gone_from_the_device_is_told_on_both_sides(phone, office):
    phone.go_offline()  # before anything can be sent
    lost, whole = phone.keep(office.checks(2, photos=2))
    row = next(one for one in phone.rows("photos") if one["uuid"] == lost["uuid"])
    phone.change("photos", [lost["uuid"], row["sha256"]], None)
    phone.go_online()
    wanted = [(lost["uuid"], "parked", "photo-lost")]
    flush_until(phone, lambda: [(one["uuid"], one["state"], one["reason"]) for one in phone.rows("queue")] == wanted)
    assert office.known([lost]) == []
    office.assert_exactly_once([whole])
    assert office.one("SELECT state FROM envelope WHERE sha256 = ?", lost["sha256"]) == "photos"
    phone.page.goto("/outbox")
    phone.page.get_by_text("不能送出，请存为文件交给管理员").wait_for()


def test_f30_poison_at_the_head_is_set_aside_and_the_others_flow(phone, office):
    entries = office.checks(5)
    entries[1]["fields"] = [one for one in entries[1]["fields"] if one[0] != "confirmed"]
    phone.go_offline()  # before anything can be sent
    poison, returned, *good = phone.keep(entries)
    phone.change("queue", poison["uuid"], {"v": 9})
    phone.go_online()
    wanted = [(poison["uuid"], "parked")]
    flush_until(phone, lambda: [(one["uuid"], one["state"]) for one in phone.rows("queue")] == wanted)
    office.assert_exactly_once(good)
    file = phone.page.evaluate(EXPORTED)
    assert [one["uuid"] for one in file["envelopes"]] == [poison["uuid"]]
    told = next(one["outcome"] for one in phone.rows("sent") if one["uuid"] == returned["uuid"])
    assert (told["outcome"], told["code"]) == ("returned", "form-invalid")
    phone.page.goto("/outbox")
    phone.page.get_by_text(told["sentence"]).first.wait_for()


def frontline(server, *arguments):
    log = server.instance.with_suffix(".log")
    assert Command(list(arguments), server.environ, log).wait(120) == 0, log.read_text()


def test_f33_a_server_restored_from_yesterday_gets_again_what_it_lost(chromium, demo_template, tmp_path):
    shutil.copytree(demo_template, tmp_path / "before")
    server = Server(tmp_path / "before").start("serve")
    office = Office(server)
    phone = Phone(chromium.browser_type, tmp_path / "phone", server.url)
    try:
        phone.open("/sign-in")
        phone.sign_in("inspector")
        old = phone.keep(office.checks(3))
        flush_until(phone, is_empty(phone))
        frontline(server, "backup", str(tmp_path / "copy"))
        new = phone.keep(office.checks(4, photos=2))
        flush_until(phone, is_empty(phone))
        assert_settled(phone, old + new)
        server.stop()

        restored = Server(tmp_path / "after")
        (tmp_path / "after").mkdir()
        restored.port, restored.url, restored.environ["PORT"] = server.port, server.url, str(server.port)
        frontline(restored, "restore", str(tmp_path / "copy"))
        server = restored.start("serve")
        office = Office(server)
        assert (len(office.known(old)), len(office.known(new))) == (3, 0)
        flush_until(phone, lambda: len(office.known(new)) == 4 and not phone.rows("queue"))
        assert_settled(phone, old + new)
        office.assert_exactly_once(old + new)
        assert office.one("SELECT count(*) FROM envelope_photo WHERE key IS NOT NULL") == 2
        assert office.one("SELECT count(*) FROM entry_conflict") == 0
    finally:
        phone.close()
        server.stop()
