"""Bombs, loops, depth and size: each ends inside the limits of its process, with a report, and none passes for good.

Every file goes through the pool, so what a test measures is what a visitor gets: an answer.
"""

import re
import zlib
from collections.abc import Iterator

import pytest

from backend.verification.reader import Verifier
from backend.verification.report import Report
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import FIELDS
from tests.unit.verification.raw import Revision, body, last_xref, object_stream, revise, revise_by_stream, stream
from tests.unit.verification.test_hostile import pdf_of

pytestmark = pytest.mark.needs("thorough")  # a minute: bombs use their limits up

NEVER = {Verdict.UNREADABLE, Verdict.UNSIGNED}
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>"
PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"


@pytest.fixture(scope="module")
def verifier(world: World) -> Iterator[Verifier]:
    pool = Verifier(world.anchors, processes=1)
    yield pool
    pool.close()


def packed(data: bytes, times: int = 1, keys: bytes = b"") -> bytes:
    """Return a stream that was deflated several times over."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [%s] %s" % (b"/FlateDecode " * times, keys))


def _nested(opening: bytes, closing: bytes, deep: int) -> bytes:
    return opening * deep + closing * deep


HUGE = 3_000_000
UNSIGNED = {
    "form that is its own field": (CATALOGUE, PAGES, b"<< /Fields [3 0 R] /T (a) /Kids [3 0 R] /FT /Sig >>"),
    "fields that are their own parents": (
        CATALOGUE,
        PAGES,
        b"<< /Fields [4 0 R] >>",
        b"<< /T (a) /Parent 5 0 R /Kids [5 0 R] >>",
        b"<< /T (b) /Parent 4 0 R /Kids [4 0 R] >>",
    ),
    "parent of itself": (CATALOGUE, PAGES, b"<< /Fields [4 0 R] >>", b"<< /T (a) /Parent 4 0 R >>"),
    "pages in a circle": (CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 9 >>", b"<< /Fields [] >>"),
    "form that refers to itself": (CATALOGUE, PAGES, b"3 0 R"),
    "references in a circle": (CATALOGUE, PAGES, b"4 0 R", b"5 0 R", b"3 0 R"),
    "fields that refer to themselves": (CATALOGUE, PAGES, b"<< /Fields 4 0 R >>", b"4 0 R"),
    "a field wide as the sea": (
        CATALOGUE,
        PAGES,
        b"<< /Fields [%s] >>" % (b"4 0 R " * 300_000),
        b"<< /FT /Sig /T (a) >>",
    ),
    "names of a megabyte": (CATALOGUE, PAGES, b"<< /Fields [] /%s 1 >>" % (b"N" * HUGE)),
    "a string of megabytes": (CATALOGUE, PAGES, b"<< /Fields [] /X (%s) >>" % (b"(" * 50 + b"x" * HUGE + b")" * 50)),
    "a string without end": (CATALOGUE, PAGES, b"<< /Fields [] /X (%s >>" % (b"x" * HUGE)),
    "digits of a megabyte": (CATALOGUE, PAGES, b"<< /Fields [] /X <%s> >>" % (b"0" * HUGE)),
    "an integer of a megabyte": (CATALOGUE, PAGES, b"<< /Fields [] /X %s >>" % (b"9" * HUGE)),
    "a float of a megabyte": (CATALOGUE, PAGES, b"<< /Fields [] /X 1.%s >>" % (b"9" * HUGE)),
    "an object number of a megabyte": (CATALOGUE, PAGES, b"<< /Fields [%s 0 R] >>" % (b"9" * 1_000_000)),
    "deep arrays": (CATALOGUE, PAGES, b"<< /Fields " + _nested(b"[", b"]", 100_000) + b" >>"),
    "deep dictionaries": (CATALOGUE, PAGES, b"<< /Fields [] /X " + _nested(b"<< /X ", b" >>", 100_000) + b" >>"),
    "deep strings": (CATALOGUE, PAGES, b"<< /Fields [] /X " + _nested(b"(", b")", 1_000_000) + b" >>"),
    "open arrays": (CATALOGUE, PAGES, b"<< /Fields " + b"[" * 1_000_000),
    "comments": (CATALOGUE, PAGES, b"<< /Fields [] " + b"%\n" * 1_000_000 + b" >>"),
    "white space": (CATALOGUE, PAGES, b" " * HUGE + b"<< /Fields [] >>"),
    "a form in a bomb": (CATALOGUE, PAGES, packed(bytes(300_000_000), 2)),
}


@pytest.mark.parametrize("kind", UNSIGNED)
def test_an_overload_without_signature_ends(verifier: Verifier, kind: str) -> None:
    report = verifier.check(pdf_of(*UNSIGNED[kind]), at=LATER)
    assert report.verdict in NEVER or not any(found.intact for found in report.signatures)
    assert report.verdict is not Verdict.PASSED


def _deep_fields(deep: int) -> bytes:
    rows = [b"<< /T (a) /Kids [%d 0 R] >>" % (number + 1) for number in range(4, 4 + deep)]
    return pdf_of(CATALOGUE, PAGES, b"<< /Fields [4 0 R] >>", *rows, b"<< /T (z) /FT /Sig /V << /Type /Sig >> >>")


def test_fields_deeper_than_anybody_nests_end(verifier: Verifier) -> None:
    for deep in (40, 3000):
        assert verifier.check(_deep_fields(deep), at=LATER).verdict is not Verdict.PASSED


def test_thousands_of_signature_fields_reach_a_limit(verifier: Verifier) -> None:
    rows = [b"<< /T (%d) /FT /Sig /V << /Type /Sig /ByteRange [0 1 2 3] >> >>" % number for number in range(3000)]
    listed = b" ".join(b"%d 0 R" % (4 + number) for number in range(3000))
    report = verifier.check(pdf_of(CATALOGUE, PAGES, b"<< /Fields [%s] >>" % listed, *rows), at=LATER)
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.LIMIT_REACHED,))


def _with_store(pdf: bytes, *objects: bytes, store: bytes) -> bytes:
    root = body(pdf, 1)[:-2] + b"/DSS %s >>" % store
    return revise(pdf, Revision({1: root, **{300 + index: one for index, one in enumerate(objects)}}))


STORES = {
    "bombs": (b"<< /OCSPs [300 0 R] /CRLs [300 0 R] /Certs [300 0 R] >>", packed(bytes(200_000_000), 2)),
    "a bomb of five filters": (b"<< /OCSPs [300 0 R] >>", packed(bytes(20_000_000), 5)),
    "filters that are none": (b"<< /OCSPs [300 0 R] >>", stream(b"x", b"/Filter [/None /Crypt /FlateDecode]")),
    "a thousand filters": (b"<< /OCSPs [300 0 R] >>", stream(b"x", b"/Filter [%s]" % (b"/ASCIIHexDecode " * 1000))),
    "a predictor gone mad": (
        b"<< /CRLs [300 0 R] >>",
        packed(b"x" * 900, 1, b"/DecodeParms << /Predictor 15 /Columns 99999999 /Colors 99 >>"),
    ),
    "itself": (b"300 0 R", b"<< /VRI 300 0 R /Certs 300 0 R /OCSPs [300 0 R] /CRLs [[300 0 R]] >>"),
    "words": (b"<< /OCSPs (none) /CRLs /None /Certs 5 /VRI [1 2] >>", b"null"),
    "junk": (b"<< /OCSPs [300 0 R] /CRLs [300 0 R] /Certs [300 0 R] >>", stream(b"0\x82\xff\xff" + bytes(999))),
    "half a certificate": (b"<< /Certs [300 0 R] >>", stream(b"0\x82\x03\x000\x82\x02\x00\xa0\x03\x02\x01\x02")),
    "deep DER": (b"<< /Certs [300 0 R] /CRLs [300 0 R] /OCSPs [300 0 R] >>", stream(b"0\x80" * 50_000)),
    "a hundred thousand entries": (b"<< /OCSPs [%s] >>" % (b"300 0 R " * 100_000), stream(b"0\x00")),
    "entries that are nowhere": (b"<< /Certs [%s] >>" % b" ".join(b"%d 0 R" % n for n in range(1000, 9000)), b"null"),
    "a VRI of everything": (
        b"<< /VRI << %s >> >>" % b" ".join(b"/K%d 300 0 R" % number for number in range(20_000)),
        b"<< /Cert [301 0 R] /TU (D:99999999999999) >>",
    ),
}


@pytest.mark.parametrize("kind", STORES)
def test_a_hostile_security_store_proves_nothing(world: World, verifier: Verifier, kind: str) -> None:
    store, content = STORES[kind]
    report = verifier.check(_with_store(world.files["approved"], content, store=store), at=LATER)
    assert report.verdict is Verdict.INDETERMINATE
    assert {*report.reasons} <= {Reason.REVOCATION_UNKNOWN, Reason.LIMIT_REACHED}


def test_a_hostile_store_beside_a_good_one_takes_nothing_away(world: World, verifier: Verifier) -> None:
    pdf = world.files["approved proven"]
    store = re.search(rb"/Certs \[.*?/CRLs \[[^\]]*\]", pdf, re.DOTALL)
    assert store
    both = b"<< %s /VRI << /X << /OCSP [300 0 R 301 0 R] /Cert [300 0 R] >> >> >>" % store[0]
    changed = body(pdf, 1).replace(b"/DSS", b"/DSS %s /Dss" % both)
    without = re.sub(rb"/Dss \d+ 0 R", b"", changed)
    mixed = revise(pdf, Revision({1: without, 300: stream(b"junk"), 301: packed(bytes(1000), 3)}))
    assert verifier.check(mixed, at=LATER).verdict is Verdict.PASSED


def _circle(pdf: bytes) -> bytes:
    """The last table says that it follows itself."""
    return pdf + b"xref\n0 0\ntrailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(pdf),
        len(pdf),
    )


def _in_itself(pdf: bytes) -> bytes:
    """An object stream says that it stands in an object stream, which is itself."""
    rows = b"\2" + (300).to_bytes(4, "big") + b"\0\0" + b"\2" + (300).to_bytes(4, "big") + b"\0\1"
    keys = b"/Type /XRef /W [1 4 2] /Index [300 1 9 1] /Size 500 /Root 1 0 R /Prev %d" % last_xref(pdf)
    return pdf + b"400 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, keys), len(pdf))


def _packed_bomb(pdf: bytes) -> bytes:
    return revise_by_stream(pdf, Revision(), {9: b"(" + b"x" * 60_000_000 + b")"})


def _widths(pdf: bytes) -> bytes:
    keys = b"/Type /XRef /W [99999999 4 2] /Index [0 99999999] /Size 99999999 /Root 1 0 R /Prev %d" % last_xref(pdf)
    return pdf + b"400 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(bytes(70), keys), len(pdf))


def _many_rows(pdf: bytes) -> bytes:
    trailer = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (last_xref(pdf), len(pdf))
    return pdf + b"xref\n0 99999999\n0000000000 65535 f \n" + trailer


def _objects_that_lie(pdf: bytes) -> bytes:
    lied = object_stream({9: b"(x)"}).replace(b"/N 1", b"/N 99999999").replace(b"/First 4", b"/First 99999999")
    return revise(pdf, Revision({300: lied, 9: b"300 0 R"}))


def _revisions(pdf: bytes) -> bytes:
    for _ in range(300):
        pdf = revise(pdf, Revision())
    return pdf


def _deep_change(pdf: bytes) -> bytes:
    return revise(pdf, Revision({6: body(pdf, 6)[:-2] + b"/X " + _nested(b"[", b"]", 60_000) + b" >>"}))


def _large_change(pdf: bytes) -> bytes:
    return revise(pdf, Revision({9: b"9" * HUGE}))


SIGNED = [
    _circle,
    _in_itself,
    _packed_bomb,
    _widths,
    _many_rows,
    _objects_that_lie,
    _revisions,
    _deep_change,
    _large_change,
]


@pytest.mark.parametrize("attack", SIGNED)
def test_an_overload_after_a_signature_never_passes(world: World, verifier: Verifier, attack: object) -> None:
    assert callable(attack)
    report: Report = verifier.check(attack(world.files["approved proven"]), at=LATER)
    assert report.verdict is not Verdict.PASSED
    assert report.reasons or report.verdict is Verdict.UNSIGNED


def test_a_wide_revision_is_read_in_even_time(world: World, verifier: Verifier) -> None:
    """Twenty thousand new objects that nobody awaits are looked at once each."""
    many = {number: b"<< /N %d 0 R >>" % (number - 1) for number in range(1000, 21_000)}
    report = verifier.check(revise(world.files["approved proven"], Revision(many)), at=LATER)
    assert report.verdict in {Verdict.PASSED, Verdict.INDETERMINATE}


CMS = {
    "nothing": b"",
    "deep": b"0\x80" * 7000,
    "endless length": b"0\x84\xff\xff\xff\xff",
    "a set of itself": b"1\x80" + b"0\x80" * 2000 + bytes(4000),
    "a long number": b"\x02\x83\x00\x3f\xff" + b"\x7f" * 16383,
}


@pytest.mark.parametrize("kind", CMS)
def test_a_hostile_value_is_told_at_its_own_field(world: World, verifier: Verifier, kind: str) -> None:
    """The bad one is Pihak2; the seal and the first signature beside it keep what they are."""
    pdf = world.files["twice"]
    ranges = list(re.finditer(rb"/ByteRange\s*\[\s*0 (\d+) (\d+)", pdf))
    first, second = int(ranges[-1][1]), int(ranges[-1][2])
    room = (second - first - 2) // 2
    evil = CMS[kind][:room].ljust(room, b"\0").hex().encode()
    report = verifier.check(pdf[: first + 1] + evil.ljust(second - first - 2, b"0") + pdf[second - 1 :], at=LATER)
    states = {found.field: found.intact for found in report.signatures}
    assert states == {"Segel": True, "Pihak1": True, "Pihak2": False}
    assert report.verdict in {Verdict.FAILED, Verdict.INDETERMINATE}
    assert [found.field for found in report.signatures if Reason.LIMIT_REACHED in found.reasons] in ([], [FIELDS[1]])
