"""What the gate lets in, and every way of getting past it that we know (DESIGN invariant 3)."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject, DictionaryObject, pdf_name

from backend import clock
from backend.signing import pdf as pdf_module
from backend.signing.acceptance import Accepted, check_sealed, check_signed
from backend.signing.cms import Container
from backend.signing.identity import Identity
from backend.signing.pdf import signature_value
from backend.signing.refusals import (
    ChangedAppearance,
    ChangedContent,
    PdfUnreadable,
    Rewritten,
    SignatureCount,
    SignatureInvalid,
    TrailingBytes,
    Unacceptable,
    WrongField,
)
from backend.signing.signed_data import digest
from backend.signing.trust import Trust
from tests.authority import HEAD, OFFICIAL, PASSPHRASE, SEAL, People, document
from tests.instant_signer import identity_of
from tests.unit.signing import forgery

Check = Callable[[bytes, bytes], Accepted]
Sign = Callable[[bytes, str, str], bytes]


@pytest.fixture(scope="module")
def head(parties: People) -> Identity:
    return identity_of(parties.head.p12, PASSPHRASE)


@pytest.fixture(scope="module")
def check(parties: People, trust: Trust) -> Check:
    def against(base: bytes, returned: bytes) -> Accepted:
        wanted = parties.head.certificate_sha256
        return check_signed(base, returned, field=HEAD, certificate_sha256=wanted, at=clock.now(), trust=trust)

    return against


def test_the_seal_and_then_a_signature_pass(
    sealed: bytes, signed: bytes, parties: People, trust: Trust, check: Check
) -> None:
    wanted = parties.seal.certificate_sha256
    seal = check_sealed(document(), sealed, field=SEAL, certificate_sha256=wanted, at=clock.now(), trust=trust)
    assert (seal.level, seal.certificate_sha256) == ("B-T", wanted)
    assert check(sealed, signed).signer_name == parties.head.name


def test_a_file_saved_anew_is_told_from_one_that_was_extended(sealed: bytes, signed: bytes, check: Check) -> None:
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(again)
    for returned in (again.getvalue(), signed.replace(b"NOTA", b"NOTE"), b"\n" + signed, sealed[:-1], b""):
        with pytest.raises(Rewritten):
            check(sealed, returned)


def test_none_or_two_signatures_are_not_one(sealed: bytes, completed: bytes, check: Check) -> None:
    for returned, count in ((sealed, 0), (forgery.appended(sealed, forgery.validation_data), 0), (completed, 2)):
        with pytest.raises(SignatureCount) as refused:
            check(sealed, returned)
        assert refused.value.facts == {"count": count}


def test_a_signature_in_somebody_elses_field_is_refused(sealed: bytes, signer: Sign, check: Check) -> None:
    with pytest.raises(WrongField):
        check(sealed, signer(sealed, OFFICIAL, "kepala"))


def test_a_real_signature_over_the_bare_field_is_accepted_at_b_b(sealed: bytes, head: Identity, check: Check) -> None:
    assert check(sealed, forgery.forged(sealed, head, forgery.nothing)).level == "B-B"


SEEN = [forgery.other_face, forgery.page_words, forgery.page_content, forgery.moved_field]
UNSEEN = [
    forgery.stamp_over_page,
    forgery.new_field,
    forgery.new_form,
    forgery.open_action,
    forgery.permissions,
    forgery.information,
]


def _name(change: Any) -> str:
    return str(change.__name__)


@pytest.mark.parametrize("change", SEEN, ids=_name)
def test_a_changed_look_under_a_real_signature_is_refused(
    sealed: bytes, head: Identity, check: Check, change: forgery.Change
) -> None:
    with pytest.raises(ChangedAppearance):
        check(sealed, forgery.forged(sealed, head, change))


@pytest.mark.parametrize("change", UNSEEN, ids=_name)
def test_changed_content_under_a_real_signature_is_refused(
    sealed: bytes, head: Identity, check: Check, change: forgery.Change
) -> None:
    with pytest.raises(ChangedContent):
        check(sealed, forgery.forged(sealed, head, change))


@pytest.mark.parametrize(
    "change", [*SEEN[:-1], forgery.open_action, forgery.stamp_over_page, forgery.information], ids=_name
)
def test_a_change_appended_after_the_signature_is_refused(
    sealed: bytes, signed: bytes, check: Check, change: forgery.Change
) -> None:
    with pytest.raises((ChangedAppearance, ChangedContent)):
        check(sealed, forgery.appended(signed, change))


def test_validation_data_may_come_with_or_after_the_signature(
    sealed: bytes, signed: bytes, head: Identity, check: Check
) -> None:
    assert check(sealed, forgery.forged(sealed, head, forgery.validation_data)).level == "B-B"
    assert check(sealed, forgery.appended(signed, forgery.validation_data)).level == "B-T"


def test_a_freed_object_is_a_change(sealed: bytes, head: Identity, check: Check) -> None:
    empty = forgery.prepared(sealed, forgery.nothing)
    start_of_table = b"xref\n0 1\n0000000000 65535 f \n"
    at = empty.pdf.index(start_of_table, len(sealed)) + len(start_of_table)
    line = b"%d 1\n0000000000 00001 f \n" % _page_stream(sealed)
    freeing = pdf_module.Prepared(bytearray(empty.pdf[:at] + line + empty.pdf[at:]), empty.start, empty.end)
    with pytest.raises(ChangedContent):
        check(sealed, forgery.completed(_ranged(freeing), head))


def test_bytes_after_the_end_are_refused(sealed: bytes, signed: bytes, check: Check) -> None:
    for tail in (b"%tersembunyi\n", b"\0", b"\n\n\n", b"%%EOF\n"):
        with pytest.raises((TrailingBytes, PdfUnreadable)):
            check(sealed, signed + tail)
    with pytest.raises(Unacceptable):
        check(sealed, signed + sealed[-200:])


def test_the_gap_of_a_signature_holds_nothing_but_its_value(sealed: bytes, head: Identity, check: Check) -> None:
    empty = forgery.prepared(sealed, forgery.nothing)
    container = Container(head)
    for start, end in ((empty.start - 12, empty.end), (empty.start, empty.end + 5), (empty.start + 1, empty.end)):
        wide = _ranged(pdf_module.Prepared(bytearray(empty.pdf), start, end))
        value = container.sign(digest("sha256", wide.content))
        with pytest.raises(SignatureInvalid):
            check(sealed, pdf_module.Prepared(wide.pdf, empty.start, empty.end).filled(value))


def test_a_signature_covers_its_revision_to_the_end(sealed: bytes, head: Identity, check: Check) -> None:
    empty = forgery.prepared(sealed, forgery.nothing)
    for uncovered in (1, 30):
        short = _ranged(pdf_module.Prepared(bytearray(empty.pdf), empty.start, empty.end), uncovered)
        covered = (short.content[0], short.content[1][:-uncovered])
        with pytest.raises(TrailingBytes):
            check(sealed, short.filled(Container(head).sign(digest("sha256", covered))))


def test_other_contents_in_the_dictionary_are_not_taken_for_the_signature(
    sealed: bytes, head: Identity, check: Check
) -> None:
    value = signature_value(4096, forgery.AT)
    contents = value.pop("/Contents")
    value[pdf_name("/Prop_Build")] = DictionaryObject({pdf_name("/Contents"): ByteStringObject(b"lain")})
    value[pdf_name("/Contents")] = contents
    assert check(sealed, forgery.forged(sealed, head, forgery.nothing, value=value)).level == "B-B"


def test_an_approval_that_locks_the_document_is_refused(sealed: bytes, head: Identity, check: Check) -> None:
    value = signature_value(4096, forgery.AT)
    value[pdf_name("/Reference")] = ArrayObject([pdf_module._docmdp()])
    with pytest.raises(SignatureInvalid):
        check(sealed, forgery.forged(sealed, head, forgery.nothing, value=value))


def test_a_seal_that_certifies_nothing_is_refused(trust: Trust, head: Identity) -> None:
    base = document()
    plain = forgery.forged(base, head, forgery.nothing)
    with pytest.raises(SignatureInvalid):
        check_sealed(base, plain, field=HEAD, certificate_sha256=None, at=clock.now(), trust=trust)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_outside_the_value_and_no_cut_is_accepted(
    sealed: bytes, signed: bytes, check: Check, data: st.DataObject
) -> None:
    place = data.draw(st.integers(len(sealed), len(signed) - 1))
    with pytest.raises(Unacceptable):
        check(sealed, signed[:place])
    value = signed.index(b"/Contents <", len(sealed)) + 10
    if not value <= place < signed.index(b">", value):  # within, what is unsigned in a CMS container may vary
        flipped = bytearray(signed)
        flipped[place] ^= 1
        with pytest.raises(Unacceptable):
            check(sealed, bytes(flipped))


def _page_stream(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as read:
        return int(read.pages[0].obj.Contents.objgen[0])


def _ranged(empty: pdf_module.Prepared, uncovered: int = 0) -> pdf_module.Prepared:
    """Write the /ByteRange that fits the place of the gap and the length of the file."""
    pdf = empty.pdf
    at = pdf.rindex(b"/ByteRange [")
    line = b"[0 %d %d %d]" % (empty.start, empty.end, len(pdf) - empty.end - uncovered)
    pdf[at + 11 : at + 11 + 60] = line.ljust(60)
    return empty
