"""Whose word counts as a proof of revocation, how long, and under which spelling of a name; EU DSS agrees on each."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.verification.trust import from_certificates
from backend.verification.verdict import Reason, Verdict
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import Signing, embed, plain, sign
from tests.unit.verification.pki import AUTHORITY, NOW, YEAR, Kind, Member, issue, name

DAY = timedelta(days=1)
WITHOUT_NOCHECK = Kind(purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,))


def _answer(
    about: Member, by: Member, at: datetime = NOW, *, enclosed: bool = True, lasts: timedelta | None = DAY
) -> bytes:
    """Return an OCSP response that says good, signed by whom one likes."""
    assert about.issuer
    good, sha1 = ocsp.OCSPCertStatus.GOOD, hashes.SHA1()  # noqa: S303  because OCSP names certificates by it
    end = at + lasts if lasts else None
    builder = ocsp.OCSPResponseBuilder().add_response(
        about.certificate, about.issuer.certificate, sha1, good, at, end, None, None
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    if enclosed:
        builder = builder.certificates([by.certificate])
    return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _found(
    world: World, *answers: bytes, certificates: tuple[bytes, ...] = (), lists: tuple[bytes, ...] = ()
) -> Verdict:
    pki = world.pki
    inside = (pki.authority.der, *certificates)
    report = world.check(embed(world.files["basic"], inside, answers, [pki.revocations(pki.root), *lists]))
    assert report.reasons in ((), (Reason.REVOCATION_UNKNOWN,))
    return report.verdict


def test_a_responder_after_whom_one_must_ask_needs_a_proof_himself(world: World) -> None:
    pki = world.pki
    responder = issue(name("OCSP Tanpa Kecuali"), WITHOUT_NOCHECK, pki.authority)
    answer = _answer(world.head, responder)
    assert _found(world, answer) is Verdict.INDETERMINATE
    assert _found(world, answer, _answer(responder, responder, lasts=YEAR)) is Verdict.INDETERMINATE, (
        "nobody vouches for himself"
    )
    assert _found(world, answer, _answer(responder, pki.authority, lasts=YEAR)) is Verdict.PASSED
    assert _found(world, answer, lists=(pki.revocations(pki.authority),)) is Verdict.PASSED


def test_a_responder_whose_certificate_lies_in_the_store_alone_is_found(world: World) -> None:
    pki = world.pki
    answer = _answer(world.head, pki.ocsp, enclosed=False)
    assert _found(world, answer) is Verdict.INDETERMINATE
    assert _found(world, answer, certificates=(pki.ocsp.der,)) is Verdict.PASSED


@pytest.mark.parametrize(("before", "verdict"), [(DAY / 2, Verdict.PASSED), (2 * DAY, Verdict.INDETERMINATE)])
def test_an_answer_without_an_end_counts_for_a_day(world: World, before: timedelta, verdict: Verdict) -> None:
    pki = world.pki
    signed = sign(plain(), world.head, Signing(stamp=pki.tsa))
    answers = [_answer(world.head, pki.ocsp, at=NOW - before, lasts=None), pki.answer(pki.tsa)]
    report = world.check(embed(signed, [pki.authority.der], answers, [pki.revocations(pki.root)]))
    assert report.verdict is verdict


def _printable(common: str) -> x509.Name:
    """Return the name of an authority in other string types and spacing than `name` writes."""
    parts = (
        (NameOID.COUNTRY_NAME, "ID"),
        (NameOID.ORGANIZATION_NAME, "LEMBAGA  Rekaan"),
        (NameOID.COMMON_NAME, common),
    )
    kind = _ASN1Type.PrintableString
    return x509.Name([x509.NameAttribute(oid, value, kind) for oid, value in parts])


def test_names_spelled_in_other_string_types_are_the_same_names(world: World) -> None:
    """Authorities were renewed over decades, and their names went from PrintableString to UTF8String."""
    pki = world.pki
    apart = Member(pki.authority.certificate, pki.authority.key, pki.root)
    leaf = issue(name("Contoh Ejaan"), issuer=apart)
    builder = (
        x509.CertificateBuilder(_printable("CA Rekaan"), leaf.certificate.subject, leaf.key.public_key())
        .serial_number(leaf.certificate.serial_number)
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
    )
    spelled = Member(builder.sign(pki.authority.key, hashes.SHA256()), leaf.key, apart)
    lists = [pki.revocations(pki.root), pki.revocations(pki.authority)]
    by_list = world.check(embed(sign(plain(), spelled), [pki.authority.der], [], lists))
    assert (by_list.verdict, by_list.reasons) == (Verdict.PASSED, ())
    by_answer = world.check(embed(sign(plain(), spelled), [pki.authority.der], [pki.answer(spelled)], lists[:1]))
    assert (by_answer.verdict, by_answer.reasons) == (Verdict.PASSED, ())


def test_the_same_name_with_another_key_is_another_authority(world: World) -> None:
    namesake = issue(_printable("CA Rekaan"), AUTHORITY)
    leaf = issue(name("Contoh Senama"), issuer=namesake)
    report = world.check(
        embed(sign(plain(), leaf), [world.pki.authority.der], [], [world.pki.revocations(world.pki.root)])
    )
    assert report.reasons == (Reason.ISSUER_UNKNOWN,)


def test_a_revoked_cross_certificate_does_not_hide_a_chain_that_merely_lacks_a_proof(world: World) -> None:
    pki = world.pki
    other = issue(name("Root CA Kedua"), AUTHORITY)
    first = issue(name("CA Silang"), AUTHORITY, pki.root)
    second = issue(name("CA Silang"), AUTHORITY, other, key=first.key)
    leaf = issue(name("Contoh Silang"), issuer=first)
    first.revoked_at = NOW - DAY
    lists = [pki.revocations(pki.root, (first,)), pki.revocations(first)]
    pdf = embed(sign(plain(), leaf), [first.der, second.der], [], lists)
    both = from_certificates([pki.root.certificate, other.certificate])
    assert verify(pdf, both, LATER).reasons == (Reason.REVOCATION_UNKNOWN,)
    assert verify(pdf, world.anchors, LATER).reasons == (Reason.CERTIFICATE_REVOKED,)
