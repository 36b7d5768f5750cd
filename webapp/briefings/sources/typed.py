"""Texts that no record holds: typed when a report is made. Each line becomes a paragraph."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Holds, Value
from webapp.briefings.sources.group import Asked, Group, Remedy

CODES = (
    Code("text.summary", _l("主要工作情况"), Holds.TYPED),
    Code("text.problems", _l("存在问题和困难"), Holds.TYPED),
    Code("text.next_steps", _l("下一步工作打算"), Holds.TYPED),
)


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    return [Value(name, asked.typed.get(name) or None) for name in names]


def _remedy(_printed: object, _actor: object) -> Remedy:
    return Remedy(_l("没有填写，也没有勾选日报告里的。请重新生成，或在 Word 里补填。"))


GROUP = Group("text", _l("生成时填写的文字"), lambda: CODES, _values, remedy=_remedy)
