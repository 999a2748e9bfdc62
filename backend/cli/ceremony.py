"""`prasasti ceremony create | list | enrol-test-keys`."""

import argparse
import csv
import os
import secrets
import sys
from pathlib import Path
from uuid import UUID

from backend import wiring
from backend.ceremonies import store
from backend.ceremonies.actions import create as creation
from backend.ceremonies.actions import enrol
from backend.ceremonies.entries import CeremonyFileInvalid
from backend.ceremonies.tools import Tools
from backend.errors import Refusal
from backend.languages import translate
from backend.people import store as people
from backend.people.person import Account, Person
from backend.settings import load_settings

PASSPHRASE_BYTES = 9


class OrganiserMissing(Refusal):
    """Nobody could be named as the one who acts."""

    code = "organiser-missing"
    message = "Belum ada akun penyelenggara, padahal setiap tindakan dicatat atas nama seseorang."
    remedy = "Buatlah akun dengan `prasasti user create`."


def create(arguments: argparse.Namespace) -> int:
    """Create the ceremony of a file, or list every fault of it and create nothing."""
    tools = wiring.web_tools(load_settings())
    account = organiser_of(tools)
    try:
        made = creation.create(tools, account, Path(arguments.file))
    except CeremonyFileInvalid as invalid:
        for fault in invalid.faults:
            sys.stderr.write(fault.told(arguments.language) + "\n")
        raise
    if arguments.test_keys:
        _make_test_keys(tools, made, Path(arguments.test_keys))
    sys.stdout.write(f"{made}\n")
    return 0


def organiser_of(tools: Tools) -> Account:
    """Return the account on whose behalf the command line acts: the first organiser; raises OrganiserMissing."""
    with tools.database.reading() as session:
        account = people.any_organiser(session)
    if account is None:
        raise OrganiserMissing
    return account


def list_all(arguments: argparse.Namespace) -> int:  # noqa: ARG001 because every command takes them
    """Print id, status and title of each ceremony."""
    tools = wiring.web_tools(load_settings())
    with tools.database.reading() as session:
        for ceremony in store.ceremonies(session):
            sys.stdout.write(f"{ceremony.id}  {ceremony.status:<10}  {ceremony.title}\n")
    return 0


def enrol_test_keys(arguments: argparse.Namespace) -> int:
    """Make key files, and write the passphrases where the operator asked: they are known nowhere else."""
    tools = wiring.web_tools(load_settings())
    count = _make_test_keys(tools, UUID(arguments.ceremony), Path(arguments.passphrases))
    said = translate("%(count)s kunci uji coba dibuat.", arguments.language, count=count)
    sys.stdout.write(said + "\n")
    return 0


def _make_test_keys(tools: Tools, ceremony_id: UUID, passphrases: Path) -> int:
    chosen: list[tuple[Person, str]] = []

    def choose(person: Person) -> str:
        chosen.append((person, secrets.token_urlsafe(PASSPHRASE_BYTES)))
        return chosen[-1][1]

    count = enrol.enrol_test_keys(tools, ceremony_id, choose)
    _append_private(passphrases, chosen)
    return count


def _append_private(path: Path, chosen: list[tuple[Person, str]]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for person, passphrase in chosen:
            writer.writerow([person.email, person.office, passphrase])
