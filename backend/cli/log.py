"""`prasasti log verify | export`."""

import argparse
import sys

from backend import install
from backend.audit import inspection, reader
from backend.audit.checkpoint import PublicKey
from backend.cli import cosigners
from backend.database import Database
from backend.settings import load_settings


def verify(arguments: argparse.Namespace) -> int:
    """Derive the log again from its bodies and tell every fault; exit status 1 when there is one."""
    settings = load_settings()
    database = Database(settings.database_url)
    vkey = (settings.keys / "log.vkey").read_text("utf-8").strip()
    PublicKey.from_text(vkey)
    report = inspection.verify_log(database, vkey, install.checkpoint_file(settings))
    cosigned, _, intact = cosigners.told(settings, arguments.language)
    for line in [*report.lines(arguments.language), *cosigned]:
        sys.stdout.write(line + "\n")
    return 0 if report.sound and intact else 1


def export(arguments: argparse.Namespace) -> int:  # noqa: ARG001 because every command takes them
    """Print every leaf's exact bytes in log order, one a line (JSON Lines)."""
    database = Database(load_settings().database_url)
    with database.reading() as session:
        for body in reader.export_jsonl(session):
            sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    return 0
