"""Migrations for SQLite and PostgreSQL from one history; the engine's own tables (DBOS) are left alone."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import AutoString, SQLModel

import backend.audit.tables
import backend.ceremonies.rows
import backend.jobs.failures
import backend.jobs.heartbeat
import backend.mail.outbox
import backend.people.rows  # noqa: F401 because importing the tables registers them for autogenerate
from backend.audit.log import assert_protected, protect
from backend.database import Moment


def ours(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:  # noqa: FBT001 because Alembic calls it so
    """Tell whether a table is one of ours: DBOS shares the SQLite file."""
    return not (kind == "table" and reflected and name not in SQLModel.metadata.tables) and item is not None


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what the database holds, so that no migration depends on today's code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.String(length=27)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def migrate(connection: sa.Connection) -> None:
    """Run what is missing in one transaction, then set the log's protection again and check it."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=ours,
        render_item=plain,
        compare_type=True,
        transactional_ddl=True,  # SQLite can, since we begin its transactions ourselves
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Several processes may start at once: one migrates, the others wait.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(20210520)"))
        context.run_migrations()
        protect(connection)
        newest = context.script.get_current_head() == context.get_context().get_current_revision()
        assert_protected(connection, whole=newest)


def engine() -> sa.Engine:
    """Return an engine that keeps no connection; SQLite has foreign keys off, or a batch rebuild deletes children."""
    made = sa.create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=sa.NullPool)
    if made.dialect.name == "sqlite":

        @sa.event.listens_for(made, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA foreign_keys=OFF")

        sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return made


with engine().connect() as opened:
    migrate(opened)
