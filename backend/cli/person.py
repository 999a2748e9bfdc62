"""`prasasti person list | erase`: whose data a ceremony holds, and erasing one person's."""

import argparse
import sys
from uuid import UUID

from backend import wiring
from backend.ceremonies.actions import erase as erasing
from backend.cli.ceremony import organiser_of
from backend.languages import translate
from backend.people import store as people
from backend.settings import load_settings


def list_all(arguments: argparse.Namespace) -> int:
    """Print id, pseudonym and office of everybody in a ceremony; names are not printed."""
    tools = wiring.web_tools(load_settings())
    with tools.database.reading() as session:
        for person in people.people_of(session, UUID(arguments.ceremony)).values():
            sys.stdout.write(f"{person.id}  {person.pseudonym}  {person.office}\n")
    return 0


def erase(arguments: argparse.Namespace) -> int:
    """Erase one person's data on behalf of the first organiser, and say how many values left the log."""
    tools = wiring.web_tools(load_settings())
    count = erasing.erase(
        tools,
        organiser_of(tools),
        UUID(arguments.person),
        arguments.ground,
        no_duty_to_keep=arguments.no_duty_to_keep,
    )
    done = translate(
        "%(count)s isian pribadi dihapus dari rekam jejak. Salinan cadangan dan berkas bukti yang sudah diserahkan "
        "tetap memuatnya.",
        arguments.language,
        count=count,
    )
    sys.stdout.write(done + "\n")
    return 0
