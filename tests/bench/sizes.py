"""A district of any size: what the demonstration holds, copied under new ids and other times.

Rows are copied as the database holds them, so nothing is sealed or checked again: a million visits take minutes.
Balances hold, since every copied receipt is followed by an issue of the same goods.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, MetaData, func, insert, select, text

BATCH = 5_000
ROOTS_COPIED = 1_500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Family:
    """A table whose id is an entry's uuid, and the tables whose rows belong to a row of it.

    `moved` are its columns of time. `renewed` are ids of its own in a child, `fresh` columns that identify somebody:
    most copies are of another person. The copies lie between `days` before now: before the demonstration's own sixty
    days, but those of visits, which are purged after sixty days.
    """

    root: str
    children: tuple[tuple[str, str], ...] = ()
    moved: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    days: tuple[int, int] = (330, 60)


VISITS = Family(
    "visit",
    moved=("entered_at", "left_at"),
    fresh=("phone_blind", "id_blind", "plate_blind", "name_blind", "identity_blind"),
    days=(58, 1),
)
INSPECTIONS = Family(
    "inspection",
    children=(
        ("inspection_answer", "inspection_id"),
        ("inspection_reading", "inspection_id"),
        ("inspection_finding", "inspection_id"),
    ),
    moved=("inspected_at",),
)
SLIPS = Family("stock_slip", children=(("move", "slip_id"),), moved=("occurred_at", "stands_at", "received_at"))


def grow(engine: Engine, *, visits: int, moves: int, inspections: int) -> None:
    """Copy rows until the tables hold as many."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA synchronous=OFF"))
        growing = _Growing(connection, tables)
        growing.copy(VISITS, visits)
        growing.copy(INSPECTIONS, inspections)
        growing.move(moves)
        if engine.dialect.name == "postgresql":
            growing.set_sequences()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


