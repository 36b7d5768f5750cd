"""A week of a district, played through the app's own forms and the envelopes of its devices.

Each street has a clerk with a device, and villages that owe a daily report by 17:00. By the day some report, some
report zero, some late, some not at all; some records of a day arrive the next morning; some numbers are stated wrongly
and put right the next morning. Streets sign upward at 17:10, the district at 18:50.
"""

import re
from datetime import datetime, time, timedelta
from html import unescape
from uuid import uuid4

from tests.reports import office
from tests.support import device as devices
from tests.support import masters
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.reports import service
from webapp.reports.rules import Evil
from webapp.units.rules import UnitKind

DAYS = 7
LINES = office.LINES[:2]  # l1: banners, from the records; l2: people on duty, as stated
FIELD = re.compile(r'<input[^>]*\bname="([\w-]+)"[^>]*\bvalue="([^"]*)"')


class Week:
    """The story; `hid` are the (code of the unit, day) of each evil as it was played."""

    def __init__(self, app, monkeypatch, streets, villages):
        self.app, self.hid = app, {evil: set() for evil in Evil}
        self.now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(devices, "stamp", lambda moment=None, stamp=devices.stamp: stamp(moment or self.now))
        with app.app_context():
            self.first = office.today() - timedelta(days=DAYS)
        self.move(self.first, "06:00")
        self._set_up(streets, villages)
        self.held = []  # envelopes that a device keeps overnight, with their device
        self.wrong = []  # reports to put right the next morning

    def _set_up(self, streets, villages):
        district = masters.unit(self.app, "D", kind=UnitKind.GROUP)
        self.district, self.streets, self.units = district, {}, {}
        for number in range(streets):
            code = f"S{number:02d}"
            street = masters.unit(self.app, code, district)
            of_street = {f"{code}V{n}": masters.unit(self.app, f"{code}V{n}", street) for n in range(villages)}
            masters.person(self.app, code.lower(), Role.CLERK, unit_id=street)
            self.streets[code] = (street, of_street)
            self.units |= of_street
        masters.person(self.app, "commander", Role.COMMANDER)
        with self.app.app_context():
            more = {"cutoff": "17:00", "lines": LINES, "since": self.first}
            self.kind = office.set_up(*self.units.values(), at=self.now, **more)
        self.commander = masters.signed_in(self.app, "commander")
        self.clerks = {code: masters.signed_in(self.app, code.lower()) for code in self.streets}
        self.devices = {code: devices.Device(client, since=timedelta()) for code, client in self.clerks.items()}

    def move(self, day, at):
        self.now = clock.local(datetime.combine(day, time.fromisoformat(at), clock.zone())).astimezone(self.now.tzinfo)

    def days(self):
        return [self.first + timedelta(days=number) for number in range(DAYS)]

    def play(self):
        with self.app.app_context():
            service.expect_ahead(self.now)
        for number, day in enumerate(self.days()):
            self.move(day, "07:00")
            self._next_morning()
            self.move(day, "09:00")
            self._record(number, day)
            self.move(day, "16:30")
            late = [unit for unit in self._plan(number, day) if unit[2] == "late"]
            for code, street, _when in (unit for unit in self._plan(number, day) if unit[2] == "in time"):
                self._report(number, code, street, day)
            self.move(day, "17:10")
            for code, (street, _villages) in self.streets.items():
                self._sum_up(self.clerks[code], street, day)
            self.move(day, "18:30")
            for code, street, _when in late:
                self._report(number, code, street, day)
                self.hid[Evil.LATE].add((code, day))
            self.move(day, "18:50")
            self._sum_up(self.commander, self.district, day)
        self.move(self.days()[-1] + timedelta(days=1), "06:45")
        self._next_morning()
        with self.app.app_context():
            service.compare(self.now)

    def _villages(self):
        every = [(code, street) for street, (_id, villages) in self.streets.items() for code in villages]
        return list(enumerate(every))

    def _plan(self, number, day):
        """Who reports today, and when; who does not is noted."""
        for place, (code, street) in self._villages():
            if (3 * place + number) % 11 == 0:
                self.hid[Evil.MISSING].add((code, day))
            else:
                yield code, street, "late" if (place + number) % 7 == 0 else "in time"

    def _record(self, number, day):
        """Banners of the day: most are sent at once, some stay on the device overnight."""
        for place, (code, street) in self._villages():
            device = self.devices[street]
            kept = (5 * place + number) % 13 == 0
            counts = [count for count in ((place + number) % 4, 2 if kept else 0) if count]
            sealed = [device.seal("publicity", self._banner(code, day, count)) for count in counts]
            if kept:
                self.held.append((device, sealed.pop(), code, day))
            if sealed:
                outcomes = device.send(*sealed)
                assert {row["outcome"] for row in outcomes} == {"receipt"}, outcomes

    def _banner(self, code, day, count):
        unit, uuid = self.units[code], uuid4()
        fields = {"means": "banner", "count": count, "unit": unit, "area": "路口", "from_on": day, "uuid": uuid}
        return {name: str(value) for name, value in fields.items()}

    def _report(self, number, code, street, day):
        """One press where nothing happened and nobody is on duty, else the form with three people on duty."""
        place = next(place for place, (other, _street) in self._villages() if other == code)
        client, path = self.clerks[street], f"/reports/due/{self._due(code, day)}/sign"
        page = client.get(path).text
        if "零报告并签报" in unescape(page) and place % 2:
            self._post(client, path, {"zero": "y", "uuid": str(uuid4())})
            return
        fields = dict(FIELD.findall(page)) | {"n_l2": "3", "uuid": str(uuid4())}
        fields.pop("zero", None)
        is_wrong = (place + 2 * number) % 9 == 0
        if is_wrong:
            fields |= {"n_l1": str(int(fields["n_l1"]) + 5), "r_l1": "估计还有"}
        where = self._post(client, path, fields)
        if is_wrong:
            self.wrong.append((client, where, code, day))

    def _next_morning(self):
        """Everybody signs in again. What was kept arrives; what was wrong is put right, with the records of now."""
        for name, client in {**self.clerks, "commander": self.commander}.items():
            assert client.post("/sign-in", data={"username": name.lower(), "password": masters.PASSWORD}).location
        for device, envelope, code, day in self.held:
            assert device.send(envelope)[0]["outcome"] == "receipt"
            if (code, day) not in self.hid[Evil.MISSING]:
                self.hid[Evil.HIDDEN].add((code, day))
        for client, where, code, day in self.wrong:
            fields = dict(FIELD.findall(client.get(f"{where}/amend").text))
            fields |= {"n_l1": fields["s_l1"], "n_l2": "3", "reason": "多报了", "r_l1": "", "uuid": str(uuid4())}
            self._post(client, f"{where}/amend", fields)
            self.hid[Evil.WRONG].add((code, day))
            self.hid[Evil.HIDDEN].discard((code, day))
        self.held, self.wrong = [], []

    def _sum_up(self, client, unit, day):
        path = f"/reports/upward/sign?kind={self.kind}&unit={unit}&day={day}"
        fields = dict(FIELD.findall(client.get(path).text))
        if "seen" in fields:
            self._post(client, "/reports/upward/sign", fields | {"day": day.isoformat(), "uuid": str(uuid4())})

    def _due(self, code, day):
        with self.app.app_context():
            return office.due(self.kind, self.units[code], day)

    @staticmethod
    def _post(client, path, fields):
        answer = client.post(
            path, data={name: unescape(value) for name, value in fields.items() if name != "csrf_token"}
        )
        assert answer.status_code == 303, answer.text
        return answer.location
