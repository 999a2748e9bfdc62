"""The generated reference says what the code says: run `make docs` and commit it with the change."""

import pytest

from backend.ceremonies import intake
from docs.generate import REFERENCE, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_equals_its_source(name: str) -> None:
    page = REFERENCE / name
    assert page.exists(), "run `make docs`"
    assert page.read_text(encoding="utf-8") == pages()[name], "run `make docs`"


def test_nothing_else_lies_among_the_generated_pages() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(pages())


def test_the_page_about_ceremony_files_names_every_column() -> None:
    told = (REFERENCE.parent / "ceremony-file.md").read_text(encoding="utf-8")
    names = {*intake.HEAD_KEYS, *intake.PERSON_KEYS, *intake.REGION_COLUMNS, *intake.WITNESS_COLUMNS, *intake.NATURES}
    assert [name for name in sorted(names) if f"`{name}`" not in told] == []
