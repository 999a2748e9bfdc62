"""The search for references must never find less than parsing does: what it misses could be a shadow."""

from io import BytesIO

import pikepdf
import pytest

from backend.verification.document import Document, open_document
from backend.verification.objects import References
from backend.verification.pdf.values import Reference, references
from tests.unit.verification.conftest import World
from tests.unit.verification.files import plain
from tests.unit.verification.test_hostile import pdf_of


def _saved(**how: object) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain())) as pdf:
        pdf.save(out, **how)  # type: ignore[arg-type]  # because the options differ in kind
    return out.getvalue()


def _missed(document: Document, revision: int) -> dict[int, set[int]]:
    view = document.at(revision)
    numbers = {ref.idnum for section in document.sections for ref in section.touched()}
    held = {number: set(references(view.raw(Reference(number, 0)))) for number in numbers}
    graph = References(document, revision, set().union(numbers, *held.values()))
    return {
        number: lost
        for number, targets in held.items()
        if (lost := {target for target in targets if number not in (graph._suspects(target) or {number})})
    }


@pytest.mark.parametrize(
    "how",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"linearize": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"qdf": True},
    ],
)
def test_the_search_finds_all_that_parsing_finds(how: dict[str, object]) -> None:
    document = open_document(_saved(**how))
    assert _missed(document, document.revisions - 1) == {}
    assert len(References(document, document.revisions - 1)._live) > 5


@pytest.mark.parametrize("revision", range(5))
def test_it_does_so_in_every_revision_of_a_signed_file(world: World, revision: int) -> None:
    assert _missed(open_document(world.files["archived"]), revision) == {}


@pytest.mark.parametrize(
    "spelled", [b"7 0 R", b"7\n0\tR", b"7%x\n0 R", b"7 %a\r%b\n 0%c\nR", b"007 0 R", b"7\x000\x0cR"]
)
def test_no_spelling_of_a_reference_hides_it(spelled: bytes) -> None:
    document = open_document(pdf_of(b"<< /Type /Catalog >>", b"<< /Hidden " + spelled + b" >>"))
    assert not References(document, 0, {7, 8}).held_only_by(7, set())
    assert References(document, 0, {7, 8}).held_only_by(8, set())


def test_what_only_looks_like_a_reference_blames_nobody() -> None:
    document = open_document(pdf_of(b"<< /Type /Catalog /Title (see 7 0 R there) >>"))
    assert References(document, 0, {7}).held_only_by(7, set())
