"""What some tests need from the machine, how its presence is told, and how to get it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """One thing outside Python; `how` is what the summary tells whoever lacks it."""

    present: Callable[[], bool]
    how: str


def postgres() -> str | None:
    """Return the SQLAlchemy URL of a PostgreSQL in which test databases may be created, if one is named."""
    return os.environ.get("PRASASTI_TEST_POSTGRES")


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome, the one named by PRASASTI_TEST_CHROMIUM first."""
    named = os.environ.get("PRASASTI_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def outside(name: str) -> Path:
    """Return where something of others lies that a `prepare` in `tests/outside/` fetched and built."""
    return Path(os.environ.get("PRASASTI_TEST_OUTSIDE") or "var/outside").absolute() / name


def etsi_schema() -> Path:
    """Return the folder of EU DSS's libraries, which hold the schema of ETSI TS 119 102-2."""
    return Path(os.environ.get("PRASASTI_TEST_ETSI_SCHEMA") or outside("java/lib"))


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


_OUTSIDE = "install go (1.24), npm and openssh-client, then run tests/outside/log/prepare (needs the network once)"

NEEDS = {
    "thorough": Need(
        lambda: bool(os.environ.get("PRASASTI_TEST_THOROUGH")),
        "set PRASASTI_TEST_THOROUGH=1 (takes minutes more; .ci/run does it)",
    ),
    "postgres": Need(
        lambda: postgres() is not None,
        "start a PostgreSQL and set PRASASTI_TEST_POSTGRES=postgresql+psycopg://user@127.0.0.1/postgres",
    ),
    "chromium": Need(
        lambda: chromium() is not None, "apt-get install chromium, or set PRASASTI_TEST_CHROMIUM to a browser"
    ),
    "softhsm": Need(_program("softhsm2-util"), "apt-get install softhsm2"),
    "qpdf": Need(_program("qpdf"), "apt-get install qpdf"),
    "pdfsig": Need(_program("pdfsig"), "apt-get install poppler-utils"),
    "pdftotext": Need(_program("pdftotext"), "apt-get install poppler-utils"),
    "openssl": Need(_program("openssl"), "apt-get install openssl"),
    "xxd": Need(_program("xxd"), "apt-get install xxd"),
    "etsi-schema": Need(
        lambda: etsi_schema().exists(),
        "set PRASASTI_TEST_ETSI_SCHEMA to a folder with the specs-*.jar of EU DSS 6.4, or prepare the foreign signers",
    ),
    "foreign-signers": Need(
        lambda: outside("java/lib").exists() and outside("node/node_modules").exists(),
        "install Java 17, Maven and npm, then `python -m tests.outside.foreign.prepare` (needs the network once)",
    ),
    "go-tlog": Need(lambda: outside("tlog").exists(), _OUTSIDE),
    "sigstore": Need(lambda: outside("node_modules/@sigstore/verify").exists(), _OUTSIDE),
    "litewitness": Need(lambda: outside("litewitness").exists() and bool(shutil.which("ssh-agent")), _OUTSIDE),
    "make": Need(_program("make"), "apt-get install make"),
}


def missing(names: tuple[str, ...]) -> list[str]:
    """Return which of these are not here; an unknown name is an error of the test."""
    return [name for name in names if not NEEDS[name].present()]
