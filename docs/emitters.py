"""Finds which modules of backend make which kind of audit event, by reading the source; nothing is run."""

import ast
from collections import defaultdict
from pathlib import Path

from backend.audit.events import kinds

BACKEND = Path(__file__).parents[1] / "backend"


def emitters() -> dict[str, list[str]]:
    """Return for the class name of each event the modules (`ceremonies/actions/sign.py`) that make one."""
    names = {kind.__name__ for kind in kinds()}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(BACKEND.rglob("*.py")):
        where = path.relative_to(BACKEND).as_posix()
        if where.startswith(("audit/events/", "_bundled/")):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (name := _called(node.func)) in names:
                found[name].add(where)
    return {name: sorted(places) for name, places in found.items()}


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
