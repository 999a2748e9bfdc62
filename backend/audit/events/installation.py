"""Events of an installation: keys, settings that decide what is believed, the database's schema. Never renamed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class KeyRegistered(Event):
    """From now on this key is used for `purpose` (log, seal); `sha256` is of the public key line or certificate."""

    TYPE = "prasasti.key.registered.v1"
    TOLD = "Kunci didaftarkan"
    purpose: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ConfigChanged(Event):
    """What decides about belief changed, or was set first: address, timestamp authority, trusted roots, cosigners."""

    TYPE = "prasasti.config.changed.v1"
    TOLD = "Pengaturan berubah"
    base_url: str
    timestamp_url: str
    trust_sha256: str
    policy_sha256: str
    test_keys: str


@dataclass(frozen=True, kw_only=True)
class SchemaMigrated(Event):
    """The database was brought from revision `before` to `after`, and the log's protection was put up again."""

    TYPE = "prasasti.schema.migrated.v1"
    TOLD = "Skema basis data dimutakhirkan"
    before: str
    after: str
