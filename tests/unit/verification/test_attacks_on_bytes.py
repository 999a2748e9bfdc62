"""Attacks on the signed bytes and their ranges: none may pass, and each is told as what it is."""

import hashlib
import re
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import plain, prove, sign
from tests.unit.verification.pki import NOW, Member, rsa_key

RANGE = re.compile(rb"/ByteRange\s*\[([^\]]*)\]")


def _set_range(pdf: bytes, numbers: bytes) -> bytes:
    """Write other numbers into the first ByteRange, in as many bytes."""
    found = RANGE.search(pdf)
    assert found
    assert len(numbers) <= len(found[1])
    return pdf[: found.start(1)] + numbers.ljust(len(found[1])) + pdf[found.end(1) :]


def _gap(pdf: bytes) -> tuple[int, int]:
    found = RANGE.search(pdf)
    assert found
    _, first, second, _ = (int(number) for number in found[1].split())
    return first, second


def test_a_changed_byte_is_told_as_a_digest_mismatch(world: World) -> None:
    pdf = world.files["approved proven"].replace(b"Nota Kesepakatan 1", b"Nota Kesepakatan 7", 1)
    report = world.check(pdf)
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.DIGEST_MISMATCH)
    assert not report.signatures[0].intact


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_single_changed_byte_of_the_signed_part_passes(world: World, data: st.DataObject) -> None:
    pdf = bytearray(world.files["approved proven"])
    first, second = _gap(bytes(pdf))
    end = len(world.files["approved"])
    position = data.draw(st.one_of(st.integers(0, first - 1), st.integers(second, end - 1)))
    pdf[position] ^= data.draw(st.integers(1, 255))
    assert world.check(bytes(pdf)).verdict in {Verdict.FAILED, Verdict.UNREADABLE, Verdict.UNSIGNED}


def test_a_changed_octet_of_the_signature_value_is_signature_invalid(world: World) -> None:
    pdf = world.files["basic"]
    _, second = _gap(pdf)
    place = len(pdf[: second - 1].rstrip(b"0")) - 12
    flipped = b"%02x" % (int(pdf[place : place + 2], 16) ^ 0xFF)
    report = world.check(pdf[:place] + flipped + pdf[place + 2 :])
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.SIGNATURE_INVALID)


def test_another_digest_in_the_signed_attributes_is_never_passed(world: World) -> None:
    """Universal forgery by half: the digest fits the changed file, the signature over it does not."""
    pdf = world.files["basic"]
    changed = pdf.replace(b"Nota Kesepakatan 1", b"Nota Kesepakatan 7", 1)
    first, second = _gap(pdf)
    old, new = (hashlib.sha256(one[:first] + one[second:]).hexdigest().upper().encode() for one in (pdf, changed))
    assert old in changed
    report = world.check(changed.replace(old, new))
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.SIGNATURE_INVALID)


@pytest.mark.parametrize(
    "numbers",
    [b"[", b"0 10 20", b"0 0 0 0", b"0 -1 5 9", b"0 10 5 20", b"0 99999 99999 1", b"1 2 3 4", b"0 1.5 3 4"],
)
def test_a_byte_range_that_is_not_one_fails(world: World, numbers: bytes) -> None:
    pdf = _set_range(world.files["approved proven"], numbers)
    assert world.check(pdf).verdict is not Verdict.PASSED


def test_a_missing_byte_range_fails(world: World) -> None:
    report = world.check(world.files["approved proven"].replace(b"/ByteRange", b"/ByteRanje", 1))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.BYTERANGE_INVALID,))


def test_missing_contents_fail(world: World) -> None:
    report = world.check(world.files["approved proven"].replace(b"/Contents <", b"/Contentz <", 1))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.BYTERANGE_INVALID,))


@pytest.mark.parametrize("wider", [(1, 0), (0, 1), (30, 0), (0, 30), (-1, 0)])
def test_a_gap_that_is_not_exactly_the_signature_value_fails(world: World, wider: tuple[int, int]) -> None:
    pdf = world.files["approved"]
    first, second = _gap(pdf)
    first, second = first - wider[0], second + wider[1]
    attacked = _set_range(pdf, b"0 %d %d %d" % (first, second, len(pdf) - second))
    report = world.check(attacked)
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.BYTERANGE_INVALID,))


