"""What a reading means against the standard. Pure; the same in static/js/standards.js, by one table of cases.

Choices, where the documents leave one (GB 18466-2005 is the base text, the 2020 plan, doc 52, the preset `covid`):

- Chlorine is judged by the quantity that was measured: total by GB 18466 under either regime, free only by doc 52.
  Free chlorine under the ordinary regime is undetermined; what is missing is `total_chlorine`.
- Under `covid` a limit made for that regime goes before the base text; where it has none, the base text stands.
- Doc 52 asks > 6.5 mg/L free at 1.5 h or more and > 10 at 1.0 h; between the two the stricter stands; under 1.0 h it
  names no number (`longer_contact`). It speaks to medical institutions of every size, never to municipal works.
- Tables 1 and 2 are daily means (6.1.3.5): one sample is `indicative`. `process` marks the process control of their
  notes (contact time, chlorine at the contact tank), which has a floor and a ceiling; the outlet has only a ceiling.
- "No limit" is a verdict of its own, never "within"; a standard we do not hold is "undetermined", never "no limit".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.standards.rules.limits import EVERY_PARAMETER, Circumstances, Limit
from webapp.standards.rules.measuring import Measured

_FACTS = (  # as a limit names it, as the circumstances do
    ("institution", "institution"),
    ("points", "point"),
    ("route", "route"),
    ("disinfectant", "disinfectant"),
    ("regime", "regime"),
    ("effluent_class", "effluent_class"),
)
_RANGES = (("contact", "contact_hours"), ("celsius", "store_celsius"))


class Verdict(StrEnum):
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    NO_LIMIT = "no_limit"
    UNDETERMINED = "undetermined"


OUT_OF_LIMITS = frozenset({Verdict.ABOVE, Verdict.BELOW})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the limit it rests on, and what was not known when it cannot be told."""

    verdict: Verdict
    limit: Limit | None = None
    missing: tuple[str, ...] = ()
    indicative: bool = False


def judge(measured: Measured, limit: Limit) -> Verdict:
    """Compare a value with one limit. "Less than" and "beyond" count only where all they may stand for agrees."""
    if limit.no_limit:
        return Verdict.NO_LIMIT
    if limit.unstated:
        return Verdict.UNDETERMINED
    if limit.absent:
        return Verdict.WITHIN if measured.value == 0 or measured.below_detection else Verdict.ABOVE
    reaches, stays = _reaches_low(measured, limit), _stays_under_high(measured, limit)
    if reaches is False:
        return Verdict.BELOW
    if stays is False:
        return Verdict.ABOVE
    return Verdict.WITHIN if reaches and stays else Verdict.UNDETERMINED


def _reaches_low(measured: Measured, limit: Limit) -> bool | None:
    """None: cannot be told."""
    if limit.low is None:
        return True
    if measured.below_detection:
        return False if measured.value <= limit.low else None
    if measured.beyond_range:
        return True if measured.value >= limit.low else None
    return measured.value > limit.low or (limit.low_inclusive and measured.value == limit.low)


def _stays_under_high(measured: Measured, limit: Limit) -> bool | None:
    if limit.high is None:
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
    """Find the limit that applies on a day and judge by it; no value is ever refused.

    `missing` names the facts that would decide between limits, the chlorine to measure instead (`total_chlorine`,
    `free_chlorine`), or what else would help (`finer_method`, `longer_contact`, `standard`).
    """
    best, wrong = _standing(limits, parameter, circumstances, on)
    if all(row.no_limit for row in best):
        if wrong:
            return Judgement(Verdict.UNDETERMINED, wrong[0], missing=(f"{wrong[0].quantity}_chlorine",))
        return Judgement(Verdict.NO_LIMIT, best[0] if best else None)
    lacking = [_lacking(row, circumstances) for row in best]
    if not any(lacking):
        return _by_limit(measured, best[0], single_sample)
    stated = [row for row in best if not row.unstated]
    if all(facts == ["contact_hours"] for facts in lacking) and _is_below_all(measured, stated):
        return _by_limit(measured, stated[0], single_sample)
    return Judgement(Verdict.UNDETERMINED, missing=_most_wanted(lacking))


