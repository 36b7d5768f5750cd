"""What a reading means against the standard. Pure; the same in static/js/standards.js, proved by a shared table of cases.

Traps that hold here (GB 18466-2005): the contact-tank outlet has a floor and a ceiling, the external outlet only a
ceiling; GB 18466 judges total residual chlorine, the 2020 emergency plan free chlorine; other disinfectants are not
judged by chlorine; the pre-treatment column has no limit for some parameters, and "no limit" is not "within".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class Verdict(StrEnum):
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    NO_LIMIT = "no_limit"
    UNDETERMINED = "undetermined"


OUT_OF_LIMITS = frozenset({Verdict.ABOVE, Verdict.BELOW})


class Quantity(StrEnum):
    """Which chlorine was measured."""

    TOTAL = "total"
    FREE = "free"


class Point(StrEnum):
    """Where the sample was taken (GB 18466-2005, 6.1)."""

    CONTACT_TANK_OUTLET = "contact_tank_outlet"
    EXTERNAL_OUTLET = "external_outlet"
    DEPARTMENT_OUTLET = "department_outlet"
    DECAY_TANK_OUTLET = "decay_tank_outlet"
    STATION_AIR = "station_air"
    SLUDGE = "sludge"
    WASTE_STORE = "waste_store"
    DISPOSAL_PLANT = "disposal_plant"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as read. `below_detection`: less than `value`, the detection limit ("<0.01" or "0.01L")."""

    value: Decimal
    below_detection: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides which limit applies. None is "not known", which is not the same as "does not matter".

    institution: infectious, general, small or municipal (works); route: surface_water or sewer; disinfectant: chlorine
    or other; regime: ordinary or covid; contact_hours: contact time of the disinfectant.
    """

    institution: str | None = None
    route: str | None = None
    disinfectant: str | None = None
    point: str | None = None
    regime: str = "ordinary"
    quantity: str | None = None
    contact_hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of a standard. `low` and `high` in `unit`; grades A and B may be cited, others are guidance."""

    code: str
    parameter: str
    unit: str
    document_zh: str
    document_en: str
    clause_zh: str
    clause_en: str
    grade: str
    valid_from: date
    valid_to: date | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    absent: bool = False
    process: bool = False
    institution: str | None = None
    route: str | None = None
    disinfectant: str | None = None
    point: str | None = None
    regime: str | None = None
    quantity: str | None = None
    contact_at_least: Decimal | None = None
    contact_below: Decimal | None = None

    @property
    def may_cite(self) -> bool:
        """May the clause be cited as law on screen? Otherwise it is shown as guidance to be checked."""
        return self.grade in ("A", "B")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the limit it rests on, and what was not known when there is none."""

    verdict: Verdict
    limit: Limit | None = None
    missing: tuple[str, ...] = ()
    indicative: bool = False


_KEYS = ("institution", "route", "disinfectant", "point", "regime")


def parse_measured(text: str) -> Measured | None:
    """Read "6.5", "<0.01" or the monitoring reports' "0.004L"; None when it is none of these."""
    plain = text.strip().replace(" ", "").replace("\uff1c", "<").upper()
    below = plain.startswith("<") or plain.endswith("L")
    digits = plain.removeprefix("<").removesuffix("L")
    if not digits or not digits.isascii() or not all(c.isdigit() or c == "." for c in digits):
        return None
    try:
        return Measured(Decimal(digits), below)
    except InvalidOperation:
        return None


def judge(measured: Measured, limit: Limit) -> Verdict:
    """Compare a value with one limit. Below detection only says "less than", which may not be enough to tell."""
    if limit.absent:
        return Verdict.WITHIN if measured.value == 0 or measured.below_detection else Verdict.ABOVE
    if measured.below_detection:
        return _judge_below_detection(measured.value, limit)
    if limit.low is not None and (measured.value < limit.low or (measured.value == limit.low and not limit.low_inclusive)):
        return Verdict.BELOW
    is_over = limit.high is not None and (
        measured.value > limit.high or (measured.value == limit.high and not limit.high_inclusive)
    )
    return Verdict.ABOVE if is_over else Verdict.WITHIN


