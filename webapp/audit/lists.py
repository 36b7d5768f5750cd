"""The list of the journal's rows."""

from dataclasses import replace
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l

from webapp.audit import labels, queries
from webapp.audit.forms import JournalFilter
from webapp.audit.models import JournalScope
from webapp.kernel.journal import JournalRow
from webapp.kernel.listing import Axes, Column, Listing, PageOf
from webapp.kernel.listing.filters import on_day
from webapp.kernel.verification import Check, last_check


def checked() -> Check | None:
    """The last verification, read once for a page."""
    if "journal_check" not in g:
        g.journal_check = last_check()
    check: Check | None = g.journal_check
    return check


def seal_of(row: Any) -> str:
    """The state of a row's block: open, sealed, or faulty where the last verification met a difference."""
    if row.block_id is None:
        return "open"
    check = checked()
    return "faulty" if check and row.block_id in check.faulty else "sealed"


_AT = Column("at", _l("时间"), lambda row: row.at, kind="moment", sort=JournalRow.at)
JOURNAL = Listing(
    id="journal",
    template="audit/index.html",
    title=_l("操作日志"),
    columns=(
        _AT,
        Column("who", _l("操作人"), labels.who),
        Column("what", _l("操作事项"), labels.what),
        Column("about", _l("对象"), labels.about),
        Column("details", _l("详情"), labels.summary, priority=3),
        Column("from", _l("来自"), labels.origin, names=labels.origins, priority=3),
        Column("seal", _l("封存情况"), seal_of, enum=labels.SEALS, tone=labels.SEAL_TONES, priority=2),
        Column("block", _l("封存块"), lambda row: row.block_id, kind="number", priority=3),
    ),
    select=queries.rows,
    reads=queries.SHOWN,
    order=(JournalRow.at, JournalRow.seq),
    filters=JournalFilter,
    url=PageOf("audit.row", "seq", id_of=lambda row: row.seq),
    axes=Axes(None, None, on_day(JournalRow.at)),
    status=lambda row: "refused" if seal_of(row) == "faulty" else None,
    empty_title=_l("日志里还没有记录"),
    empty_text=_l("每一次登录、登记、修改和查看全号都会自动记在这里，不能改，也不能删。"),
)
# The same list for the reader of units, in the order of the index of their rows.
OF_UNITS = replace(
    JOURNAL,
    columns=(replace(_AT, sort=JournalScope.at), *JOURNAL.columns[1:]),
    select=queries.rows_by_unit,
    order=(JournalScope.at, JournalScope.seq),
)
