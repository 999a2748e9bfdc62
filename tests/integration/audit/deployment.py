"""A small deployment with a log of its own, and the hand of somebody who may do anything to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from backend import clock
from backend.audit import protection, reader, sequencer
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.events import Actor, DocumentReturned, Event, Personal, Role, SignatureSigned, Subject
from backend.audit.faults import LogReport
from backend.audit.log import Log
from backend.database import Database

CEREMONY = UUID("01a20ac3-0000-7000-8000-00000000000c")
OTHER_CEREMONY = UUID("01a20ac3-0000-7000-8000-0000000000cc")
DOCUMENT = UUID("01a20ac3-0000-7000-8000-00000000000d")
HEAD = Actor("p_" + "5c" * 16, Role.SIGNER, "region/33.13")
DEPLOYMENT = UUID("0b6c2d3e-0000-4000-8000-000000000001")


def signed(sha256: str = "ab" * 32, ceremony: UUID = CEREMONY, slot: str = "kepala_daerah") -> SignatureSigned:
    """Return the event of a signature that made the revision `sha256`."""
    return SignatureSigned(
        at=clock.now(),
        actor=HEAD,
        ceremony=ceremony,
        document=DOCUMENT,
        subject=Subject("pdf", sha256),
        slot=slot,
        base_sha256="cd" * 32,
        certificate_sha256="ef" * 32,
        level="B-LTA",
        backend="pkcs12",
    )


def returned(words: str, pseudonym: str = HEAD.pseudonym) -> DocumentReturned:
    """Return the event of a document sent back with the words of a person."""
    personal = (Personal(pseudonym, "reason", words),)
    return DocumentReturned(at=clock.now(), actor=HEAD, ceremony=CEREMONY, document=DOCUMENT, personal=personal)


@dataclass
class Deployment:
    """Database, log, key and the checkpoint file outside."""

    database: Database
    log: Log
    key: SigningKey
    path: Path

    @property
    def vkey(self) -> str:
        return self.key.public.to_text()

    def record(self, *events: Event) -> list[UUID]:
        """Append events in one transaction."""
        with self.database.writing() as session:
            return self.log.append(session, events)

    def drain_and_sign(self) -> int:
        """Do what the worker does when it is woken."""
        return sequencer.drain_and_sign(self.database, self.key, self.path)

    def sign(self) -> Checkpoint | None:
        """Sign the head as it is."""
        return sequencer.sign_checkpoint(self.database, self.key, self.path)

    def verify(self) -> LogReport:
        """Inspect the whole log."""
        return reader.verify_log(self.database, self.vkey, self.path)

    def codes(self) -> set[str]:
        """Inspect the whole log; return the codes of what is wrong."""
        return {fault.code for fault in self.verify().faults}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(sa.text(sql))]

    def all_of(self, table: str) -> list[tuple[Any, ...]]:
        """Return all rows of one of our tables."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(sa.select(SQLModel.metadata.tables[table]))]

    @contextmanager
    def tampering(self) -> Iterator[sa.Connection]:
        """Yield a connection that nothing stops, as an owner of the database has it; the triggers stand again after."""
        engine = sa.create_engine(self.database.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            for trigger in protection._triggers(connection):
                on = f" ON {trigger.table}" if "postgresql" in self.database.url else ""
                connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}{on}")
            if on:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            protection.protect(connection)
        engine.dispose()

    def tamper(self, sql: str, **values: object) -> None:
        """Change one table behind the log's back; fails if nothing was changed."""
        with self.tampering() as connection:
            assert connection.execute(sa.text(sql), values).rowcount, "the attack hit nothing"


def create_tables(database: Database) -> None:
    """Create the tables of the log and their triggers."""
    tables = [SQLModel.metadata.tables[name] for name in protection.TABLES]
    with database.write_engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=tables)
        protection.protect(connection)
