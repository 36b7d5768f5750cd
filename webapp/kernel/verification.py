"""The nightly verification of the journal, and what the last one told."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.jobs import Fault, JobRun
from webapp.kernel.journal import JournalBlock

JOB = "journal.verify"
WORDS = (
    (r"(?P<n>\d+) blocks intact", _l("核对了 %(n)s 块，没有发现改动")),
    (r"(?P<n>\d+) faults(, blocks (?P<blocks>[\d ]*))?", _l("发现 %(n)s 处不符，涉及的块：%(blocks)s")),
)
_BLOCK = re.compile(r"block (\d+)\b")
_INTACT, _FAULTS = re.compile(r"(\d+) blocks intact"), re.compile(r"(\d+) faults, blocks ([\d ]*)")


@dataclass(frozen=True, slots=True)
class Check:
    """The last verification: when it began, how many blocks were intact, or how many faults it met in which blocks."""

    at: datetime
    blocks: int = 0
    faults: int = 0
    faulty: frozenset[int] = frozenset()
    is_ended: bool = True


def verify(_at: datetime) -> str:
    """Verify every block. Raises Fault with the numbers of the blocks that do not hold."""
    faults = journal.verify()
    if faults:
        numbers = sorted({int(number) for fault in faults for number in _BLOCK.findall(fault)})
        raise Fault(f"{len(faults)} faults, blocks {' '.join(map(str, numbers))}")
    return f"{db.session.scalar(select(func.count()).select_from(JournalBlock))} blocks intact"


def last_check() -> Check | None:
    """The last verification; None if there was none yet."""
    run = db.session.get(JobRun, JOB)
    if run is None or run.began_at is None:
        return None
    result = run.result or ""
    if intact := _INTACT.fullmatch(result):
        return Check(run.began_at, blocks=int(intact[1]))
    if faults := _FAULTS.match(result):
        return Check(run.began_at, faults=int(faults[1]), faulty=frozenset(map(int, faults[2].split())))
    return Check(run.began_at, is_ended=False)
