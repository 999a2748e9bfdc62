"""What the operator decides, read once from the environment (`PRASASTI_*`); the only file that looks there."""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, SettingsConfigDict

_HOME = Path(__file__).resolve().parent
REMEMBERED = "prasasti.env"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """One deployment. Paths hang under `data`; secrets are files there, never values in the environment."""

    model_config = SettingsConfigDict(env_prefix="PRASASTI_", frozen=True, ignored_types=(cached_property,))

    data: Path = Path("var/data")
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8317
    database: str = ""
    database_worker: str = ""
    database_owner: str = ""
    ministry: str = "Kementerian Contoh Digital"
    development: bool = False
    workers: int = 1
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8325
    smtp_tls: Literal["never", "starttls", "tls"] = "never"
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_from: str = "Prasasti <seremoni@prasasti.invalid>"
    testpki_port: int = 8318
    seal_key: Path | None = None
    seal_certificate: Path | None = None
    timestamp_url: str = ""
    trust: Path | None = None
    log_policy: Path | None = None

    @property
    def database_url(self) -> str:
        """Return the SQLAlchemy URL; SQLite under `data` unless `PRASASTI_DATABASE` names another."""
        return self.database or f"sqlite:///{(self.data / 'prasasti.db').resolve()}"

    @property
    def worker_database_url(self) -> str:
        """Return the address that the worker uses: of a role that may also number and sign the log (PostgreSQL)."""
        return self.database_worker or self.database_url

    @property
    def keys(self) -> Path:
        """Return the folder of this deployment's secret keys."""
        return self.data / "keys"

    @property
    def vault(self) -> Path:
        """Return the folder of files kept under their SHA-256."""
        return self.data / "vault"

    @property
    def mailbox(self) -> Path:
        """Return the Maildir of the development mail catcher."""
        return self.data / "mail"

    @property
    def test_keys(self) -> bool:
        """Tell whether the generated test authority is in use: then everything says UJI COBA - TIDAK SAH."""
        return self.seal_key is None

    def remembered(self) -> str:
        """Return what a deployment keeps to stay itself, as lines of `prasasti.env`: its address, ports and name."""
        local = f"http://{self.host}:{self.port}"
        kept = {
            "BASE_URL": self.base_url or (local if self.development else ""),
            "HOST": self.host,
            "PORT": self.port,
            "SMTP_HOST": self.smtp_host,
            "SMTP_PORT": self.smtp_port,
            "TESTPKI_PORT": self.testpki_port,
            "MINISTRY": self.ministry,
        }
        return "".join(f'PRASASTI_{name}="{value}"\n' for name, value in kept.items() if value != "")

    @property
    def secure(self) -> bool:
        """Tell whether cookies are `__Host-` and Secure: always, except on a loopback http address (DESIGN 12.4)."""
        parts = urlsplit(self.base_url)
        return not (parts.scheme == "http" and parts.hostname in LOOPBACK)


def load_settings() -> Settings:
    """Return the settings: the environment's, and what it leaves open from `prasasti.env` in the data folder."""
    return Settings(_env_file=Settings().data / REMEMBERED)


def environment(*without: str) -> dict[str, str]:
    """Return this process's environment for a child, without the settings named (`DATABASE_OWNER`)."""
    hidden = {f"PRASASTI_{name}" for name in without}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def bundled(name: str) -> Path:
    """Return the folder `alembic`, `templates`, `static` or `keys`: in the wheel, else at the top of the checkout."""
    inside = _HOME / "_bundled" / name
    return inside if inside.is_dir() else _HOME.parent / name
