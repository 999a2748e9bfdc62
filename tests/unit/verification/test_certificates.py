"""Who signed, by whose word, and when: chains, validity, revocation and proven time, each by the table of DESIGN 8."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.verification.trust import Anchor, AnchorClass, Anchors
from backend.verification.verdict import Note, Reason, Verdict
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import Signing, archived, embed, plain, prove, sign, stamp
from tests.unit.verification.pki import AUTHORITY, NOW, STAMPS, YEAR, Kind, Member, issue, name, rsa_key
from tests.unit.verification.tokens import with_token_of

DAY = timedelta(days=1)


def test_no_anchors_at_all_leaves_everything_undecided(world: World) -> None:
    report = verify(world.files["archived"], Anchors(), LATER)
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ISSUER_UNKNOWN,))
    assert [found.level for found in report.signatures] == ["B-B", "B-B", "B-B", None]
    assert not any(found.trusted for found in report.signatures)


def test_an_unknown_issuer_is_indeterminate(world: World) -> None:
    stranger = issue(name("Contoh Asing"))
    report = world.check(sign(plain(), stranger))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ISSUER_UNKNOWN,))


def test_revoked_before_the_proven_time_fails(world: World) -> None:
    head = world.pki.person()
    head.revoked_at = NOW - DAY
    report = world.check(prove(sign(plain(), head, Signing(stamp=world.pki.tsa)), world.pki, (head,)))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CERTIFICATE_REVOKED,))
    assert not report.signatures[0].trusted


def test_revoked_after_the_proven_time_passes(world: World) -> None:
    head = world.pki.person()
    signed = sign(plain(), head, Signing(stamp=world.pki.tsa))
    head.revoked_at = NOW + DAY
    proven = prove(signed, world.pki, (head,), NOW + 2 * DAY)
    assert world.check(proven, NOW + 3 * DAY).verdict is Verdict.PASSED


def test_revoked_without_proven_time_fails(world: World) -> None:
    head = world.pki.person()
    head.revoked_at = NOW - DAY
    assert world.check(prove(sign(plain(), head), world.pki, (head,))).reasons == (Reason.CERTIFICATE_REVOKED,)


def test_a_revoked_authority_fails(world: World) -> None:
    pki = world.pki
    authority = issue(name("CA Tercabut"), AUTHORITY, pki.root)
    authority.revoked_at = NOW - DAY
    head = issue(name("Contoh Wulandari"), issuer=authority)
    lists = [pki.revocations(pki.root, (authority,)), pki.revocations(authority)]
    report = world.check(embed(sign(plain(), head), [authority.der], [], lists))
    assert (report.verdict, report.reasons) == (Verdict.FAILED, (Reason.CERTIFICATE_REVOKED,))


def test_expired_without_timestamp_is_indeterminate(world: World) -> None:
    head = world.pki.person(valid=(NOW - YEAR, NOW + 2 * DAY))
    report = world.check(prove(sign(plain(), head), world.pki, (head,)), NOW + 5 * DAY)
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.TIME_UNPROVEN in report.reasons


def test_expired_now_but_valid_at_the_timestamp_passes(world: World) -> None:
    head = world.pki.person(valid=(NOW - YEAR, NOW + 2 * DAY))
    proven = prove(sign(plain(), head, Signing(stamp=world.pki.tsa)), world.pki, (head,))
    assert world.check(proven, NOW + 5 * DAY).verdict is Verdict.PASSED


def test_expired_at_the_timestamp_fails(world: World) -> None:
    head = world.pki.person(valid=(NOW - YEAR, NOW - DAY))
    report = world.check(prove(sign(plain(), head, Signing(stamp=world.pki.tsa)), world.pki, (head,), NOW - 2 * DAY))
    assert report.verdict is Verdict.FAILED
    assert Reason.CERTIFICATE_EXPIRED in report.reasons


def test_not_yet_valid_fails(world: World) -> None:
    head = world.pki.person(valid=(NOW + DAY, NOW + YEAR))
    assert Reason.CERTIFICATE_EXPIRED in world.check(sign(plain(), head)).reasons


def test_a_timestamp_whose_issuer_is_unknown_proves_no_time(world: World) -> None:
    other = issue(name("TSA Asing"), STAMPS, key=rsa_key(2048))
    head = world.pki.person(valid=(NOW - YEAR, NOW + 2 * DAY))
    report = world.check(prove(sign(plain(), head, Signing(stamp=other)), world.pki, (head,)), NOW + 5 * DAY)
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.TIME_UNPROVEN in report.reasons
    assert Note.TIME_UNTRUSTED in report.notes
    assert report.signatures[0].timestamp_at is None


def test_a_token_from_the_future_proves_no_time(world: World) -> None:
    signed = sign(plain(), world.head, Signing(stamp=world.pki.tsa, at=NOW + 30 * DAY))
    report = world.check(prove(signed, world.pki, (world.head,)))
    assert report.signatures[0].timestamp_at is None


def test_a_token_by_a_certificate_that_is_not_for_timestamps_proves_no_time(world: World) -> None:
    person = issue(name("Contoh Bukan TSA"), issuer=world.pki.authority, key=rsa_key(2048))
    report = world.check(prove(sign(plain(), world.head, Signing(stamp=person)), world.pki, (world.head, person)))
    assert (report.verdict, report.notes) == (Verdict.PASSED, (Note.TIME_UNTRUSTED,))
    assert report.signatures[0].timestamp_at is None
    assert report.signatures[0].level == "B-B"


def test_a_token_over_other_bytes_fails(world: World) -> None:
    """The token of one signature is put into another: pyHanko would do so without a word."""
    pdf = with_token_of(world.head, world.pki)
    report = world.check(prove(pdf, world.pki, (world.head,)))
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.TIMESTAMP_INVALID)


def test_a_proof_that_ended_before_the_proven_time_is_unusable(world: World) -> None:
    pki = world.pki
    signed = sign(plain(), world.head, Signing(stamp=pki.tsa))
    old = pki.answer(world.head, NOW - 10 * DAY, 2 * DAY)
    fresh = [pki.answer(pki.tsa), old]
    report = world.check(embed(signed, [pki.authority.der], fresh, [pki.revocations(pki.root)]))
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)


def test_a_proof_by_the_wrong_authority_is_unusable(world: World) -> None:
    pki = world.pki
    signed = sign(plain(), world.head, Signing(stamp=pki.tsa))
    stranger = issue(name("OCSP Asing"), Kind(purposes=(ExtendedKeyUsageOID.OCSP_SIGNING,)))
    honest, pki.ocsp = pki.ocsp, stranger
    try:
        forged = pki.answer(world.head)
    finally:
        pki.ocsp = honest
    report = world.check(embed(signed, [pki.authority.der], [pki.answer(pki.tsa), forged], [pki.revocations(pki.root)]))
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)


def test_a_proof_about_somebody_else_is_unusable(world: World) -> None:
    pki = world.pki
    answers = [pki.answer(pki.tsa), pki.answer(world.official)]
    signed = sign(plain(), world.head, Signing(stamp=pki.tsa))
    report = world.check(embed(signed, [pki.authority.der], answers, [pki.revocations(pki.root)]))
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)


def test_a_proof_about_the_same_number_of_another_authority_is_unusable(world: World) -> None:
    pki = world.pki
    namesake = Member(world.head.certificate, world.head.key, pki.root)
    signed = sign(plain(), world.head, Signing(stamp=pki.tsa))
    answers = [pki.answer(pki.tsa), pki.answer(namesake)]
    report = world.check(embed(signed, [pki.authority.der], answers, [pki.revocations(pki.root)]))
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)


def test_the_file_is_failed_by_one_bad_signature_among_good_ones(world: World) -> None:
    revoked = world.pki.person("Contoh Tercabut")
    revoked.revoked_at = NOW - DAY
    twice = sign(world.files["once"], revoked, Signing("Pihak2", stamp=world.pki.tsa))
    report = world.check(archived(twice, world.pki, (world.head, world.ministry, revoked)))
    assert report.verdict is Verdict.FAILED
    assert [found.verdict for found in report.signatures].count(Verdict.PASSED) == 3


def test_a_short_rsa_key_is_weak(world: World) -> None:
    head = issue(name("Contoh Pendek"), issuer=world.pki.authority, key=rsa_key(1024))
    report = world.check(prove(sign(plain(), head), world.pki, (head,)))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ALGORITHM_WEAK,))


def test_sha1_is_weak(world: World) -> None:
    head = issue(name("Contoh Lama"), issuer=world.pki.authority, key=rsa_key(2048))
    older = Signing(digest="sha1")
    report = world.check(prove(sign(plain(), head, older), world.pki, (head,)))
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.ALGORITHM_WEAK in report.reasons


def test_a_weak_authority_makes_a_weak_chain(world: World) -> None:
    authority = issue(name("CA Pendek"), AUTHORITY, world.pki.root, key=rsa_key(1024))
    assert Reason.ALGORITHM_WEAK in world.check(sign(plain(), issue(name("Contoh Bawah"), issuer=authority))).reasons


def test_a_person_may_not_issue_certificates(world: World) -> None:
    below = issue(name("Contoh Turunan"), issuer=world.head)
    assert world.check(sign(plain(), below)).reasons == (Reason.ISSUER_UNKNOWN,)


def test_a_path_length_is_kept(world: World) -> None:
    narrow = issue(name("CA Ujung"), Kind(authority=True, path_length=0), world.pki.root)
    below = issue(name("CA Di Bawahnya"), AUTHORITY, narrow)
    assert world.check(sign(plain(), issue(name("Contoh Satu"), issuer=narrow))).reasons == (Reason.REVOCATION_UNKNOWN,)
    assert world.check(sign(plain(), issue(name("Contoh Dua"), issuer=below))).reasons == (Reason.ISSUER_UNKNOWN,)


def test_an_unknown_critical_extension_ends_the_chain(world: World) -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
    head = issue(name("Contoh Aneh"), Kind(extra=((strange, True),)), world.pki.authority)
    assert world.check(sign(plain(), head)).reasons == (Reason.ISSUER_UNKNOWN,)


def test_a_certificate_that_is_not_for_signing_is_not_accepted(world: World) -> None:
    pki = world.pki
    report = world.check(sign(plain(), pki.authority))
    assert report.reasons == (Reason.ISSUER_UNKNOWN,)


def test_an_anchor_counts_only_in_its_period(world: World) -> None:
    anchor = world.anchors.anchors[0]
    over = Anchors((Anchor(anchor.der, AnchorClass.OTHER, NOW - 9 * YEAR, NOW - YEAR),))
    report = verify(world.files["archived"], over, LATER)
    assert report.verdict is Verdict.INDETERMINATE
    assert not any(found.verdict is Verdict.PASSED for found in report.signatures)


@pytest.mark.parametrize("gap", [timedelta(hours=2), timedelta(minutes=-20)])
def test_a_claimed_time_far_from_the_token_is_only_a_note(world: World, gap: timedelta) -> None:
    signed = sign(plain(), world.head, Signing(stamp=world.pki.tsa, at=NOW + gap))
    report = world.check(prove(signed, world.pki, (world.head,), NOW), NOW + timedelta(hours=3))
    assert report.verdict is Verdict.PASSED
    assert Note.CLOCKS_APART in report.notes


def test_tokens_out_of_order_are_only_a_note(world: World) -> None:
    first = sign(plain(), world.head, Signing(stamp=world.pki.tsa, at=NOW))
    second = sign(first, world.official, Signing("Pihak2", stamp=world.pki.tsa, at=NOW - timedelta(minutes=3)))
    report = world.check(prove(second, world.pki, (world.head, world.official)))
    assert report.verdict is Verdict.PASSED
    assert Note.ORDER_OF_TIMES in report.notes


def test_a_broken_document_timestamp_fails_the_file(world: World) -> None:
    proven = world.files["approved proven"]
    stamped = bytearray(stamp(proven, world.pki.tsa))
    place = stamped.index(b"/Type", len(proven))
    stamped[place - 1 : place] = b"\t"
    report = world.check(bytes(stamped))
    assert (report.verdict, report.signatures[1].reasons[0]) == (Verdict.FAILED, Reason.DIGEST_MISMATCH)
    assert report.signatures[0].verdict is Verdict.PASSED


def test_only_the_newest_document_timestamp_may_lack_proof_for_itself(world: World) -> None:
    other = world.pki.stamper_of(NOW + 2 * YEAR)
    report = world.check(stamp(stamp(world.files["approved proven"], other), world.pki.tsa))
    assert [found.verdict for found in report.signatures] == [
        Verdict.PASSED,
        Verdict.INDETERMINATE,
        Verdict.PASSED,
    ]
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)
