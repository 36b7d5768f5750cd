"""What was typed as an answer of a check, as where a visitor comes from and into a refusal's sentence is sealed."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.inspections.checklists import ItemKind, find
from webapp.kernel.sealing import keyring

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 500
COLUMNS = (("visit", "origin"), ("envelope", "values"))
ANSWER = sa.table("inspection_answer", *(sa.column(name) for name in ("inspection_id", "item", "answer", "words")))
CHECK = sa.table("inspection", *(sa.column(name) for name in ("id", "checklist_code", "checklist_version")))


def upgrade() -> None:
    with op.batch_alter_table("inspection_answer") as batch:
        batch.add_column(sa.Column("words", sa.Text()))
        batch.alter_column("answer", existing_type=sa.String(2000), nullable=True)
    _seal_answers()
    with op.batch_alter_table("inspection_answer") as batch:
        batch.create_check_constraint(op.f("ck_inspection_answer_said"), "(answer IS NULL) <> (words IS NULL)")
    with op.batch_alter_table("visit") as batch:
        batch.alter_column("origin", existing_type=sa.String(100), type_=sa.Text(), existing_nullable=False)
    for table, column in COLUMNS:
        _seal_column(table, column)


def downgrade() -> None:
    raise NotImplementedError("what was sealed is not written in the clear again; restore the backup made before")


def _seal_answers() -> None:
    """Answers to items of kind text; those to an item that no checklist here knows are sealed as well."""
    kinds = sa.select(CHECK.c.checklist_code, CHECK.c.checklist_version, ANSWER.c.item).distinct()
    for code, version, item in op.get_bind().execute(kinds.where(CHECK.c.id == ANSWER.c.inspection_id)).all():
        if _is_typed(code, version, item):
            named = CHECK.c.checklist_code == code, CHECK.c.checklist_version == version
            of_it = ANSWER.c.inspection_id.in_(sa.select(CHECK.c.id).where(*named))
            for row in _waiting(of_it, ANSWER.c.item == item, ANSWER.c.words.is_(None)):
                this = ANSWER.c.inspection_id == row.inspection_id, ANSWER.c.item == item
                words = keyring().seal(row.answer, "inspection_answer.words")
                op.get_bind().execute(sa.update(ANSWER).where(*this).values(answer=None, words=words))


def _waiting(*which: Any) -> Iterator[Any]:
    query = sa.select(ANSWER.c.inspection_id, ANSWER.c.answer).where(*which).limit(BATCH)
    while batch := op.get_bind().execute(query).all():
        yield from batch


def _is_typed(code: str, version: int, item: str) -> bool:
    checklist = find(code, version)
    kinds = {listed.code: listed.kind for listed in checklist.items} if checklist else {}
    return kinds.get(item, ItemKind.TEXT) is ItemKind.TEXT


def _seal_column(table: str, column: str) -> None:
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(column, sa.Text()))
    query = sa.select(rows.c.id, rows.c[column]).order_by(rows.c.id).limit(BATCH)
    bind, last = op.get_bind(), None
    while batch := bind.execute(query.where(rows.c.id > last) if last else query).all():
        for row_id, text in batch:
            if text is not None:
                sealed = {column: keyring().seal(text, f"{table}.{column}")}
                bind.execute(sa.update(rows).where(rows.c.id == row_id).values(sealed))
        last = batch[-1][0]
