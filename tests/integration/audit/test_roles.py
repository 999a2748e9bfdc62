"""The roles of PostgreSQL: the whole product works under them, and whatever would change the log is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend import install, selfcheck, wiring
from backend.audit import protection, reader, roles
from backend.audit.rights import RIGHTS
from backend.ceremonies.actions import sign
from backend.ceremonies.ceremony import CeremonyStatus
from backend.ceremonies.document import DocumentStatus
from backend.database import Database
from backend.jobs.catalogue import JobName
from backend.settings import Settings
from tests.authority import free_port, served
from tests.deployments import BASE_URL
from tests.integration.audit.test_protection import FORBIDDEN, POSTGRES
from tests.integration.ceremonies.stage import Stage, stage
from tests.needs import postgres

pytestmark = pytest.mark.needs("postgres")

TAMPERING = [
    *FORBIDDEN,
    *POSTGRES,
    *(f"TRUNCATE {table}" for table in RIGHTS),
    *(f"DROP TABLE {table} CASCADE" for table in RIGHTS),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in RIGHTS),
    "DROP TRIGGER audit_event_no_update ON audit_event",
    "CREATE OR REPLACE FUNCTION audit_event_no_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_no_update()",
    "SET session_replication_role = replica",
    "SET ROLE prasasti_owner",
    "CREATE TABLE mine (id int)",
    "UPDATE alembic_version SET version_num = '0000'",
]
NOT_FOR_WEB = [
    "INSERT INTO audit_leaf SELECT coalesce(max(l.seq) + 1, 0), min(q.event_id) FROM audit_queue q, audit_leaf l",
    "INSERT INTO audit_node VALUES (9, 9, 'x')",
    "INSERT INTO audit_checkpoint SELECT size + 1, size, root, note FROM audit_checkpoint",
    "INSERT INTO audit_tsr SELECT size, 'mine', 'x' FROM audit_checkpoint",
    "INSERT INTO audit_cosignature SELECT size, 'mine', 'x' FROM audit_checkpoint",
    "UPDATE audit_head SET size = size + 1",
    "DELETE FROM audit_queue",
    "SET ROLE prasasti_sequencer",
]


@contextmanager
def separated(folder: Path) -> Iterator[Settings]:
    """Yield an installed deployment whose web and worker have users of their own."""
    server = sa.create_engine(postgres() or "", isolation_level="AUTOCOMMIT")
    name = uuid4().hex
    address = server.url.set(database=f"prasasti_{name}")
    users = {part: f"{part}_{name}" for part in ("web", "worker")}
    port = free_port()
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE prasasti_{name}"))
        settings = Settings(
            data=folder,
            base_url=BASE_URL,
            testpki_port=port,
            database=address.set(username=users["web"], password="sandi: 100 %'").render_as_string(hide_password=False),
            database_worker=address.set(username=users["worker"]).render_as_string(hide_password=False),
            database_owner=address.render_as_string(hide_password=False),
        )
        install.install(settings)
        with served(folder / "keys" / "testpki", port):
            yield settings
        connection.execute(sa.text(f"DROP DATABASE prasasti_{name} WITH (FORCE)"))
        for user in users.values():
            connection.execute(sa.text(f"DROP ROLE {user}"))
    server.dispose()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with separated(tmp_path_factory.mktemp("roles") / "data") as settings:
        yield settings


@pytest.fixture(scope="module")
def played(deployed: Settings) -> Iterator[Stage]:
    """Yield a stage on which a ceremony was played to the end: the web signed as web, the worker did the rest."""
    with stage(deployed) as on:
        on.open()
        [document] = on.documents()
        web = wiring.web_tools(deployed)
        for slot in document.slots:
            who = on.person_of(document, slot.role)
            visit = on.visit(who)
            as_web = replace(web, signer=on.tools.signer, trust=on.tools.trust)
            sign.sign(as_web, visit, on.intent(on.again(document)))
        on.work(JobName.ARCHIVE)
        on.tools.bench.sequence()
        assert on.tools.bench.anchor(on.tools.now())
        yield on
        web.close()


def test_a_ceremony_is_played_under_the_roles(played: Stage, deployed: Settings) -> None:
    [document] = played.documents()
    assert played.again(document).status is DocumentStatus.ARCHIVED
    assert played.status() is CeremonyStatus.OPEN
    vkey = (deployed.keys / "log.vkey").read_text("utf-8").strip()
    report = reader.verify_log(played.tools.database, vkey, install.checkpoint_file(deployed))
    assert report.sound
    assert report.size > 10


@pytest.mark.parametrize("who", ["web", "worker"])
def test_nobody_who_serves_can_change_the_log(played: Stage, deployed: Settings, who: str) -> None:
    database = Database(deployed.database_url if who == "web" else deployed.worker_database_url)
    before = played.dump()
    attempts = TAMPERING + (NOT_FOR_WEB if who == "web" else [])
    assert [sql for sql in attempts if _allowed(database, sql)] == []
    assert played.dump() == before
    database.close()


@pytest.mark.usefixtures("played")
def test_an_auditor_checks_the_log_and_touches_nothing(deployed: Settings) -> None:
    server = sa.create_engine(deployed.database_owner, isolation_level="AUTOCOMMIT")
    name = f"auditor_{uuid4().hex}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN IN ROLE {roles.AUDITOR}"))
        url = server.url.set(username=name).render_as_string(hide_password=False)
        database = Database(url)
        vkey = (deployed.keys / "log.vkey").read_text("utf-8").strip()
        assert reader.verify_log(database, vkey, install.checkpoint_file(deployed)).sound
        secret = ("SELECT ciphertext FROM audit_disclosure", "SELECT * FROM audit_subject_key", "SELECT * FROM person")
        more = [*TAMPERING, *NOT_FOR_WEB, "DELETE FROM audit_disclosure", "INSERT INTO audit_queue VALUES (1, 'x')"]
        assert [sql for sql in (*secret, *more) if _allowed(database, sql)] == []
        database.close()
        connection.execute(sa.text(f"DROP ROLE {name}"))
    server.dispose()


def test_a_web_user_who_could_rewrite_is_told_at_start(deployed: Settings) -> None:
    assert not [f for f in selfcheck.check(deployed) if "docs/postgresql.md" in f.text]
    loose = deployed.model_copy(update={"database": deployed.database_owner})
    assert [f.fatal for f in selfcheck.check(loose) if "docs/postgresql.md" in f.text] == [False]


def test_installing_again_takes_over_what_was_made_without_roles(tmp_path: Path) -> None:
    server = sa.create_engine(postgres() or "", isolation_level="AUTOCOMMIT")
    name = uuid4().hex
    address = server.url.set(database=f"prasasti_{name}")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE prasasti_{name}"))
        plain = Settings(data=tmp_path / "data", base_url=BASE_URL, database=address.render_as_string(False))
        install.install(plain)
        web = address.set(username=f"web_{name}").render_as_string(hide_password=False)
        worker = address.set(username=f"worker_{name}").render_as_string(hide_password=False)
        users = {"database": web, "database_worker": worker, "database_owner": plain.database}
        separate = plain.model_copy(update=users)
        for _ in range(2):
            install.install(separate)
        database = Database(web)
        assert [sql for sql in TAMPERING if _allowed(database, sql)] == []
        with database.reading() as session:
            protection.assert_protected(session.connection())
        database.close()
        connection.execute(sa.text(f"DROP DATABASE prasasti_{name} WITH (FORCE)"))
        connection.execute(sa.text(f"DROP ROLE web_{name}, worker_{name}"))
    server.dispose()


def _allowed(database: Database, sql: str) -> bool:
    try:
        with database.writing() as session:
            for statement in sql.split("; "):
                session.connection().exec_driver_sql(statement)
            session.rollback()
    except sa.exc.DBAPIError:
        return False
    return True
