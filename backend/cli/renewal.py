"""`prasasti log reset | roles`: what the owner of the database does, and nobody else."""

import argparse
import sys

from backend import install
from backend.audit import roles
from backend.languages import translate
from backend.settings import load_settings

WOULD = (
    "Rekam jejak akan dimulai kembali dengan nama dan kunci baru. "
    "Hentikan layanan lebih dahulu, lalu ulangi dengan --confirm."
)
DONE = "Rekam jejak dimulai kembali: %(kept)s peristiwa lama menyusul di belakang peristiwa pertamanya."
KEY = "Kunci baru, beri tahukan kepada semua yang memeriksa: %(vkey)s"


def reset(arguments: argparse.Namespace) -> int:
    """Begin the log anew under a new name and key; exit status 1 without --confirm."""
    settings = load_settings()
    if not arguments.confirm:
        sys.stdout.write(translate(WOULD, arguments.language) + "\n")
        return 1
    done = install.renew_log(settings)
    sys.stdout.write(translate(DONE, arguments.language, kept=done.kept) + "\n")
    sys.stdout.write(translate(KEY, arguments.language, vkey=done.vkey) + "\n")
    return 0


def roles_sql(arguments: argparse.Namespace) -> int:  # noqa: ARG001 because every command takes them
    """Print the roles, and the rights to give after every migration."""
    for statement in (*roles.groups(), *roles.grants()):
        sys.stdout.write(statement + ";\n")
    return 0
