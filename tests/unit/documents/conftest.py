"""The real templates with their example facts: what these tests make are the documents that users get."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

TEMPLATES = Path(__file__).parents[3] / "templates"
WHEN = datetime(2021, 5, 20, 1, 30, tzinfo=UTC)


@pytest.fixture
def folder() -> Path:
    """Return the folder of the agreement's template."""
    return TEMPLATES / "mou" / "smart-city"


@pytest.fixture
def facts(folder: Path) -> dict[str, Any]:
    """Return the facts that the template gives as its example."""
    return dict(json.loads((folder / "example.json").read_text(encoding="utf-8")))


@pytest.fixture
def when() -> datetime:
    """Return when the documents of these tests are made."""
    return WHEN


@pytest.fixture
def editable(tmp_path: Path) -> Path:
    """Return a copy of the agreement's template folder that a test may spoil."""
    shutil.copytree(TEMPLATES / "mou", tmp_path / "mou")
    return tmp_path / "mou" / "smart-city"


@pytest.fixture
def minutes_folder() -> Path:
    """Return the folder of the minutes' template."""
    return TEMPLATES / "minutes" / "berita-acara"


@pytest.fixture
def minutes_facts(minutes_folder: Path) -> dict[str, Any]:
    """Return the facts that the minutes' template gives as its example."""
    return dict(json.loads((minutes_folder / "example.json").read_text(encoding="utf-8")))
