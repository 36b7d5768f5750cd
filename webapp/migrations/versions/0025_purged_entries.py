"""Tombstones of purged entries, the runs that purged them, and how long each kind of record is kept.

What was written once may still not be changed, but it may be emptied: the journal's reasons, and second versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Table, what may be emptied, and when a change of it is none of that.
GUARDED = (
    ("journal", ("private",), "NEW.private IS NOT NULL"),
    ("entry_conflict", ("content", "content_salt"), "NEW.content <> '' OR NEW.content_salt <> ''"),
)


def upgrade() -> None:
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(24), nullable=False, unique=True),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("days", sa.Integer()),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id")),
        sa.Column("reason", sa.Text()),
        sa.Column("began_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime()),
        sa.Column("last_at", sa.DateTime()),
        sa.Column("digest", sa.String(64)),
        sa.Column("space", sa.String(40)),
        sa.Column("backups_until", sa.Date()),
    )
    op.create_table(
        "purged_entry",
        sa.Column("uuid", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("purge_run.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.add_column("district", sa.Column("retention", sa.Text(), nullable=False, server_default="{}"))
    for table, free, otherwise in GUARDED:
        _guard(table, free, otherwise)


def downgrade() -> None:
    for table, free, _otherwise in GUARDED:
        _guard(table, free, None)
    op.drop_column("district", "retention")
    op.drop_table("purged_entry")
    op.drop_table("purge_run")


def _guard(table: str, free: tuple[str, ...], otherwise: str | None) -> None:
    """Refuse every change of a row but emptying these columns; without `otherwise` that too."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    on = "" if is_sqlite else f" ON {table}"
    op.execute(f"DROP TRIGGER {table}_no_update{on}")
    if otherwise is None:
        op.execute(f"DROP TRIGGER {table}_emptied{on}")
    names = (column["name"] for column in sa.inspect(op.get_bind()).get_columns(table))
    kept = [name for name in names if name != "block_id" and (otherwise is None or name not in free)]
    run = refuse if is_sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {', '.join(kept)} ON {table} {run}")
    if otherwise is not None:
        when = f"WHEN {otherwise} {refuse}"
        if not is_sqlite:
            when = f"FOR EACH ROW WHEN ({otherwise}) EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {table}_emptied BEFORE UPDATE OF {', '.join(free)} ON {table} {when}")
