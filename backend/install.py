"""Makes a deployment complete: secrets, test authority, seal, log key, database. Safe to repeat; replaces nothing."""

import secrets
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from backend import clock, migrations
from backend.audit import events, sequencer
from backend.audit.log import Log
from backend.audit.reader import count_events
from backend.database import Database
from backend.jobs import queue
from backend.settings import REMEMBERED, Settings, bundled
from backend.signing import testpki

SECRETS = ("link.key", "code.key", "disclosure.key", "form.key")
SECRET_BYTES = 32


def secret(keys: Path, name: str) -> bytes:
    """Return one of the deployment's secrets; raises FileNotFoundError before `install`."""
    return bytes.fromhex((keys / name).read_text("ascii").strip())


def deployment(settings: Settings) -> UUID:
    """Return the id under which this deployment's events are known; raises FileNotFoundError before `install`."""
    return UUID((settings.keys / "deployment.id").read_text("ascii").strip())


def origin(settings: Settings) -> str:
    """Return the name of this deployment's log, as its checkpoints carry it (C2SP tlog-checkpoint)."""
    return f"prasasti.invalid/{deployment(settings)}"


def checkpoint_file(settings: Settings) -> Path:
    """Return where the last signed checkpoint is kept, outside the database."""
    return settings.data / "log" / "checkpoint.txt"


def policy_file(settings: Settings) -> Path:
    """Return where it stands which cosigners are asked (c2sp.org/tlog-policy); there need not be such a file."""
    return settings.log_policy or settings.keys / "log.policy"


def log_key_file(settings: Settings) -> Path:
    """Return where the log's signing key lies; only the worker opens it."""
    return settings.keys / "log.key"


def install(settings: Settings) -> None:
    """Make whatever is missing under `PRASASTI_DATA`, and bring the database to the newest revision."""
    settings.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (settings.vault, settings.data / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    _write_once(settings.data / REMEMBERED, settings.remembered().rstrip("\n"))
    for name in SECRETS:
        _write_once(settings.keys / name, secrets.token_hex(SECRET_BYTES))
    _write_once(settings.keys / "deployment.id", str(uuid7()))
    if settings.test_keys:
        _install_test_authority(settings)
    sequencer.load_or_create_key(log_key_file(settings), origin(settings))
    migrations.upgrade(bundled("alembic"), settings.database_url)
    queue.prepare(settings.database_url)
    _open_log(settings)


def _install_test_authority(settings: Settings) -> None:
    folder = settings.keys / "testpki"
    if not folder.exists():
        testpki.generate(folder, settings.testpki_port)
    testpki.issue_seal(folder, settings.ministry)


def _write_once(path: Path, text: str) -> None:
    if path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(text + "\n", "utf-8")


def _open_log(settings: Settings) -> None:
    database = Database(settings.database_url)
    log = Log(deployment(settings), secret(settings.keys, "disclosure.key"))
    try:
        with database.writing() as session:
            if count_events(session) == 0:
                opened = events.LogOpened(at=clock.now(), actor=events.SYSTEM, origin=origin(settings))
                log.append(session, [opened])
    finally:
        database.close()
