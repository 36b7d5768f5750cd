"""Sixty days at four gates: regular visitors, strangers, a few fevers, a few arrivals from risk areas."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.checkpoints.kinds import VISIT_IN, VISIT_OUT
from webapp.checkpoints.rules import Decision, propose
from webapp.demo import people
from webapp.district.queries import preferences

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage

_GATES = {
    "CP-01": ("gatekeeper", 16),
    "CP-02": ("gatekeeper3", 9),
    "CP-03": ("gatekeeper4", 12),
    "CP-01 night": ("gatekeeper2", 4),
}
_ORIGINS = (
    "本区城南街道",
    "本区青石镇",
    "江西省南昌市",
    "江西省上饶市",
    "福建省南平市",
    "浙江省杭州市",
)
_PURPOSES = ("返岗复工", "送货", "走亲", "就医", "采购", "公务", "回家", "运送防疫物资")
_HOSTS = ("康泽生物制药", "恒丰纺织", "区人民医院", "城南街道社区", "应急物资中心", "福满食品", "")
REGULARS = 260


class Visitors:
    """All visitors, and those of them who are inside."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.district = preferences()
        self.regulars = [self._somebody() for _ in range(REGULARS)]
        # A regular visitor that README and the tests mention: the milk truck of every morning.
        self.regulars[0] |= {"name": "何建平", "phone": "13907940001", "plate": "赣FA1234", "origin": _ORIGINS[1]}

    def day(self, days_ago: int) -> Iterator["Line"]:
        """The arrivals of a day, and the departures of admitted visitors."""
        today: set[int] = set()
        for gate, (username, how_many) in _GATES.items():
            place = self.stage.places[gate.split()[0]]
            hours = (22, 23) if "night" in gate else range(6, 20)
            for _ in range(self.stage.random.randrange(how_many - 3, how_many + 4)):
                yield from self._visit(place, username, days_ago, hours, today)

    def _visit(
        self, place: UUID, username: str, days_ago: int, hours: "range | tuple[int, ...]", today: set[int]
    ) -> Iterator["Line"]:
        random, actor = self.stage.random, self.stage.actors[username]
        number = random.randrange(REGULARS)
        if number in today:  # at most one visit a day
            return
        today.add(number)
        hour = random.choice(list(hours))
        at = self.stage.moment(days_ago, hour, random.randrange(50))
        fields, decision = self._fields(self.regulars[number], place)
        uuid = UUID(int=random.getrandbits(128), version=4)
        yield VISIT_IN, MultiDict(fields | {"uuid": str(uuid), "decision": decision.value}), actor, at
        stays = days_ago == 0 and random.random() < 0.5
        if decision is Decision.PASS and not stays:
            left = self.stage.moment(days_ago, min(hour + random.randrange(1, 5), 23), random.randrange(50, 60))
            yield VISIT_OUT, MultiDict({"visit": str(uuid)}), actor, left

    def _fields(self, person: dict[str, str], place: UUID) -> tuple[dict[str, str], Decision]:
        random = self.stage.random
        celsius = round(random.gauss(36.4, 0.22), 1)
        if random.random() < 0.006:
            celsius = round(random.uniform(37.3, 38.8), 1)
        risk = random.choice(self.district.risk_areas) if random.random() < 0.012 else None
        read = Decimal(str(celsius))
        decision = propose(read, is_fever=self.district.is_fever(read), risk_area=risk).decision
        fields = person | {
            "place": str(place),
            "origin": risk or person["origin"],
            "purpose": random.choice(_PURPOSES),
            "host": random.choice(_HOSTS),
            "companions": str(random.choice((0, 0, 0, 0, 1, 1, 2))),
            "celsius": str(celsius),
        }
        return fields, decision

    def _somebody(self) -> dict[str, str]:
        random = self.stage.random
        fields = {
            "name": people.person_name(random),
            "phone": people.phone(random),
            "origin": random.choice(_ORIGINS),
            "plate": people.plate(random) if random.random() < 0.7 else "",
        }
        if random.random() < 0.8:
            fields |= {"id_type": "resident_id", "id_number": people.resident_id(random)}
        return fields
