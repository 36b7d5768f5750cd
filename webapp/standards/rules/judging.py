"""Judges a reading by the standard. static/js/standards.js does the same; one case file runs against both.

Interpretations where the documents leave a choice (base text: GB 18466-2005; preset `covid`: the 2020 plan, doc 52):

- Chlorine is judged by the measured quantity: total by GB 18466 under either regime, free only by doc 52.
  Free chlorine under the ordinary regime is undetermined; the missing fact is `total_chlorine`.
- Under `covid` a limit of that regime takes precedence over the base text; without one, the base text applies.
- Doc 52 requires > 6.5 mg/L free at 1.5 h or more and > 10 at 1.0 h; in between the stricter one applies; below 1.0 h
  it gives no number (`longer_contact`). It applies to medical institutions of every size, not to municipal works.
- Tables 1 and 2 are daily means (6.1.3.5): one sample is `indicative`. `process` marks the process control of their
  notes (contact time, chlorine at the contact tank), which has a floor and a ceiling; the outlet has only a ceiling.
- "No limit" is a verdict of its own, never "within". A standard that is not in the data is "undetermined", never "no
  limit"; so is a value at a point where the standard does not require it (mercury at the external outlet).
- A value outside (or within) every limit that may apply is judged without knowing which one applies. A contact time
  that is known to be too short requires more than any stated number.
- Total chlorine of exactly 0.5 mg/L at the outlet is within: table 1 item 25 says "at most 0.5" and is the limit; the
  "below 0.5" of 4.1.6 describes dechlorination.
- "Not detected" is below any ceiling and below any floor; "detected" gives a verdict only if the substance must be
  absent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.standards.rules.limits import EVERY_PARAMETER, Circumstances, Limit, Point
from webapp.standards.rules.measuring import Measured, Word

_FACTS = (  # as a limit names it, as the circumstances do
    ("institution", "institution"),
    ("points", "point"),
    ("route", "route"),
    ("disinfectant", "disinfectant"),
    ("regime", "regime"),
    ("effluent_class", "effluent_class"),
)
_RANGES = (("contact", "contact_hours"), ("celsius", "store_celsius"))
_WATER = frozenset({Point.CONTACT_TANK_OUTLET, Point.EXTERNAL_OUTLET, Point.DEPARTMENT_OUTLET, Point.DECAY_TANK_OUTLET})
# Facts for which the rows cover every possible value, so that a verdict common to all rows holds whatever the fact is.
_COVERED = frozenset({"route", "contact_hours", "store_celsius", "effluent_class"})


class Verdict(StrEnum):
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    NO_LIMIT = "no_limit"
    UNDETERMINED = "undetermined"


OUT_OF_LIMITS = frozenset({Verdict.ABOVE, Verdict.BELOW})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the limit it is based on, and the `missing` facts if it is undetermined."""

    verdict: Verdict
    limit: Limit | None = None
    missing: tuple[str, ...] = ()
    indicative: bool = False


def judge(measured: Measured, limit: Limit) -> Verdict:
    """Compare a value with one limit. "Less than" and "beyond" are judged only if all values they cover agree."""
    if limit.no_limit:
        return Verdict.NO_LIMIT
    if limit.unstated:
        return Verdict.UNDETERMINED
    if measured.word is Word.DETECTED:
        return Verdict.ABOVE if limit.absent else Verdict.UNDETERMINED
    if limit.absent:
        return Verdict.WITHIN if not measured.value or measured.below_detection else Verdict.ABOVE
    reaches, stays = _reaches_low(measured, limit), _stays_under_high(measured, limit)
    if reaches is False:
        return Verdict.BELOW
    if stays is False:
        return Verdict.ABOVE
    return Verdict.WITHIN if reaches and stays else Verdict.UNDETERMINED


def _reaches_low(measured: Measured, limit: Limit) -> bool | None:
    """None: undetermined."""
    if limit.low is None:
        return True
    if measured.value is None:
        return False
    if measured.below_detection:
        return False if measured.value <= limit.low else None
    if measured.beyond_range:
        return True if measured.value >= limit.low else None
    return measured.value > limit.low or (limit.low_inclusive and measured.value == limit.low)


def _stays_under_high(measured: Measured, limit: Limit) -> bool | None:
    if limit.high is None or measured.value is None:
        return True
    if measured.below_detection:
        return True if measured.value <= limit.high else None
    if measured.beyond_range:
        return False if measured.value >= limit.high else None
    return measured.value < limit.high or (limit.high_inclusive and measured.value == limit.high)


def assess(
    limits: Iterable[Limit],
    parameter: str,
    measured: Measured,
    circumstances: Circumstances,
    *,
    on: date,
    single_sample: bool = True,
) -> Judgement:
    """Find the limit that applies on a day and judge by it; every value gets a judgement.

    `missing` names the facts that would decide between limits, the chlorine to measure instead (`total_chlorine`,
    `free_chlorine`), or another remedy (`finer_method`, `longer_contact`, `standard`).
    """
    best, wrong = _standing(limits, parameter, circumstances, on)
    if all(row.no_limit for row in best):
        if wrong:
            return Judgement(Verdict.UNDETERMINED, wrong[0], missing=(f"{wrong[0].quantity}_chlorine",))
        if not best and _is_asked_elsewhere(limits, parameter, circumstances, on):
            return Judgement(Verdict.UNDETERMINED, missing=("point",))
        return Judgement(Verdict.NO_LIMIT, best[0] if best else None)
    lacking = [_lacking(row, circumstances) for row in best]
    limit = _telling(measured, best, lacking)
    if best[0].unstated == "longer_contact" and not any(lacking):
        longer, _wrong = _standing(limits, parameter, replace(circumstances, contact_hours=None), on)
        limit = _too_little(measured, longer) or best[0]
    if limit is None:
        return Judgement(Verdict.UNDETERMINED, missing=_most_wanted(lacking))
    return _by_limit(measured, limit, single_sample)


