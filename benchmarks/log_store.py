"""A log on one database to be measured, with a plain table beside it, and writers in processes of their own."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from backend import clock
from backend.audit import canonical, protection, sequencer
from backend.audit.checkpoint import SigningKey
from backend.audit.events import Actor, ConsentGiven, IdentityChecked, Role, SignatureSigned, Subject
from backend.audit.log import Log
from backend.database import Database

DEPLOYMENT = UUID("0b6c2d3e-0000-4000-8000-000000000001")
CEREMONY = UUID("01a20ac3-0000-7000-8000-00000000000c")
PLAIN = sa.Table(
    "plain",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
_ACTOR = Actor("p_" + "5c" * 16, Role.SIGNER, "region/33.13")
_SPAWN = multiprocessing.get_context("spawn")


def signed() -> SignatureSigned:
    """Return the event of one signature, some 800 bytes as a leaf."""
    return SignatureSigned(
        at=clock.now(),
        actor=_ACTOR,
        ceremony=CEREMONY,
        document=uuid7(),
        subject=Subject("pdf", "ab" * 32),
        slot="kepala_daerah",
        base_sha256="cd" * 32,
        certificate_sha256="ef" * 32,
        level="B-LTA",
        backend="pkcs12",
    )


def one_signer() -> tuple[IdentityChecked, ConsentGiven, SignatureSigned]:
    """Return what one signer leaves behind in a burst: three events in one transaction."""
    common = {"at": clock.now(), "actor": _ACTOR, "ceremony": CEREMONY}
    checked = IdentityChecked(**common, method="code")  # type: ignore[arg-type] # because the members differ in type
    consent = ConsentGiven(**common, text_sha256="ab" * 32, language="id")  # type: ignore[arg-type] # because as above
    return checked, consent, signed()


@dataclass
class Store:
    """One database with an empty log, its key and the checkpoint outside."""

    url: str
    folder: Path
    database: Database = field(init=False)
    key: SigningKey = field(init=False)
    log: Log = field(init=False)

    def __post_init__(self) -> None:
        """Open the database and make the tables."""
        self.database = Database(self.url)
        self.key = sequencer.load_or_create_key(self.folder / "keys" / "log.key", "log.contoh.invalid/bench")
        self.log = Log(DEPLOYMENT, b"k" * 32)
        tables = [SQLModel.metadata.tables[name] for name in protection.TABLES]
        with self.database.write_engine.begin() as connection:
            SQLModel.metadata.create_all(connection, tables=tables)
            protection.protect(connection)
            PLAIN.create(connection)

    @property
    def outside(self) -> Path:
        """Return where the last checkpoint is kept."""
        return self.folder / "log" / "checkpoint.txt"

    def sequence(self) -> int:
        """Number and sign what waits."""
        return sequencer.drain_and_sign(self.database, self.key, self.outside)

    def fill(self, count: int) -> None:
        """Append, number and sign `count` events."""
        for start in range(0, count, 1000):
            with self.database.writing() as session:
                self.log.append(session, [signed() for _ in range(min(1000, count - start))])
        self.sequence()


@contextmanager
def store(server: str, folder: Path) -> Iterator[Store]:
    """Yield a fresh store: on SQLite in `folder` where `server` is empty, else in a database of its own there."""
    if not server:
        made = Store(f"sqlite:///{folder / 'bench.db'}", folder)
        yield made
        made.database.close()
        return
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"prasasti_bench_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        made = Store(engine.url.set(database=name).render_as_string(hide_password=False), folder)
        yield made
        made.database.close()
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _work(url: str, orders: Connection) -> None:
    """Do what is ordered: (kind, how often); answer with the moments of the commits, then wait for more."""
    database, log = Database(url), Log(DEPLOYMENT, b"k" * 32)
    body = canonical.leaf_body(signed(), event_id=uuid7(), deployment=DEPLOYMENT, digests=[])
    while (order := orders.recv()) is not None:
        kind, times = order
        done: list[tuple[float, list[str]]] = []
        for _ in range(times):
            with database.writing() as session:
                if kind == "plain":
                    session.connection().execute(sa.insert(PLAIN), [{"id": str(uuid7()), "body": body}])
                    ids: list[UUID] = []
                else:
                    ids = log.append(session, one_signer() if kind == "signer" else [signed()])
            done.append((time.monotonic(), [str(i) for i in ids]))
        orders.send(done)
    database.close()


class Writers:
    """Processes that write at once, started before anything is measured."""

    def __init__(self, url: str, count: int) -> None:
        """Start them; each opens the database when it gets its first order."""
        self._lines: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(count):
            ours, theirs = _SPAWN.Pipe()
            process = _SPAWN.Process(target=_work, args=(url, theirs), daemon=True)
            process.start()
            self._lines.append(ours)
            self._processes.append(process)
        self.write("plain", count)  # until all have loaded their libraries

    def write(self, kind: str, transactions: int) -> list[tuple[float, list[str]]]:
        """Let them do so many transactions in all; return (moment of the commit, ids of its events) of each."""
        self.begin(kind, transactions)
        return self.finish()

    def begin(self, kind: str, transactions: int) -> None:
        """Give the order and return at once."""
        share, rest = divmod(transactions, len(self._lines))
        for number, line in enumerate(self._lines):
            line.send((kind, share + (number < rest)))

    @property
    def busy(self) -> bool:
        """Tell whether somebody still writes."""
        return not all(line.poll() for line in self._lines)

    def finish(self) -> list[tuple[float, list[str]]]:
        """Wait for all of them."""
        return [entry for line in self._lines for entry in line.recv()]

    def close(self) -> None:
        """End the processes."""
        for line in self._lines:
            line.send(None)
        for process in self._processes:
            process.join()
