"""`prasasti install` and `prasasti check`."""

import argparse
import sys

from backend import install as installation
from backend import selfcheck
from backend.languages import translate
from backend.settings import load_settings


def install(arguments: argparse.Namespace) -> int:
    """Make whatever is missing in the deployment's folder; safe to repeat."""
    settings = load_settings()
    installation.install(settings)
    done = translate("Siap: %(folder)s", arguments.language, folder=settings.data)
    sys.stdout.write(done + "\n")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Print every finding; exit status 1 when one of them keeps the server from starting."""
    findings = selfcheck.check(load_settings())
    for finding in findings:
        sys.stdout.write(finding.told(arguments.language) + "\n")
    return 1 if any(finding.fatal for finding in findings) else 0
