"""Small files, short functions, few parameters, and names that say something: no list of exceptions."""

import ast
from pathlib import Path

import pytest

from tests.architecture.project import files, text, written

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 6
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}

PYTHON = [path for path in written(".py") if path.parts[:2] != ("alembic", "versions")]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(text(path))) if isinstance(node, Function)]


def _parameters(function: Function) -> int:
    arguments = function.args
    named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in named if name not in {"self", "cls"}])


@pytest.mark.parametrize("suffix", [".py", ".js", ".css", ".typ"])
def test_a_file_has_at_most_300_lines(suffix: str) -> None:
    ours = PYTHON if suffix == ".py" else written(suffix)
    assert [(str(p), n) for p in ours if (n := len(text(p).splitlines())) > LONGEST_FILE] == []


def test_a_function_has_at_most_40_lines() -> None:
    long = [
        (f"{path}:{f.lineno} {f.name}", length)
        for path in PYTHON
        for f in _functions(path)
        if (length := (f.end_lineno or f.lineno) - f.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_a_function_takes_at_most_six_parameters() -> None:
    wide = [
        f"{path}:{f.lineno} {f.name}" for path in PYTHON for f in _functions(path) if _parameters(f) > MOST_PARAMETERS
    ]
    assert wide == []


def test_a_name_says_what_is_inside() -> None:
    code = [path for path in files() if path.suffix in {".py", ".js", ".css"} and "vendor" not in path.parts]
    assert [str(path) for path in code if SAYS_NOTHING & {*path.parts[:-1], path.stem}] == []
