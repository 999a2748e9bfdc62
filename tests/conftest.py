"""What every test gets: no network but loopback, a database of each kind, and a summary of what was not run."""

import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.needs import NEEDS, missing, postgres

LOOPBACK = ("127.", "::1", "localhost")
NOT_HERE = "not here: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs something that this machine lacks; the summary names it."""
    for item in items:
        names = tuple(name for marker in item.iter_markers("needs") for name in marker.args)
        if absent := missing(names):
            item.add_marker(pytest.mark.skip(reason=NOT_HERE + ", ".join(absent)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, how often, and how to run it: nothing is skipped silently."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("not run", sep="-")
    for reason, count in sorted(reasons.items()):
        names = reason.removeprefix(NOT_HERE).split(", ") if reason.startswith(NOT_HERE) else []
        ways = "; ".join(NEEDS[name].how for name in names)
        terminalreporter.write_line(f"{count} tests, {reason}" + (f" -> {ways}" if ways else ""))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        inet = self.family in (socket.AF_INET, socket.AF_INET6)
        if inet and not str(address[0]).startswith(LOOPBACK):
            raise PermissionError(f"a test may not reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of an empty database: SQLite, and PostgreSQL where there is one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'prasasti.db'}"
        return
    server = sa.create_engine(postgres() or "", isolation_level="AUTOCOMMIT")
    name = f"prasasti_{uuid4().hex}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield server.url.set(database=name).render_as_string(hide_password=False)
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