def applying(
    limits: Iterable[Limit], parameter: str, circumstances: Circumstances, *, on: date
) -> tuple[Limit | None, tuple[str, ...]]:
    """The limit that will apply before a value is measured, or the missing facts; (None, ()) if there is no limit."""
    best, wrong = _standing(limits, parameter, circumstances, on)
    if all(row.no_limit for row in best):
        if not best and not wrong and _is_asked_elsewhere(limits, parameter, circumstances, on):
            return None, ("point",)
        return (None, (f"{wrong[0].quantity}_chlorine",)) if wrong else (best[0] if best else None, ())
    lacking = [_lacking(row, circumstances) for row in best]
    if any(lacking):
        return None, _most_wanted(lacking)
    return (None, (best[0].unstated,)) if best[0].unstated else (best[0], ())


def _standing(
    limits: Iterable[Limit], parameter: str, circumstances: Circumstances, on: date
) -> tuple[list[Limit], list[Limit]]:
    """The rows of highest rank for the measured quantity, and the rows for the other quantity."""
    candidates = candidates_for(limits, parameter, circumstances, on)
    right = [row for row in candidates if row.quantity in (None, circumstances.quantity or row.quantity)]
    best = [row for row in right if row.rank == max(other.rank for other in right)]
    return best, [row for row in candidates if row not in right]


def candidates_for(limits: Iterable[Limit], parameter: str, circumstances: Circumstances, on: date) -> list[Limit]:
    """The rows of a parameter that are in force on the day and not ruled out by a known fact."""
    rows = (row for row in limits if row.parameter in (parameter, EVERY_PARAMETER))
    valid = (row for row in rows if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))
    return [row for row in valid if not _ruled_out(row, circumstances)]


def _is_asked_elsewhere(limits: Iterable[Limit], parameter: str, circumstances: Circumstances, on: date) -> bool:
    """Whether this parameter has a limit only at another point of the same water."""
    if circumstances.point not in _WATER:
        return False
    rows = candidates_for(limits, parameter, replace(circumstances, point=None), on)
    return any(row.parameter == parameter and not row.no_limit and _WATER & set(row.points) for row in rows)


def _telling(measured: Measured, rows: Sequence[Limit], lacking: Sequence[Sequence[str]]) -> Limit | None:
    """The limit to judge by: the one that applies or, with missing facts, one of several with the same verdict."""
    if not any(lacking):
        return rows[0]
    if not set().union(*lacking) <= _COVERED:
        return None
    stated = [row for row in rows if not row.unstated]
    verdicts = {judge(measured, row) for row in stated}
    if verdicts == {Verdict.BELOW}:  # rows without a number require even more
        return min(stated, key=_lowest)
    if len(stated) < len(rows):
        return None
    if verdicts == {Verdict.ABOVE}:
        return max(stated, key=_highest)
    return min(stated, key=_highest) if verdicts == {Verdict.WITHIN} else None


def _too_little(measured: Measured, rows: Sequence[Limit]) -> Limit | None:
    """The limit with the lowest floor that the value does not reach."""
    short = [row for row in rows if not row.unstated and judge(measured, row) is Verdict.BELOW]
    return min(short, key=_lowest, default=None)


def _lowest(limit: Limit) -> Decimal:
    return Decimal(0) if limit.low is None else limit.low


def _highest(limit: Limit) -> Decimal:
    return Decimal("Infinity") if limit.high is None else limit.high


def _by_limit(measured: Measured, limit: Limit, single_sample: bool) -> Judgement:
    verdict = judge(measured, limit)
    remedy = limit.unstated or ("number" if measured.word else "finer_method")
    missing = (remedy,) if verdict is Verdict.UNDETERMINED else ()
    return Judgement(verdict, limit, missing, indicative=single_sample and limit.daily_mean)


def _ruled_out(limit: Limit, circumstances: Circumstances) -> bool:
    if circumstances.institution in limit.except_institution:
        return True
    for attribute, fact in _FACTS:
        values, known = getattr(limit, attribute), getattr(circumstances, fact)
        if values and known is not None and known not in ((values,) if isinstance(values, str) else values):
            return True
    return any(_is_outside(limit, name, getattr(circumstances, fact)) for name, fact in _RANGES)


def _is_outside(limit: Limit, name: str, value: Decimal | None) -> bool:
    at_least, below = getattr(limit, f"{name}_at_least"), getattr(limit, f"{name}_below")
    if value is None:
        return False
    return (at_least is not None and value < at_least) or (below is not None and value >= below)


def _lacking(limit: Limit, circumstances: Circumstances) -> list[str]:
    """The unknown facts on which this limit depends."""
    facts = [fact for name, fact in _FACTS if getattr(limit, name)]
    facts += ["quantity"] if limit.quantity else []
    facts += [
        fact
        for name, fact in _RANGES
        if getattr(limit, f"{name}_at_least") is not None or getattr(limit, f"{name}_below") is not None
    ]
    return [fact for fact in facts if getattr(circumstances, fact) is None]


def _most_wanted(lacking: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The facts missing for every limit; if there are none, those missing for any limit."""
    common = [fact for fact in lacking[0] if all(fact in facts for facts in lacking)]
    return tuple(common) or tuple(dict.fromkeys(fact for facts in lacking for fact in facts))
