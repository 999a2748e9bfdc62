"""What the gate lets in, and every way of getting past it that we know (DESIGN invariant 3)."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, pdf_name

from backend import clock
from backend.signing import pdf as pdf_module
from backend.signing import testpki
from backend.signing.acceptance import Accepted, check_archived, check_sealed, check_signed
from backend.signing.archive import Archivist
from backend.signing.cms import Container
from backend.signing.fetch import Fetcher
from backend.signing.identity import Identity
from backend.signing.pdf import signature_value
from backend.signing.refusals import (
    CertificateExpired,
    CertificateRevoked,
    ChangedAppearance,
    ChangedContent,
    IssuerUnknown,
    PdfUnreadable,
    Rewritten,
    SignatureCount,
    SignatureInvalid,
    TimestampInvalid,
    TrailingBytes,
    Unacceptable,
    WrongField,
    WrongSigner,
)
from backend.signing.revocation import Revocations
from backend.signing.signed_data import digest
from backend.signing.trust import Trust
from tests.authority import HEAD, OFFICIAL, PASSPHRASE, SEAL, Authority, People, document, free_port, running
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


def test_an_archive_revision_passes(completed: bytes, archivist: Archivist, trust: Trust) -> None:
    archived = archivist.archive(completed)
    assert check_archived(completed, archived.pdf, at=clock.now(), trust=trust).timestamp_at == archived.timestamp_at


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


def test_somebody_elses_signature_is_refused(sealed: bytes, signer: Sign, check: Check) -> None:
    with pytest.raises(WrongSigner):
        check(sealed, signer(sealed, HEAD, "pejabat"))


def test_an_unknown_issuer_is_refused_even_without_an_expected_certificate(
    sealed: bytes, signed: bytes, tmp_path: Path
) -> None:
    testpki.generate(tmp_path / "other", free_port())
    other = Trust([testpki.trust_anchor(tmp_path / "other").read_bytes()])
    with pytest.raises(IssuerUnknown):
        check_signed(sealed, signed, field=HEAD, certificate_sha256=None, at=clock.now(), trust=other)


@pytest.mark.parametrize("days", [-400, 4000])
def test_a_certificate_outside_its_validity_is_refused(sealed: bytes, signed: bytes, trust: Trust, days: int) -> None:
    at = clock.now() + timedelta(days=days)
    with pytest.raises(CertificateExpired):
        check_signed(sealed, signed, field=HEAD, certificate_sha256=None, at=at, trust=trust)


def test_a_revoked_certificate_is_refused_where_revocation_can_be_asked_after(sealed: bytes, tmp_path: Path) -> None:
    with running(tmp_path / "testpki") as authority:
        p12 = testpki.issue_person(authority.folder, "Rekaan", "Contoh", PASSPHRASE).p12
        identity = identity_of(p12, PASSPHRASE)
        signed = forgery.forged(sealed, identity, forgery.nothing)
        trusts = [Trust([authority.anchor], Revocations(authority.fetcher)) for _ in range(2)]

        def check(trust: Trust) -> None:
            check_signed(sealed, signed, field=HEAD, certificate_sha256=identity.sha256, at=clock.now(), trust=trust)

        check(trusts[0])
        certificate = x509.load_der_x509_certificate(identity.certificate)
        testpki.revoke(authority.folder, certificate, clock.now() - timedelta(minutes=1))
        with pytest.raises(CertificateRevoked):
            check(trusts[1])
    with Fetcher() as fetcher:
        check(
            Trust([authority.anchor], Revocations(fetcher))
        )  # nobody answers: the archive step will not go on without an answer


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


def test_a_token_over_other_bytes_is_refused(sealed: bytes, head: Identity, authority: Authority, check: Check) -> None:
    token = authority.timestamps.stamp(b"other bytes")
    returned = forgery.completed(forgery.prepared(sealed, forgery.nothing), head, token.der)
    with pytest.raises(TimestampInvalid):
        check(sealed, returned)


def test_a_token_of_a_stranger_proves_no_time(sealed: bytes, signed: bytes, head: Identity) -> None:
    only_the_signer = Trust([head.certificate])
    at = clock.now()
    accepted = check_signed(sealed, signed, field=HEAD, certificate_sha256=head.sha256, at=at, trust=only_the_signer)
    assert (accepted.level, accepted.timestamp_at) == ("B-B", None)


def test_an_archive_revision_adds_a_stamp_and_nothing_else(
    completed: bytes, sealed: bytes, signed: bytes, archivist: Archivist, trust: Trust
) -> None:
    at = clock.now()
    for change in (forgery.open_action, forgery.stamp_over_page, forgery.new_field, forgery.page_words):
        for returned in (
            forgery.appended(archivist.archive(completed).pdf, change),
            archivist.archive(forgery.appended(completed, change)).pdf,
        ):
            with pytest.raises((ChangedAppearance, ChangedContent, TrailingBytes)):
                check_archived(completed, returned, at=at, trust=trust)
    with pytest.raises(SignatureCount):
        check_archived(sealed, signed, at=at, trust=trust)
    with pytest.raises(SignatureCount):
        check_archived(signed, archivist.archive(archivist.archive(signed).pdf).pdf, at=at, trust=trust)


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


def _ranged(empty: pdf_module.Prepared) -> pdf_module.Prepared:
    """Write the /ByteRange that fits the place of the gap and the length of the file."""
    pdf = empty.pdf
    at = pdf.rindex(b"/ByteRange [")
    line = b"[0 %d %d %d]" % (empty.start, empty.end, len(pdf) - empty.end)
    pdf[at + 11 : at + 11 + 60] = line.ljust(60)
    return empty
