"""Writes docs/reference from the code: states, events, refusals, commands, API. A test holds the pages to it."""

import argparse
import importlib
import pkgutil
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import backend
from backend.audit.events import Event, Weight, kinds
from backend.ceremonies import lifecycle
from backend.cli import parser
from backend.errors import Refusal
from backend.languages import catalogue
from docs import api_page
from docs.emitters import emitters

REFERENCE = Path(__file__).with_name("reference")
Status = TypeVar("Status", bound=StrEnum)
NOTE = "<!-- written by `make docs`; change the code, not this page -->\n"


def pages() -> dict[str, str]:
    """Return file name -> Markdown of every generated page."""
    written = {"states.md": states(), "events.md": events(), "refusals.md": refusals(), "commands.md": commands()}
    return {**written, "api.md": api_page.page(NOTE)}


def states() -> str:
    """Return the diagrams of the tables in `backend/ceremonies/lifecycle.py`."""
    parts = ["# States\n", NOTE, "An arrow is a verb; a state without one is an end.\n"]
    for title, table in (
        ("Ceremony", _named(lifecycle.CEREMONY_MOVES)),
        ("Document", _named(lifecycle.DOCUMENT_MOVES)),
        ("Slot: one expected signature", _named(lifecycle.SLOT_MOVES)),
        ("Witness", _named(lifecycle.WITNESS_MOVES)),
    ):
        parts += [f"## {title}\n", _diagram(table)]
    return "\n".join(parts)


def events() -> str:
    """Return the table of all kinds of audit events."""
    made = emitters()
    rows = [_event_row(kind, made.get(kind.__name__, [])) for kind in kinds()]
    english = catalogue("en")
    weights = [f"- `{one.name.lower()}`: {english.get(one.value, one.value)}" for one in Weight]
    head = [
        "# Events of the audit log\n",
        NOTE,
        "Names are never changed. Every event also says when, who, in what role, about which ceremony and document,",
        "how it ended and which file (SHA-256) it is about. Personal data stands outside the leaf (DESIGN 7).\n",
        "What an event proves, and what it does not (the last column):\n",
        *weights,
        "",
        "| name | told as | in English | when | own fields | made in | proves |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def refusals() -> str:
    """Return the table of all refusals, by code."""
    rows = sorted(_refusal_row(kind) for kind in all_refusals())
    head = [
        "# Refusals\n",
        NOTE,
        "A refusal changes nothing. Codes are stable; the sentences are translated.\n",
        "| code | HTTP | what it says | what to do |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def commands() -> str:
    """Return every command of `prasasti` with its arguments; argparse's own text differs between Pythons."""
    return "\n".join(["# Commands\n", NOTE, *_command("prasasti", parser())])


def _command(name: str, command: argparse.ArgumentParser, told: str = "") -> list[str]:
    lines = [f"## `{name}`\n", *([f"{told}\n"] if told else [])]
    nested: list[str] = []
    for action in command._actions:  # noqa: SLF001 because argparse has no other way to tell what it knows
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 because it is the class of sub-commands
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 because as above
            for verb, inner in action.choices.items():
                nested += _command(f"{name} {verb}", inner, helps.get(verb, ""))
        elif action.dest != "help":
            shown = ", ".join(action.option_strings) or action.dest
            choices = f" ({', '.join(map(str, action.choices))})" if action.choices else ""
            lines.append(f"- `{shown}`{choices}: {action.help or ''}".rstrip(": "))
    return [*lines, "", *nested] if lines[-1].startswith("- ") else [*lines, *nested]


def _named(table: Mapping[Status, Mapping[str, Status]]) -> dict[str, dict[str, str]]:
    return {str(status): {verb: str(after) for verb, after in moves.items()} for status, moves in table.items()}


def _diagram(table: dict[str, dict[str, str]]) -> str:
    first = next(iter(table))
    arrows = [f"    {status} --> {after}: {verb}" for status, moves in table.items() for verb, after in moves.items()]
    reached = {after for moves in table.values() for after in moves.values()} | {first}
    ends = [f"    {status} --> [*]" for status, moves in table.items() if not moves and status in reached]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```", ""])


def _event_row(kind: type[Event], made: list[str]) -> str:
    english = catalogue("en").get(kind.TOLD, "")
    own = ", ".join(f"`{name}`" for name in kind.__annotations__ if name not in {"TYPE", "TOLD", "WEIGHT"})
    when = " ".join((kind.__doc__ or "").split())
    places = ", ".join(f"`{place}`" for place in made)
    return f"| `{kind.TYPE}` | {kind.TOLD} | {english} | {when} | {own} | {places} | `{kind.WEIGHT.name.lower()}` |"


def all_refusals() -> list[type[Refusal]]:
    """Return Refusal and every subclass that any module of backend declares, by module and name."""
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if "_bundled" not in module.name and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    found, waiting = {Refusal}, [Refusal]
    while waiting:
        children = [c for c in waiting.pop().__subclasses__() if c.__module__.startswith("backend.")]
        waiting += children
        found |= set(children)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def _refusal_row(kind: type[Refusal]) -> str:
    english = catalogue("en")
    told = f"{kind.message}<br>*{english.get(kind.message, '')}*"
    remedy = f"{kind.remedy}<br>*{english.get(kind.remedy, '')}*" if kind.remedy else ""
    return f"| `{kind.code}` | {kind.status} | {told} | {remedy} |"


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, page in pages().items():
        (REFERENCE / name).write_text(page, encoding="utf-8")
        print(f"docs/reference/{name}")