class _Growing:
    def __init__(self, connection: Connection, tables: MetaData) -> None:
        self.connection, self.tables = connection, tables.tables
        self.random, self.now = random.Random(7), datetime.now(UTC)
        self.entry_seq = self._most("entry", "seq")
        self.move_seq = self._most("move", "seq")
        self.ids: dict[str, int] = {}

    def copy(self, family: Family, wanted: int) -> None:
        """Copies of a family's rows, spread evenly over its days."""
        lacking = wanted - self._count(family.root)
        if lacking <= 0:
            return
        models = self._models(family)
        self._write(lacking, lambda number: self._copied(family, *models[number % len(models)], number))

    def move(self, wanted: int) -> None:
        """Copies of receipts, each followed by an issue of the same goods."""
        slips = self.tables["stock_slip"].c
        models = [
            model
            for model in self._models(SLIPS, slips.kind == "in", slips.reverses_id.is_(None))
            if model[2]["move"] and not any(move["is_fix"] for move in model[2]["move"])
        ]
        made = self._count("move")
        while made < wanted:
            batch: dict[str, list[Row]] = {}
            while made < wanted and len(batch.get("move", ())) < BATCH:
                model = self.random.choice(models)
                at = self._moment(SLIPS)
                for is_back in (False, True):
                    rows = self._copied(SLIPS, *model, made, at + timedelta(seconds=is_back))
                    _merge(batch, _numbered(rows, is_back))
                    made += len(rows["move"])
            self._insert(batch)

    def set_sequences(self) -> None:
        """PostgreSQL counts on from what was written."""
        for table, column in (("entry", "seq"), ("move", "seq")):
            name = f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {self._most(table, column)})"
            self.connection.execute(text(name))

    def _models(self, family: Family, *where: Any) -> list[tuple[Row, Row, dict[str, list[Row]]]]:
        """Rows to copy: the root, its entry, its children by table."""
        root, entry = self.tables[family.root], self.tables["entry"]
        roots = self._rows(select(root).where(*where).limit(ROOTS_COPIED))
        if family is VISITS:
            roots = [row for row in roots if row["left_at"] or row["decision"] != "pass"]
        entries = {row["uuid"]: row for row in self._rows(select(entry))}
        by_root: dict[str, dict[Any, list[Row]]] = {}
        for name, key in family.children:
            kept = by_root.setdefault(name, {})
            for row in self._rows(select(self.tables[name])):
                kept.setdefault(row[key], []).append(row)
        lone = next(iter(entries.values()))
        return [
            (row, entries.get(row["id"], lone), {name: rows.get(row["id"], []) for name, rows in by_root.items()})
            for row in roots
        ]

    def _copied(
        self,
        family: Family,
        root: Row,
        entry: Row,
        children: dict[str, list[Row]],
        number: int,
        at: datetime | None = None,
    ) -> dict[str, list[Row]]:
        id_, began = _new_id(root["id"]), root[family.moved[0]]
        at = (at or self._moment(family)).replace(tzinfo=began.tzinfo)
        ahead = at - began
        self.entry_seq += 1
        copied = root | {"id": id_} | {name: root[name] + ahead for name in family.moved if root[name]}
        if number % 50:
            copied |= {name: uuid4().hex * 2 for name in family.fresh if root[name]}
        if "record_id" in root:  # the only version of a record of its own
            copied |= {"record_id": id_, "version": 1, "replaced_by": None}
        own = entry | {"uuid": id_, "seq": self.entry_seq, "received_at": at, "captured_at": None}
        rows = {"entry": [own], family.root: [copied]}
        for name, key in family.children:
            rows[name] = [self._child(name, key, row, id_, at) for row in children[name]]
        return rows

    def _child(self, name: str, key: str, row: Row, id_: Any, at: datetime) -> Row:
        copied = row | {key: id_}
        if name == "move":
            self.move_seq += 1
            return copied | {"seq": self.move_seq, "event_id": id_, "stands_at": at, "reverses": None}
        if isinstance(row.get("id"), int):
            self.ids[name] = self.ids.get(name) or self._most(name, "id")
            self.ids[name] += 1
            copied["id"] = self.ids[name]
        elif "id" in row:
            copied["id"] = _new_id(row["id"])
        return copied

    def _write(self, wanted: int, make: Callable[[int], dict[str, list[Row]]]) -> None:
        batch: dict[str, list[Row]] = {}
        for number in range(wanted):
            _merge(batch, make(number))
            if number % BATCH == BATCH - 1 or number == wanted - 1:
                self._insert(batch)
                batch = {}

    def _insert(self, batch: dict[str, list[Row]]) -> None:
        for name, rows in batch.items():  # the entry first: the others refer to it
            if rows:
                self.connection.execute(insert(self.tables[name]), rows)

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def _moment(self, family: Family) -> datetime:
        return self.now - timedelta(days=self.random.uniform(*family.days))

    def _count(self, name: str) -> int:
        return self.connection.execute(select(func.count()).select_from(self.tables[name])).scalar_one()

    def _most(self, name: str, column: str) -> int:
        return self.connection.execute(select(func.max(self.tables[name].c[column]))).scalar_one() or 0


def _numbered(rows: dict[str, list[Row]], is_back: bool) -> dict[str, list[Row]]:
    """A slip with a number of its own; the way back is an issue."""
    [slip], [entry] = rows["stock_slip"], rows["entry"]
    slip["number"] = f"X{entry['seq']}"
    if is_back:
        slip |= {"kind": "out", "reason": "issue"}
        for move in rows["move"]:
            move["from_id"], move["to_id"] = move["to_id"], move["from_id"]
    return rows


def _merge(batch: dict[str, list[Row]], rows: dict[str, list[Row]]) -> None:
    for name, more in rows.items():
        batch.setdefault(name, []).extend(more)


def _new_id(like: Any) -> Any:
    """A new id as the database holds them."""
    return uuid4() if isinstance(like, UUID) else uuid4().hex


def sizes(name: str) -> dict[str, int]:
    """Rows of a size: 1k, 100k, 1M visits and moves; never more than 100,000 of the rest."""
    rows = {"1k": 1_000, "100k": 100_000, "1M": 1_000_000}[name]
    return {"visits": rows, "moves": rows, "inspections": min(rows, 100_000)}
