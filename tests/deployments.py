"""Deployments for tests of the core and the web: installed once, copied for each test, with a served test authority."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from backend.install import install
from backend.settings import Settings
from tests.authority import free_port, served
from tests.needs import postgres

BASE_URL = "http://127.0.0.1:8317"


@dataclass(frozen=True)
class Mould:
    """An installed deployment from which others are copied: its folder, and the databases that were installed."""

    folder: Path
    port: int
    server: str | None
    template: str

    @contextmanager
    def copy(self, folder: Path, kind: str) -> Iterator[Settings]:
        """Yield the settings of a fresh deployment in `folder`, on `sqlite` or `postgres`."""
        shutil.copytree(self.folder, folder)
        plain = Settings(data=folder, base_url=BASE_URL, testpki_port=self.port, development=True)
        if kind == "sqlite":
            yield plain
            return
        with _database(self.server or "", self.template) as url:
            (folder / "prasasti.db").unlink()
            yield plain.model_copy(update={"database": url})


@contextmanager
def mould(folder: Path) -> Iterator[Mould]:
    """Install a deployment in `folder` on every kind of database there is, and serve its test authority."""
    port = free_port()
    install(Settings(data=folder, base_url=BASE_URL, testpki_port=port))
    server = postgres()
    with served(folder / "keys" / "testpki", port):
        if server is None:
            yield Mould(folder, port, None, "")
            return
        with _database(server, "template1") as url:
            again = folder.with_name(f"{folder.name}-postgres")
            shutil.copytree(folder, again)
            shutil.rmtree(again / "log")
            install(Settings(data=again, base_url=BASE_URL, testpki_port=port, database=url))
            name = sa.make_url(url).database or ""
            _disconnect(server, name)
            yield Mould(folder, port, server, name)


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"prasasti_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def _disconnect(server: str, name: str) -> None:
    """End connections that an installation left open: a template may have none."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
    engine.dispose()
