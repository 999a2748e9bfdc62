"""The wheel as an auditor installs it: base dependencies alone, outside the checkout, no server and no database."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.unit.verification.conftest import World

ROOT = Path(__file__).parents[3]
SERVER = ("fastapi", "sqlalchemy", "sqlmodel", "jinja2", "typst", "dbos", "uvicorn", "pydantic")


def needed(names: list[str]) -> Iterator[Distribution]:
    """Yield the installed distributions that these requirements lead to, each once, as pip would choose them."""
    seen: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        if wanted.name.lower() in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(wanted.name.lower())
        found = distribution(wanted.name)
        yield found
        waiting += [Requirement(line) for line in found.requires or ()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds our wheel and what its metadata asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("auditor")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (site,) = (folder / "venv" / "lib").glob("python3*/site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
        (metadata,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        asked = [
            line.partition(": ")[2]
            for line in packed.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist: ")
        ]
    for one in needed(asked):
        for top in {file.parts[0] for file in one.files or () if file.parts[0] != ".."}:
            if not (site / top).exists():
                (site / top).symlink_to(str(one.locate_file(top)))
    return folder / "venv" / "bin" / "python"


def _run(python: Path, *words: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PRASASTI"))}
    command = [str(python), "-c", "import sys; from backend.cli import main; sys.exit(main())", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=python.parent, env=bare)


def test_the_environment_lacks_the_server(installed: Path) -> None:
    program = f"import importlib.util as u; print([n for n in {SERVER!r} if u.find_spec(n)])"
    told = subprocess.run([installed, "-c", program], capture_output=True, text=True, check=True, cwd=installed.parent)
    assert told.stdout == "[]\n"


def test_files_are_verified_with_the_anchors_that_are_given(installed: Path, world: World, tmp_path: Path) -> None:
    (tmp_path / "naskah.pdf").write_bytes(world.files["archived"])
    (tmp_path / "induk.pem").write_bytes(world.pki.root.pem)
    done = _run(installed, "verify", "--json", str(tmp_path), "--trust", str(tmp_path / "induk.pem"))
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)
    assert found["verdict"] == "passed"


def test_the_shipped_anchors_and_both_languages_travel_along(installed: Path, world: World, tmp_path: Path) -> None:
    (tmp_path / "naskah.pdf").write_bytes(world.files["archived"])
    done = _run(installed, "--language", "en", "verify", str(tmp_path))
    assert done.returncode == 2, done.stderr
    assert "Cannot be determined" in done.stdout


def test_what_needs_the_server_says_so(installed: Path) -> None:
    done = _run(installed, "serve")
    assert done.returncode != 0
    assert "prasasti[server]" in done.stderr
    assert "Traceback" not in done.stderr