def _judge_below_detection(at_most: Decimal, limit: Limit) -> Verdict:
    if limit.low is not None:
        return Verdict.BELOW if at_most <= limit.low else Verdict.UNDETERMINED
    return Verdict.WITHIN if limit.high is not None and at_most <= limit.high else Verdict.UNDETERMINED


def assess(
    limits: Iterable[Limit],
    parameter: str,
    measured: Measured,
    circumstances: Circumstances,
    *,
    on: date,
    single_sample: bool = True,
) -> Judgement:
    """Find the limit that applies on a day and judge by it.

    A limit that names the regime goes before one that does not. When nothing applies, it is "no limit"; when it
    cannot be told which applies, "undetermined" with what is missing. A single sample is indicative, since the
    standard's limits are daily means (GB 18466-2005, 6.1.3.5).
    """
    known = [limit for limit in limits if limit.parameter == parameter and _is_valid(limit, on)]
    fits = [limit for limit in known if not _unfit(limit, circumstances)]
    sure = [limit for limit in fits if not _unknown(limit, circumstances)]
    if sure:
        sure.sort(key=lambda limit: limit.regime is None)
        best = sure[0]
        return Judgement(judge(measured, best), best, indicative=single_sample)
    if fits:
        return _from_all(fits, measured, circumstances, single_sample)
    if needed := _other_quantity(known, circumstances):
        return Judgement(Verdict.UNDETERMINED, missing=(needed,))
    return Judgement(Verdict.NO_LIMIT)


def _from_all(fits: Sequence[Limit], measured: Measured, circumstances: Circumstances, single: bool) -> Judgement:
    """What is not known may not matter: all limits that could apply agree."""
    verdicts = {judge(measured, limit) for limit in fits}
    missing = sorted({name for limit in fits for name in _unknown(limit, circumstances)})
    if len(verdicts) == 1 and missing == ["contact_hours"] and len(fits) > 1:
        return Judgement(verdicts.pop(), fits[0], indicative=single)
    return Judgement(Verdict.UNDETERMINED, missing=tuple(missing))


def _is_valid(limit: Limit, on: date) -> bool:
    return limit.valid_from <= on and (limit.valid_to is None or on <= limit.valid_to)


def _unfit(limit: Limit, circumstances: Circumstances) -> bool:
    """Does something known exclude this limit?"""
    for key in (*_KEYS, "quantity"):
        wanted, given = getattr(limit, key), getattr(circumstances, key)
        if wanted is not None and given is not None and wanted != given:
            return True
    hours = circumstances.contact_hours
    if hours is None:
        return False
    too_short = limit.contact_at_least is not None and hours < limit.contact_at_least
    return too_short or (limit.contact_below is not None and hours >= limit.contact_below)


def _unknown(limit: Limit, circumstances: Circumstances) -> list[str]:
    """What this limit depends on that is not known."""
    keys = [k for k in (*_KEYS, "quantity") if getattr(limit, k) is not None and getattr(circumstances, k) is None]
    depends_on_contact = limit.contact_at_least is not None or limit.contact_below is not None
    return [*keys, "contact_hours"] if depends_on_contact and circumstances.contact_hours is None else keys


def _other_quantity(known: Sequence[Limit], circumstances: Circumstances) -> str | None:
    """The chlorine that should have been measured instead, if a limit for it would apply."""
    for limit in known:
        same = [getattr(limit, key) in (None, getattr(circumstances, key)) for key in _KEYS]
        if limit.quantity and circumstances.quantity and limit.quantity != circumstances.quantity and all(same):
            return f"{limit.quantity}_chlorine"
    return None


def as_plain(limit: Limit) -> dict[str, str | bool]:
    """A limit as plain data for the phone; what is not set is left out."""
    pairs = ((one.name, getattr(limit, one.name)) for one in fields(limit))
    return {name: value if isinstance(value, bool) else str(value) for name, value in pairs if value is not None}
