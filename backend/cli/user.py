"""`prasasti user create | remove`: the first administrator is made here; there is no default password."""

import argparse
import getpass
import sys

from backend import wiring
from backend.ceremonies.actions import staff
from backend.languages import translate
from backend.people.person import AccountRole
from backend.settings import load_settings


def create(arguments: argparse.Namespace) -> int:
    """Ask for the password (or read it from a pipe) and create the account."""
    tools = wiring.web_tools(load_settings())
    account = staff.create_account(tools, arguments.email, arguments.name, AccountRole(arguments.role), _password())
    made = translate("Akun dibuat: %(email)s (%(role)s)", arguments.language, email=account.email, role=account.role)
    sys.stdout.write(made + "\n")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Remove an account; what it did stays in the log under its pseudonym."""
    tools = wiring.web_tools(load_settings())
    staff.remove_account(tools, arguments.email)
    sys.stdout.write(translate("Akun dihapus: %(email)s", arguments.language, email=arguments.email) + "\n")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Kata sandi / password: ")
