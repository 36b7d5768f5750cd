"""Runs migrations on the application's own engine. Tables are rebuilt with foreign keys off, and checked afterwards."""

from alembic import context

from webapp.extensions import Base, db
from webapp.kernel.database import in_one_transaction


def run() -> None:
    engine = db.engine
    with in_one_transaction(engine) as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if is_sqlite and raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")  # a rebuilt table would cascade into its children
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if is_sqlite and raw is not None:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            raw.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"rows without their parents after migrating: {broken[:5]}")


run()
