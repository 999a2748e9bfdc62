"""The database behind every table: one engine to read, one to write, and the only `commit` of the program.

SQLite writes begin IMMEDIATE (a deferred begin fails at once under contention, notes/jobs.md 3); PostgreSQL uses the
same code with row locks. Facts in, rows out: no rule lives here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, SQLModel

from backend import clock

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES


class Moment(sa.TypeDecorator[datetime]):
    """A moment as text, RFC 3339 UTC with six fraction digits: the same bytes on every database (invariant 9)."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 -- because SQLAlchemy calls it so
        """Return the text to store."""
        return None if value is None else clock.to_text(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 -- because SQLAlchemy calls it so
        """Return the aware moment that was stored."""
        return None if value is None else clock.from_text(value)


Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]
"""What SQLite asks before it prepares a statement (sqlite3_set_authorizer)."""


def _prepare_sqlite(connection: Any, authorizer: Authorizer | None) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    if authorizer is not None:
        connection.set_authorizer(authorizer)


def _engine(url: str, begin: str, size: int, authorizer: Authorizer | None) -> sa.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=size, max_overflow=0, pool_pre_ping=True)
    engine = sa.create_engine(url, pool_size=size, max_overflow=0, pool_timeout=60)
    sa.event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, authorizer))
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


class Database:
    """Two engines on one database. Sessions come from `reading` and `writing`, nothing else opens one."""

    def __init__(self, url: str, authorizer: Authorizer | None = None) -> None:
        """Open `url` (`sqlite:///...` or `postgresql+psycopg://...`); nothing is created.

        `authorizer` limits what this program's own connections may do on SQLite; PostgreSQL has roles for that.
        """
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self.write_engine = _engine(url, "BEGIN IMMEDIATE", 2 if self.sqlite else 10, authorizer)
        self.read_engine = _engine(url, "BEGIN", 10, authorizer) if self.sqlite else self.write_engine
        self._write = sessionmaker(self.write_engine, class_=Session, expire_on_commit=False)
        self._read = sessionmaker(self.read_engine, class_=Session, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for reading; whatever it changed is rolled back."""
        with self._read() as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session that commits when the block ends and rolls back when it raises.

        Nothing slow belongs inside: on SQLite it holds the one write lock (DESIGN section 10).
        """
        with self._write() as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.write_engine.dispose()
        self.read_engine.dispose()