def test_signature_wrapping_fails(world: World) -> None:
    """The signed second part is moved to the end, and other objects are put between (Mladenov et al., 2019)."""
    pdf = world.files["approved"]
    first, second = _gap(pdf)
    evil = b"\n9999 0 obj\n<< /Evil true >>\nendobj\n"
    shifted = second + len(evil)
    wrapped = pdf[:second] + evil + pdf[second:]
    attacked = _set_range(wrapped, b"0 %d %d %d" % (first, shifted, len(pdf) - second))
    report = world.check(attacked)
    assert report.verdict in {Verdict.FAILED, Verdict.UNREADABLE}


def test_junk_in_the_padding_of_the_signature_value_fails(world: World) -> None:
    pdf = bytearray(world.files["approved proven"])
    _, second = _gap(bytes(pdf))
    pdf[second - 9 : second - 1] = b"deadbeef"
    report = world.check(bytes(pdf))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.BYTERANGE_INVALID,))


@pytest.mark.parametrize("tail", [b"x", b"% comment\n", b"\n\n\n", b"junk" * 1000, b"9 0 obj\n<<>>\nendobj\n%%EOF\n"])
def test_trailing_bytes_are_told_as_not_covered(world: World, tail: bytes) -> None:
    report = world.check(world.files["archived"] + tail)
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.NOT_COVERED,))


def test_trailing_bytes_that_point_back_into_the_file_are_not_covered(world: World) -> None:
    pdf = world.files["archived"]
    start = re.findall(rb"startxref\s+(\d+)", pdf)[-1]
    report = world.check(pdf + b"7 0 obj\n(evil)\nendobj\nstartxref\n" + start + b"\n%%EOF\n")
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.NOT_COVERED,))


def test_a_leading_byte_is_never_passed(world: World) -> None:
    assert world.check(b"\n" + world.files["archived"]).verdict in {Verdict.FAILED, Verdict.UNREADABLE}


def test_one_malformed_value_does_not_hide_the_good_signature_beside_it(world: World) -> None:
    pdf = world.files["twice"]
    found = list(RANGE.finditer(pdf))[1]
    _, first, _, _ = (int(number) for number in found[1].split())
    attacked = pdf[: first + 1] + b"ff" * 8 + pdf[first + 17 :]
    report = world.check(attacked)
    states = {found.field: found.intact for found in report.signatures}
    assert states == {"Segel": True, "Pihak1": False, "Pihak2": False}
    assert report.verdict is Verdict.FAILED


def test_a_value_that_is_no_cms_is_signature_invalid(world: World) -> None:
    pdf = world.files["basic"]
    first, second = _gap(pdf)
    report = world.check(pdf[: first + 1] + b"30" + b"0" * (second - first - 4) + pdf[second - 1 :])
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.SIGNATURE_INVALID,))
    assert report.signatures[0].field == "Pihak1"


def test_a_signature_taken_from_another_file_is_a_digest_mismatch(world: World) -> None:
    head = world.pki.person("Contoh Wibowo", key=rsa_key(2048))  # whose signatures all have one length
    one, other = (sign(base, head) for base in (plain(), plain().replace(b"Kesepakatan 2", b"Kesepakatan 9")))
    assert len(one) == len(other)
    first, second = _gap(one)
    mixed = other[:first] + one[first:second] + other[second:]
    assert world.check(mixed).reasons[0] is Reason.DIGEST_MISMATCH


def test_a_value_signed_with_another_key_is_signature_invalid(world: World) -> None:
    stranger = Member(world.head.certificate, world.official.key, world.head.issuer)
    report = world.check(prove(sign(plain(), stranger), world.pki, (world.head,), NOW))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.SIGNATURE_INVALID,))


def test_a_file_written_anew_by_another_tool_fails_and_is_told_as_that(world: World) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(world.files["archived"])) as pdf:
        pdf.save(out)
    report = world.check(out.getvalue())
    assert report.verdict is Verdict.FAILED
    assert Note.REWRITTEN in report.notes