def applying(
    limits: Iterable[Limit], parameter: str, circumstances: Circumstances, *, on: date
) -> tuple[Limit | None, tuple[str, ...]]:
    """The limit that will judge, before anything is measured, or what must be known to tell; neither where none is."""
    best, wrong = _standing(limits, parameter, circumstances, on)
    if all(row.no_limit for row in best):
        return (None, (f"{wrong[0].quantity}_chlorine",)) if wrong else (best[0] if best else None, ())
    lacking = [_lacking(row, circumstances) for row in best]
    if any(lacking):
        return None, _most_wanted(lacking)
    return (None, (best[0].unstated,)) if best[0].unstated else (best[0], ())


def _standing(
    limits: Iterable[Limit], parameter: str, circumstances: Circumstances, on: date
) -> tuple[list[Limit], list[Limit]]:
    """The rows that go before all others for what was measured, and those about the other quantity."""
    candidates = candidates_for(limits, parameter, circumstances, on)
    right = [row for row in candidates if row.quantity in (None, circumstances.quantity or row.quantity)]
    best = [row for row in right if row.rank == max(one.rank for one in right)]
    return best, [row for row in candidates if row not in right]


def candidates_for(limits: Iterable[Limit], parameter: str, circumstances: Circumstances, on: date) -> list[Limit]:
    """Every row about the parameter, in force on the day, that nothing known rules out."""
    rows = (row for row in limits if row.parameter in (parameter, EVERY_PARAMETER))
    valid = (row for row in rows if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))
    return [row for row in valid if not _ruled_out(row, circumstances)]


def _is_below_all(measured: Measured, rows: Sequence[Limit]) -> bool:
    """Too little for every contact time is too little, whatever the contact time."""
    return bool(rows) and all(judge(measured, row) is Verdict.BELOW for row in rows)


def _by_limit(measured: Measured, limit: Limit, single_sample: bool) -> Judgement:
    verdict = judge(measured, limit)
    missing = (limit.unstated or "finer_method",) if verdict is Verdict.UNDETERMINED else ()
    return Judgement(verdict, limit, missing, indicative=single_sample and limit.daily_mean)


def _ruled_out(limit: Limit, circumstances: Circumstances) -> bool:
    for wanted, fact in _FACTS:
        values, known = getattr(limit, wanted), getattr(circumstances, fact)
        if values and known is not None and known not in ((values,) if isinstance(values, str) else values):
            return True
    return any(_is_outside(limit, name, getattr(circumstances, fact)) for name, fact in _RANGES)


def _is_outside(limit: Limit, name: str, value: Decimal | None) -> bool:
    at_least, below = getattr(limit, f"{name}_at_least"), getattr(limit, f"{name}_below")
    if value is None:
        return False
    return (at_least is not None and value < at_least) or (below is not None and value >= below)


def _lacking(limit: Limit, circumstances: Circumstances) -> list[str]:
    """The facts this limit depends on that nobody has said."""
    wanted = [fact for name, fact in _FACTS if getattr(limit, name)]
    wanted += ["quantity"] if limit.quantity else []
    wanted += [
        fact
        for name, fact in _RANGES
        if getattr(limit, f"{name}_at_least") is not None or getattr(limit, f"{name}_below") is not None
    ]
    return [fact for fact in wanted if getattr(circumstances, fact) is None]


def _most_wanted(lacking: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What every limit lacks is asked for first; else all that any lacks."""
    common = [fact for fact in lacking[0] if all(fact in facts for facts in lacking)]
    return tuple(common) or tuple(dict.fromkeys(fact for facts in lacking for fact in facts))
