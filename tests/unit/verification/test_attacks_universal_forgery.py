"""Universal signature forgery (Mladenov et al., "1 Trillion Dollar Refund", 2019): a signature without substance.

A forged dictionary stands in a second field, or in the place of the genuine one, or was there when the file was made.
"""

import pytest

from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World
from tests.unit.verification.files import FIELDS, prove
from tests.unit.verification.raw import VALUE, Revision, body, revise, sign_raw
from tests.unit.verification.test_attacks_on_bytes import RANGE

KIND = b"/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached"
RANGES = {
    "absent": b"",
    "null": b"/ByteRange null",
    "empty": b"/ByteRange []",
    "of 1": b"/ByteRange [0]",
    "of 3": b"/ByteRange [0 100 200]",
    "of 6": b"/ByteRange [0 10 20 30 40 50]",
    "negative": b"/ByteRange [0 -1 2 3]",
    "of floats": b"/ByteRange [0 10.0 20.0 30.0]",
    "of names": b"/ByteRange [/0 /1 /2 /3]",
    "of nulls": b"/ByteRange [null null null null]",
    "of references": b"/ByteRange [91 0 R 91 0 R 91 0 R 91 0 R]",
    "of itself": b"/ByteRange 90 0 R",
    "a number": b"/ByteRange 5",
    "a string": b"/ByteRange (0 10 20 30)",
    "a dictionary": b"/ByteRange << /0 0 >>",
    "of a megabyte": b"/ByteRange [0 " + b"9" * 4000 + b" 1 1]",
    "of zeros": b"/ByteRange [0 0 0 0]",
    "past the end": b"/ByteRange [0 9999999 99999999 1]",
    "overlapping": b"/ByteRange [0 500 100 500]",
    "not from the start": b"/ByteRange [9 100 200 300]",
}
CONTENTS = {
    "absent": b"",
    "null": b"/Contents null",
    "empty": b"/Contents <>",
    "one zero": b"/Contents <00>",
    "zeros": b"/Contents <" + b"00" * 500 + b">",
    "a literal string": b"/Contents (0)",
    "a name": b"/Contents /None",
    "a number": b"/Contents 0",
    "an array": b"/Contents [<30>]",
    "itself": b"/Contents 90 0 R",
    "a stream": b"/Contents 9 0 R",
    "odd digits": b"/Contents <3>",
    "no hexadecimals": b"/Contents <zz>",
}


def _genuine(pdf: bytes) -> tuple[bytes, bytes]:
    """Return the ByteRange and the /Contents of the first signature, as spelled."""
    found = RANGE.search(pdf)
    assert found
    first, second = (int(number) for number in found[1].split()[1:3])
    return found[0], b"/Contents " + pdf[first:second]


def _forged(pdf: bytes, value: bytes, field: int) -> bytes:
    filled = body(pdf, field).replace(b"/V 12 0 R", b"")[:-2] + b"/V 90 0 R >>"
    return revise(pdf, Revision({field: filled, 90: b"<< %s %s >>" % (KIND, value), 91: b"7"}))


@pytest.mark.parametrize("field", [2, 3], ids=["in the place of the genuine", "in a second field"])
@pytest.mark.parametrize("odd", RANGES)
def test_a_forged_range_beside_a_genuine_value_fails(world: World, odd: str, field: int) -> None:
    pdf = world.files["approved proven"]
    report = world.check(_forged(pdf, RANGES[odd] + b" " + _genuine(pdf)[1], field))
    assert report.verdict is Verdict.FAILED
    forged = next(found for found in report.signatures if found.field == FIELDS[field - 2])
    assert Reason.BYTERANGE_INVALID in forged.reasons
    assert not forged.intact


@pytest.mark.parametrize("field", [2, 3], ids=["in the place of the genuine", "in a second field"])
@pytest.mark.parametrize("odd", CONTENTS)
def test_a_forged_value_beside_a_genuine_range_fails(world: World, odd: str, field: int) -> None:
    pdf = world.files["approved proven"]
    report = world.check(_forged(pdf, _genuine(pdf)[0] + b" " + CONTENTS[odd], field))
    assert report.verdict is Verdict.FAILED
    forged = next(found for found in report.signatures if found.field == FIELDS[field - 2])
    assert Reason.BYTERANGE_INVALID in forged.reasons


