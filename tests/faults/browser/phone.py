"""A device as people carry it: Chromium with a profile on the disk, the outbox in it, and what the server keeps."""

import io
import itertools
import os
import signal
import sqlite3
import time
from base64 import b64encode
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID, uuid4

from PIL import Image
from playwright.sync_api import Error
from stdnum.cn import ric

from tests.inspections.conftest import filled
from tests.support.browser import OWN, on_profile, sign_in

PERSONS = itertools.count(100)
KEEP = """async (entries) => {
  const [{ keepEntry, appVersion }, { fromBase64 }] = await Promise.all(
    [import(own("outbox/queue.js")), import(own("outbox/bytes.js"))]);
  const kept = [];
  for (const one of entries) {
    const photos = one.photos.map(([field, text]) => ({ field, bytes: fromBase64(text).buffer }));
    const captured_at = one.captured_at ?? new Date().toISOString();
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const entry = { ...one, photos, captured_at, tz, app: appVersion() };
    kept.push({ ...await keepEntry(entry, one.held ?? false), captured_at });
  }
  return kept;
}"""
ROWS = """async (store) => {
  const { all } = await import(own("outbox/store.js"));
  const isPlain = ([, value]) => !(value instanceof ArrayBuffer || value instanceof CryptoKey);
  return (await all(store)).map((row) => Object.fromEntries(Object.entries(row).filter(isPlain)));
}"""
HAS_GRANT = """async () => {
  const { liveGrant } = await import(own("outbox/queue.js"));
  const { all } = await import(own("outbox/store.js"));
  return (await liveGrant())?.person === document.body?.dataset.person && (await all("reference")).length > 0;
}"""
IS_EMPTY = """async () => {
  const { open, result } = await import(own("outbox/store.js"));
  return await result((await open()).transaction("queue").objectStore("queue").count()) === 0;
}"""
CHANGE = """async ([store, key, changes]) => {
  const { read, put, remove } = await import(own("outbox/store.js"));
  if (changes) await put(store, { ...await read(store, key), ...changes }); else await remove(store, key);
}"""
FLUSH = 'async (pressed) => { await (await import(own("outbox/sender.js"))).flush({ pressed }); }'


def id_number(number):
    """A valid resident identity number, another one for every number."""
    body = f"11010519491231{number:03}"
    return body + ric.calc_check_digit(body + "X")


