"""Rules of the house that no linter knows: reasons for exceptions, one commit, no secret and no address in the tree."""

import tomllib
from pathlib import Path

from tests.architecture.project import ROOT, files, lines_with, written

# Written so that these patterns do not match themselves.
EXCEPTION = (
    r"#\s*no[q]a|type:\s*ignor[e]|pragma:\s*no cove[r]|except (Base)?Exceptio[n]\b|mypy:\s*disabl[e]|ruff:\s*no[q]a"
)
SECRET = r"PRIVATE KE[Y]"
REGISTRY = r"pypi\.or[g]|registry\.npmjs\.or[g]|--(extra-)?index-ur[l]\s|find-link[s]\s*=|\"resolved\":\s*\"http"
MACHINE = r"(?<![\w.}/-])/(wor[k]|tm[p]|roo[t]|hom[e])/"
UNFINISHED = r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K]|NotImplementedErro[r]|lorem ipsu[m])\b"

PYTHON = written(".py")
BACKEND = [path for path in PYTHON if path.parts[0] == "backend"]
PROSE = written(".py", ".js", ".css", ".typ", ".html", ".md", ".toml", ".po", ".txt", ".yml", ".yaml", ".lock", ".json")


def test_an_exception_to_a_rule_says_because() -> None:
    assert lines_with(PYTHON, EXCEPTION, unless="because") == []


def test_only_the_database_commits() -> None:
    assert lines_with([p for p in BACKEND if str(p) != "backend/database.py"], r"\bsession\.commit\(") == []


def test_rows_are_not_woven_together() -> None:
    assert lines_with(BACKEND, r"\b[Rr]elationship\(") == []


def test_no_tracked_file_holds_a_secret_key() -> None:
    assert [str(path) for path in files() if path.suffix in {".p12", ".pfx", ".key"}] == []
    assert [str(path) for path in files() if SECRET.replace("[Y]", "Y").encode() in (ROOT / path).read_bytes()] == []


def test_no_file_names_a_package_registry() -> None:
    assert lines_with([*PROSE, *(p for p in files() if p.name in {"Makefile", "run"})], REGISTRY) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_with(PROSE, MACHINE) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with([p for p in PROSE if p.suffix != ".lock"], UNFINISHED) == []


def test_the_alembic_folder_does_not_shadow_the_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [path.name[:4] for path in files() if path.parts[:2] == ("alembic", "versions") and path.suffix == ".py"]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_a_rule_asks_no_clock() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    pure = next(contract["source_modules"] for contract in contracts if contract["name"] == "Rules are pure")
    named = [Path(module.replace(".", "/")) for module in pure]
    paths = [path for path in BACKEND if path.with_suffix("") in named or path.parent in named]
    assert len(paths) >= len(pure)
    assert lines_with(paths, r"\bclock\.now\b|from backend\.clock import .*\bnow\b") == []