@pytest.mark.parametrize("range_", RANGES)
def test_a_file_with_nothing_but_a_forgery_fails(world: World, range_: str) -> None:
    """No genuine signature at all: neither odd range, odd value, nor both together are a signature."""
    for value in CONTENTS.values():
        report = world.check(_forged(world.files["plain"], RANGES[range_] + b" " + value, 2))
        assert report.verdict is Verdict.FAILED


VALUES = [
    b"(text)",
    b"[1 2 3]",
    b"42",
    b"/Name",
    b"true",
    b"90 0 R",
    b"<< >>",
    b"<< /Type /Sig >>",
    b"9 0 R",
    b"7777 0 R",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_field_whose_value_is_no_signature_fails(world: World, value: bytes) -> None:
    pdf = world.files["plain"]
    report = world.check(revise(pdf, Revision({2: body(pdf, 2)[:-2] + b"/V %s >>" % value, 90: b"(text)"})))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.BYTERANGE_INVALID,))


def test_a_field_whose_value_is_null_is_an_empty_field(world: World) -> None:
    pdf = world.files["plain"]
    report = world.check(revise(pdf, Revision({2: body(pdf, 2)[:-2] + b"/V null >>"})))
    assert (report.verdict, FIELDS[0] in report.empty_fields) == (Verdict.UNSIGNED, True)


GENUINE_BUT_ODD = {
    "two /Contents, the genuine first": VALUE[:-2] + b"/Contents <00> >>",
    "two /Contents, the genuine last": VALUE.replace(b"/ByteRange", b"/Contents <00> /ByteRange"),
    "two /ByteRange, the genuine first": VALUE[:-2] + b"/ByteRange [0 1 2 3] >>",
    "two /ByteRange, the genuine last": VALUE.replace(b"/ByteRange", b"/ByteRange [0 1 2 3] /ByteRange"),
    "the second one escaped": VALUE[:-2] + b"/#43ontents <00> >>",
    "the value one dictionary deeper": VALUE.replace(b"/Contents", b"/Deep << /Contents")[:-2] + b">> >>",
    "the value deeper, another outside": VALUE.replace(b"/Contents", b"/Deep << /Contents")[:-2]
    + b">> /Contents <> >>",
    "a comment before the value": VALUE.replace(b"/Contents", b"/Contents % none\n"),
    "the name escaped": VALUE.replace(b"/Contents", b"/C#6fntents"),
    "a timestamp that is none": VALUE.replace(b"/ETSI.CAdES.detached", b"/ETSI.RFC3161"),
}


@pytest.mark.parametrize("odd", GENUINE_BUT_ODD)
def test_a_genuine_value_in_a_dictionary_that_can_be_read_in_two_ways_fails(world: World, odd: str) -> None:
    pdf = sign_raw(world.files["plain"], world.head, GENUINE_BUT_ODD[odd])
    report = world.check(prove(pdf, world.pki, (world.head,)))
    assert report.verdict is Verdict.FAILED
    assert report.reasons[0] in {Reason.BYTERANGE_INVALID, Reason.SIGNATURE_INVALID}


def test_the_same_dictionary_spelled_plainly_passes(world: World) -> None:
    pdf = sign_raw(world.files["plain"], world.head)
    assert world.check(prove(pdf, world.pki, (world.head,))).verdict is Verdict.PASSED


def test_a_signature_dictionary_in_an_object_stream_fails(world: World) -> None:
    """Its bytes cannot be left out of the range, so nothing in it can be signed."""
    from tests.unit.verification.raw import revise_by_stream  # noqa: PLC0415  because only this test packs objects

    pdf = world.files["approved proven"]
    whole = b"<< %s %s %s >>" % (KIND, *_genuine(pdf))
    filled = body(pdf, 3)[:-2] + b"/V 90 0 R >>"
    report = world.check(revise_by_stream(pdf, Revision({3: filled}), {90: whole}))
    forged = next(found for found in report.signatures if found.field == FIELDS[1])
    assert forged.reasons[0] is Reason.BYTERANGE_INVALID
    assert report.verdict is Verdict.FAILED