def picture(number=0):
    """A small JPEG, another one for every number."""
    image = Image.new("RGB", (48, 32), (number % 256, number // 256 % 256, 90))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def rows_of(page, store):
    """What stands in a store of the page's device, but for binary parts; oldest first where that means something."""
    return sorted(page.evaluate(ROWS, store), key=lambda row: row.get("seq", 0))


class Phone:
    """A browser with its own profile folder, so that it can be killed, opened again, and searched on the disk."""

    def __init__(self, browser_type, folder, url, **options):
        self.browser_type, self.folder, self.url, self.options = browser_type, Path(folder), url, options
        self.context, self.faults = None, []

    def open(self, path=None):
        """Start the browser on this profile; gives its page."""
        options = {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}} | self.options
        self.context = on_profile(self.browser_type, self.folder, self.url, **options)
        self.context.add_init_script(OWN)
        self.context.on("weberror", lambda one: self.faults.append(str(one.error)))
        self.page = self.context.pages[0]
        if path:
            self.page.goto(path)
        return self.page

    def close(self):
        if self.context:
            self.context.close()
            self.context = None

    def kill(self):
        """SIGKILL to the browser of this profile."""
        wanted = f"--user-data-dir={self.folder}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (process / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, ValueError):
                continue  # it has ended in the meantime
        with suppress(Error):  # it is dead: that is what was wanted
            self.context.close()
        self.context = None

    def sign_in(self, username):
        """Sign in through the real page; done when this person's grant and reference data are on the device."""
        sign_in(self.page, username)
        self.wait_for(HAS_GRANT)
        self.page.evaluate("async () => { await navigator.serviceWorker.ready; }")

    def ask(self, question, page=None):
        """What a page says, asked again where it was just going elsewhere."""
        page = page or self.page
        for _ in range(50):
            try:
                return page.evaluate(question)
            except Error as error:
                if "context was destroyed" not in str(error):
                    raise
                page.wait_for_load_state()
        raise AssertionError("it never comes to rest")

    def wait_for(self, question, seconds=30, page=None):
        """Until what is asked of the page is so; asked again and again, also across its navigations."""
        ends = time.monotonic() + seconds
        while not self.ask(question, page):
            assert time.monotonic() < ends, question
            (page or self.page).wait_for_timeout(40)  # between two questions, not instead of one

    def wait_for_server(self, is_so, seconds=30):
        """Until something is so on the server; the page goes on meanwhile."""
        ends = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < ends
            self.page.wait_for_timeout(40)  # between two questions, not instead of one

    def keep(self, entries, page=None):
        """Entries into the queue by the real module; gives their uuid, seq, sha256 and captured_at."""
        return (page or self.page).evaluate(KEEP, entries)

    def rows(self, store, page=None):
        """What stands in a store of the device, but for binary parts; oldest first where that means something."""
        return rows_of(page or self.page, store)

    def change(self, store, key, changes):
        """A row of the device with other values, or (None) gone; certain only while nothing can be sent."""
        self.page.evaluate(CHANGE, [store, key, changes])

    def flush(self, pressed=True, page=None):
        """Send what waits, and after whoever is sending already."""
        (page or self.page).evaluate(FLUSH, pressed)

    def press(self, pressed=True):
        """The same, without waiting for its end."""
        self.page.evaluate(f"(pressed) => {{ ({FLUSH})(pressed); }}", pressed)

    def wait_until_empty(self, seconds=30, page=None):
        self.wait_for(IS_EMPTY, seconds, page)

    def go_offline(self):
        self.context.set_offline(True)

    def go_online(self):
        self.context.set_offline(False)

    def holds(self, *texts):
        """Which of the texts stand anywhere in the profile on the disk, in UTF-8 or UTF-16; call it when closed."""
        wanted = {form: text for text in texts for form in (text.encode(), text.encode("utf-16-le"))}
        found = set()
        for path in self.folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                raw = path.read_bytes()
                found |= {text for form, text in wanted.items() if form in raw}
        return found


class Office:
    """What the server keeps, asked of its SQLite file directly."""

    def __init__(self, server):
        self.server, self.file = server, server.instance / "frontline.db"

    def ask(self, sql, *values):
        """Rows, read only."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=15)) as base:
            return base.execute(sql, values).fetchall()

    def one(self, sql, *values):
        return self.ask(sql, *values)[0][0]

    def change(self, sql, *values):
        """Behind the server's back: a session that ran out, a person who was moved."""
        with closing(sqlite3.connect(self.file, timeout=15)) as base, base:
            return base.execute(sql, values).rowcount

    def person(self, username):
        return self.one("SELECT id FROM person WHERE username = ?", username)

    def end_sessions(self, username):
        """As when it ran out while the device had no network."""
        return self.change("DELETE FROM sign_in WHERE person_id = ?", self.person(username))

    def hospital(self):
        """A hospital the inspectors may check."""
        return str(UUID(self.one("SELECT id FROM place WHERE kind = 'hospital' AND NOT is_closed ORDER BY code")))

    def checkpoint(self, code="CP-01"):
        return str(UUID(self.one("SELECT id FROM place WHERE code = ?", code)))

    def checks(self, count, photos=0, **more):
        """Entries of the kind "inspection" for `Phone.keep`; the first ones with so many photos in all."""
        hospital, found = self.hospital(), []
        for number in range(count):
            fields = filled(hospital)
            pictures = [["photos", b64encode(picture(number)).decode()]] if number < photos else []
            fields_of = [[name, value] for name, value in fields.items() if name != "uuid"]
            found.append({"uuid": fields["uuid"], "kind": "inspection", "fields": fields_of, "photos": pictures} | more)
        return found

    def arrivals(self, count, ids=False, **changes):
        """Entries of the kind "visit.in" at the gatekeeper's checkpoint, every one of another person."""
        made = []
        for _ in range(count):
            number = next(PERSONS)
            known = {"phone": f"13955{number:06}"} | (
                {"id_type": "resident_id", "id_number": id_number(number)} if ids else {}
            )
            said = {"origin": "本区三里庄", "celsius": "36.5", "decision": "pass", "name": "王秀英"}
            fields = {"place": self.checkpoint()} | said | known | changes
            given = [[name, str(value)] for name, value in fields.items()]
            made.append({"uuid": str(uuid4()), "kind": "visit.in", "fields": given, "photos": []})
        return made

    def known(self, kept, columns="uuid"):
        """Columns of the entries among `kept` that the server has applied, by device_seq."""
        marks = ",".join("?" * len(kept))
        uuids = [UUID(one["uuid"]).hex for one in kept]
        return self.ask(f"SELECT {columns} FROM entry WHERE uuid IN ({marks}) ORDER BY device_seq", *uuids)

    def assert_exactly_once(self, kept):
        """Each acknowledged uuid is there once: an entry, an envelope with its hash, a record, a line told."""
        for one in kept:
            uuid = UUID(one["uuid"])
            entry = self.ask("SELECT kind FROM entry WHERE uuid = ?", uuid.hex)
            assert len(entry) == 1, f"{uuid} stands there {len(entry)} times"
            hashes = self.ask("SELECT sha256, state FROM envelope WHERE uuid = ?", uuid.hex)
            assert hashes == [(one["sha256"], "applied")], uuid
            table = {"inspection": "inspection", "visit.in": "visit"}[entry[0][0]]
            assert self.one(f"SELECT count(*) FROM {table} WHERE id = ?", uuid.hex) == 1
            told = "SELECT count(*) FROM journal WHERE action = 'entry.recorded' AND subject_id = ?"
            assert self.one(told, str(uuid)) == 1, uuid


def assert_settled(phone, kept, page=None):
    """Nothing waits on the device, and it holds the receipt of everything that was kept."""
    assert phone.rows("queue", page) == []
    receipts = {row["uuid"]: row["sha256"] for row in phone.rows("sent", page)}
    assert {one["uuid"]: one["sha256"] for one in kept}.items() <= receipts.items()
