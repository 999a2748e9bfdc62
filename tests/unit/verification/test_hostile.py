"""Hostile files through the pool of limited processes: none may crash it, outlast its limits, or pass."""

import time
import zlib
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest

from backend.confined import Limits
from backend.verification import reader
from backend.verification.reader import LARGEST, Verifier
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import plain
from tests.unit.verification.test_attacks_by_update import update


@pytest.fixture(scope="module")
def verifier(world: World) -> Iterator[Verifier]:
    world.check(world.files["basic"])  # anchors that were used in this process must still travel to another
    pool = Verifier(world.anchors, processes=1)
    yield pool
    pool.close()


def pdf_of(*objects: bytes, extra: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, start)


def graph(wide: int, deep: int) -> bytes:
    """Return dictionaries of which each level points to all of the next: as many paths as wide to the power deep."""
    first = 4
    rows = []
    for level in range(deep):
        below = [first + (level + 1) * wide + column for column in range(wide)] if level + 1 < deep else []
        links = b" ".join(b"/L%d %d 0 R" % (index, number) for index, number in enumerate(below))
        rows += [b"<< %s >>" % links] * wide
    links = b" ".join(b"/G%d %d 0 R" % (index, first + index) for index in range(wide))
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] >> %s >>" % links
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return pdf_of(catalogue, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, *rows)


UNREADABLE = {
    "empty": b"",
    "text": b"halo",
    "header only": b"%PDF-1.7\n",
    "header and end": b"%PDF-1.7\n%%EOF\n",
    "truncated": plain()[:700],
    "deep arrays": pdf_of(b"<< /Type /Catalog /AcroForm << /Fields " + b"[" * 50_000 + b"]" * 50_000 + b" >> >>"),
    "catalogue is itself": b"%PDF-1.7\n1 0 obj\n1 0 R\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n31\n%%EOF\n",
    "table in a circle": pdf_of(b"<< /Type /Catalog >>", extra=b"/Prev 54 "),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_pdf_is_unreadable(verifier: Verifier, name: str) -> None:
    report = verifier.check(UNREADABLE[name])
    assert report.verdict is Verdict.UNREADABLE
    assert report.reasons
    assert report.reasons[0] in {Reason.NOT_A_PDF, Reason.LIMIT_REACHED}


def test_a_file_locked_with_a_password_is_unreadable(verifier: Verifier) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="pemilik", user="rahasia"))
    assert verifier.check(out.getvalue()).reasons == (Reason.ENCRYPTED,)


def test_a_file_over_the_size_limit_is_not_read(verifier: Verifier) -> None:
    report = verifier.check(b"%PDF-1.7\n" + bytes(LARGEST))
    assert (report.verdict, report.reasons) == (Verdict.UNREADABLE, (Reason.LIMIT_REACHED,))


def test_three_hundred_revisions_reach_a_limit(world: World, verifier: Verifier) -> None:
    pdf = world.files["approved proven"]
    for _ in range(300):
        start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        size = b"/Size 100 /Root 1 0 R /Prev %d" % start
        pdf += b"xref\n0 0\ntrailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(pdf))
    report = verifier.check(pdf, at=LATER)
    assert report.verdict is not Verdict.PASSED
    assert Reason.LIMIT_REACHED in report.reasons


def test_a_form_that_contains_itself_ends(verifier: Verifier) -> None:
    loop = pdf_of(
        b"<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
        b"<< /T (a) /Kids [2 0 R] >>",
    )
    assert verifier.check(loop).verdict in {Verdict.UNSIGNED, Verdict.UNREADABLE}


def test_a_graph_with_a_billion_paths_is_read_once_per_object(world: World, verifier: Verifier) -> None:
    """PyHanko's own difference analysis takes longer than anybody waits for this (notes, signing 4.1)."""
    base = BytesIO()
    with pikepdf.open(BytesIO(graph(12, 9))) as tangle, pikepdf.open(BytesIO(plain())) as pdf:
        pdf.Root.Tangle = pdf.copy_foreign(tangle.make_indirect(tangle.Root.G0))
        pdf.save(base)
    from tests.unit.verification.files import Signing, prove, sign  # noqa: PLC0415  because only this test signs

    signed = prove(sign(base.getvalue(), world.head, Signing(stamp=world.pki.tsa)), world.pki, (world.head,))
    assert verifier.check(signed, at=LATER).verdict is Verdict.PASSED


def test_a_megabyte_integer_reaches_a_limit_or_is_refused(verifier: Verifier) -> None:
    big = pdf_of(b"<< /Type /Catalog /AcroForm << /Fields [] /X " + b"1" * 1_000_000 + b" >> >>")
    assert verifier.check(big).verdict in {Verdict.UNREADABLE, Verdict.UNSIGNED}


def test_a_bomb_in_the_security_store_never_passes_for_proof(world: World, verifier: Verifier) -> None:
    from pyhanko.pdf_utils import generic  # noqa: PLC0415  because only this test builds a bomb
    from pyhanko.pdf_utils.generic import pdf_name  # noqa: PLC0415  because only this test builds a bomb

    def bomb(writer: object) -> None:
        body = zlib.compress(bytes(50_000_000), 9)
        stream = generic.StreamObject({pdf_name("/Filter"): pdf_name("/FlateDecode")}, encoded_data=body)
        store = generic.DictionaryObject(
            {pdf_name("/OCSPs"): generic.ArrayObject([writer.add_object(stream)] * 40)}  # type: ignore[attr-defined]  # because the writer is pyHanko's
        )
        writer.root[pdf_name("/DSS")] = store  # type: ignore[attr-defined]  # because the writer is pyHanko's
        writer.update_root()  # type: ignore[attr-defined]  # because the writer is pyHanko's

    report = verifier.check(update(world.files["approved"], bomb), at=LATER)
    assert report.verdict is Verdict.INDETERMINATE


def _asleep(*_: object) -> None:
    time.sleep(60)


def test_the_pool_goes_on_after_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LIMITS", Limits(memory=1 << 30, wall=3.0, tasks=9))
    hurried = Verifier(world.anchors, processes=1)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(reader, "_read", _asleep)
            report = hurried.check(world.files["archived"], at=LATER)
        after = hurried.check(world.files["archived"], at=LATER)
    finally:
        hurried.close()
    assert (report.verdict, report.reasons) == (Verdict.UNREADABLE, (Reason.LIMIT_REACHED,))
    assert after.verdict is Verdict.PASSED


def test_when_the_time_is_over_what_was_found_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The soft limit strikes after the signatures were found: they are told, and none of them passes."""
    from backend.verification import policy, verify  # noqa: PLC0415  because only this test breaks a step
    from backend.verification.limits import OutOfTime  # noqa: PLC0415  because only this test breaks a step

    def out_of_time(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(policy, "review", out_of_time)
    report = verify.verify(world.files["archived"], world.anchors, LATER)
    assert report.verdict is Verdict.INDETERMINATE
    assert report.reasons == (Reason.LIMIT_REACHED,)
    assert len(report.signatures) == 4


def test_the_cpu_limit_strikes_where_nothing_else_does() -> None:
    from backend.verification.limits import OutOfTime, cpu_seconds  # noqa: PLC0415  because only this test waits

    def busy() -> None:
        with cpu_seconds(0.05):
            while True:
                sum(range(1000))

    with pytest.raises(OutOfTime):
        busy()
