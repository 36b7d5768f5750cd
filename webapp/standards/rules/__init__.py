"""The rules of standards: measured values, limits, and the judgement of a value by a limit."""

from webapp.standards.rules.judging import OUT_OF_LIMITS, Judgement, Verdict, applying, assess, candidates_for, judge
from webapp.standards.rules.limits import EVERY_PARAMETER, Circumstances, Limit, Point, Quantity, as_plain, from_plain
from webapp.standards.rules.measuring import Measured, Word, parse_measured

__all__ = [
    "EVERY_PARAMETER",
    "OUT_OF_LIMITS",
    "Circumstances",
    "Judgement",
    "Limit",
    "Measured",
    "Point",
    "Quantity",
    "Verdict",
    "Word",
    "applying",
    "as_plain",
    "assess",
    "candidates_for",
    "from_plain",
    "judge",
    "parse_measured",
]
