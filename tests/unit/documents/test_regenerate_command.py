"""`prasasti regenerate`: from a bundle, from an unpacked one, from a folder of templates; never from a wrong recipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from backend.cli import evidence, main
from backend.documents import asic, packing
from backend.documents import template as templates
from backend.documents.render import render
from backend.verification.bundle import layout

APPENDED = b"\n% revisi berikutnya\n"


class InThisProcess:
    """A confined process that is this one: the limits of the real one are tested where they are made."""

    def __init__(self, *_: object) -> None:
        self.closed = False

    def run(self, function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "Confined", InThisProcess)


@contextmanager
def changed(path: Path) -> Iterator[None]:
    """Let a template have other words for a while."""
    before = path.read_text("utf-8")
    path.write_text(before + "\nPasal rekaan.\n", "utf-8")
    yield
    path.write_text(before, "utf-8")


def test_a_document_is_made_again_with_the_recipe_of_its_bundle(
    editable: Path, facts: dict[str, Any], when: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(editable / "naskah.md"):
        made = render(editable, facts, when, mark="")
        recipe = packing.pack(templates.load(editable))
    name = f"{layout.RECIPES}{sha256(recipe).hexdigest()}.zip"
    other = packing.pack(templates.load(editable))
    parts = [asic.part(f"{layout.RECIPES}{'0' * 64}.zip", other), asic.part(name, recipe)]
    bundle, unpacked = tmp_path / "bukti.asice", tmp_path / "bukti"
    bundle.write_bytes(b"".join(asic.stream(layout.MEDIA_TYPE, parts)))
    (unpacked / layout.RECIPES).mkdir(parents=True)
    (unpacked / name).write_bytes(recipe)
    file = tmp_path / "a.pdf"
    file.write_bytes(made.pdf + APPENDED)
    assert main(["regenerate", str(file), "--from", str(bundle)]) == 0
    assert main(["regenerate", str(file), "--from", str(unpacked)]) == 0
    assert "persis" in capsys.readouterr().out
    assert main(["regenerate", str(file), "--from", str(editable.parent)]) == 1
    assert "[regenerate-recipe]" in capsys.readouterr().err
    file.write_bytes(made.pdf.replace(b"/TU (Tanda tangan", b"/TU (Tanda Tangan", 1))
    assert main(["regenerate", str(file), "--from", str(bundle)]) == 1
    assert "berbeda" in capsys.readouterr().out


def test_what_holds_no_recipes_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, nothing = tmp_path / "a.pdf", tmp_path / "b.asice"
    file.write_bytes(b"%PDF-1.7\n")
    nothing.write_bytes(b"PK\3\4")
    for given in (nothing, tmp_path / "nowhere"):
        assert main(["regenerate", str(file), "--from", str(given)]) == 1
        assert "[recipes-unreadable]" in capsys.readouterr().err
    assert main(["regenerate", str(tmp_path / "nowhere.pdf")]) == 1
    assert "[file-unreadable]" in capsys.readouterr().err
