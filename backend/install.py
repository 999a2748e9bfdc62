"""Makes a deployment complete: secrets, test authority, seal, log key, database. Safe to repeat; replaces nothing."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from backend import clock, migrations
from backend.audit import browsing, events, renewal, roles, sequencer
from backend.audit.browsing import Wanted
from backend.audit.events import Event
from backend.audit.log import Log
from backend.audit.reader import count_events
from backend.audit.renewal import Places, Renewed
from backend.database import Database
from backend.jobs import queue
from backend.settings import REMEMBERED, Settings, bundled
from backend.signing import testpki

SECRETS = ("link.key", "code.key", "disclosure.key", "form.key")
SECRET_BYTES = 32
MOST_KEYS = 1000


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


def administrator(settings: Settings) -> str:
    """Return the address that owns the tables: an administrator's in the owners' role, or the only one there is."""
    return roles.as_owner(settings.database_owner) if settings.database_owner else settings.database_url


def renew_log(settings: Settings) -> Renewed:
    """Begin the log anew under a new name and key; raises what `renewal.renew` raises."""
    database = Database(administrator(settings))
    log = Log(deployment(settings), secret(settings.keys, "disclosure.key"))
    places = Places(log_key_file(settings), checkpoint_file(settings))
    old = (settings.keys / "log.vkey").read_text("utf-8").strip()
    try:
        renewed = renewal.renew(database, log, places, origin(settings), clock.now())
    finally:
        database.close()
    policy = policy_file(settings)
    if policy.exists():  # the cosigners stay; each must learn the new key before it signs
        policy.write_text(policy.read_text("utf-8").replace(old, renewed.vkey), "utf-8")
    return renewed


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
    if settings.database_owner:
        roles.establish(settings.database_owner, settings.database_url, settings.worker_database_url)
    database = Database(settings.database_url)
    try:
        before, _ = migrations.revisions(bundled("alembic"), database.read_engine, settings.database_url)
        _bring_up(settings)
        _tell_log(settings, database, before)
    finally:
        database.close()


def _bring_up(settings: Settings) -> None:
    """Make or migrate all tables; what an administrator's address makes belongs to the owners' role (PostgreSQL)."""
    address = administrator(settings)
    migrations.upgrade(bundled("alembic"), address)
    queue.prepare(address)
    if settings.database_owner:
        roles.grant(settings.database_owner)


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


def _tell_log(settings: Settings, database: Database, before: str | None) -> None:
    """Record what this installation changed: the log's beginning, the schema, keys and settings that decide belief."""
    _, after = migrations.revisions(bundled("alembic"), database.read_engine, settings.database_url)
    log = Log(deployment(settings), secret(settings.keys, "disclosure.key"))
    with database.writing() as session:
        happened: list[Event] = []
        if count_events(session) == 0:
            happened.append(events.LogOpened(at=clock.now(), actor=events.SYSTEM, origin=origin(settings)))
        if before != after:
            happened.append(
                events.SchemaMigrated(
                    at=clock.now(), actor=events.SYSTEM, before=before or "empty", after=after or "empty"
                )
            )
        log.append(session, [*happened, *_new_keys(settings, session), *_new_settings(settings, session)])


def _new_keys(settings: Settings, session: Session) -> Iterator[Event]:
    told = browsing.events(session, Wanted(group="key"), limit=MOST_KEYS, newest_first=True)
    known = {event.extra.get("purpose"): event.extra.get("sha256") for event in reversed(told)}
    seal = settings.seal_certificate or settings.keys / "testpki" / "seal.pem"
    for purpose, file in (("log", settings.keys / "log.vkey"), ("seal", seal)):
        sha256 = _sha256(file)
        if sha256 and known.get(purpose) != sha256:
            yield events.KeyRegistered(at=clock.now(), actor=events.SYSTEM, purpose=purpose, sha256=sha256)


def _new_settings(settings: Settings, session: Session) -> Iterator[Event]:
    changed = events.ConfigChanged(
        at=clock.now(),
        actor=events.SYSTEM,
        base_url=settings.base_url or "none",
        timestamp_url=settings.timestamp_url or "none",
        trust_sha256=(_sha256(settings.trust) if settings.trust else "") or "none",
        policy_sha256=_sha256(policy_file(settings)) or "none",
        test_keys="yes" if settings.test_keys else "no",
    )
    last = browsing.newest_of(session, Wanted(), [changed.TYPE])
    if last is None or browsing.event(session, last)[0].extra != changed.extra():
        yield changed


def _sha256(file: Path) -> str:
    """Return the SHA-256 (hex) of a file, empty for one that is not there."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
