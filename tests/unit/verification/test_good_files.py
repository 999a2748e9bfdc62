"""Good files must pass, and say exactly the level that they reached."""

from datetime import timedelta

import pytest
from pyhanko.sign import fields

from backend.verification.knowledge import LogKnowledge
from backend.verification.trust import from_certificates
from backend.verification.verdict import Reason, Verdict
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import FIELDS, Signing, archived, embed, plain, prove, sign, stamp
from tests.unit.verification.pki import NOW, Kind, issue, name, rsa_key


def test_a_sealed_document_with_two_signatures_and_an_archive_timestamp_passes_at_b_lta(world: World) -> None:
    report = world.check(world.files["archived"])
    assert report.verdict is Verdict.PASSED
    assert report.reasons == ()
    assert [found.kind for found in report.signatures] == ["seal", "signature", "signature", "timestamp"]
    assert [found.level for found in report.signatures] == ["B-LTA", "B-LTA", "B-LTA", None]
    assert [found.covers for found in report.signatures] == ["revision"] * 3 + ["whole file"]
    assert [found.changes_after for found in report.signatures] == ["permitted"] * 3 + ["none"]
    assert report.signatures[1].signer == "Rr. Contoh Wulandari"
    assert report.signatures[1].issuer == "CA Rekaan"
    assert report.signatures[1].timestamp_at == NOW
    assert all(found.trusted and found.intact for found in report.signatures)


def test_it_still_passes_years_later_when_every_certificate_has_expired_but_the_timestamps(world: World) -> None:
    report = world.check(world.files["archived"], NOW + timedelta(days=4 * 365))
    assert report.verdict is Verdict.PASSED
    assert report.signatures[1].proven_at == NOW


def test_without_revocation_proof_the_best_is_indeterminate(world: World) -> None:
    report = world.check(world.files["basic"])
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.REVOCATION_UNKNOWN,))
    assert report.signatures[0].level == "B-B"
    assert report.signatures[0].trusted


def test_revocation_proof_and_signature_timestamp_make_b_lt(world: World) -> None:
    report = world.check(world.files["approved proven"])
    assert report.verdict is Verdict.PASSED
    assert report.signatures[0].level == "B-LT"


def test_a_timestamp_alone_makes_b_t_if_its_own_certificate_is_proven(world: World) -> None:
    pki = world.pki
    lists = [pki.revocations(pki.root)]
    only_tsa = embed(world.files["approved"], [pki.authority.der], [pki.answer(pki.tsa)], lists)
    report = world.check(only_tsa)
    assert report.signatures[0].level == "B-T"
    assert report.reasons == (Reason.REVOCATION_UNKNOWN,)


def test_a_crl_proves_as_well_as_an_ocsp_response(world: World) -> None:
    pki = world.pki
    lists = [pki.revocations(pki.root), pki.revocations(pki.authority)]
    report = world.check(embed(world.files["approved"], [pki.authority.der], [], lists))
    assert (report.verdict, report.signatures[0].level) == (Verdict.PASSED, "B-LT")


def test_a_late_document_timestamp_lifts_a_signature_without_token_to_b_lta(world: World) -> None:
    archive = archived(world.files["basic"], world.pki, (world.head,))
    report = world.check(archive)
    assert (report.verdict, report.signatures[0].level) == (Verdict.PASSED, "B-LTA")
    assert report.signatures[0].timestamp_at == NOW


def test_archiving_again_keeps_every_signature_good(world: World) -> None:
    later = NOW + timedelta(days=300)
    again = archived(world.files["archived"], world.pki, (world.head, world.official, world.ministry), later)
    report = world.check(again, later + timedelta(hours=1))
    assert report.verdict is Verdict.PASSED
    assert [found.kind for found in report.signatures].count("timestamp") == 2
    assert report.signatures[1].timestamp_at == NOW


def test_a_certificate_that_is_itself_the_anchor_needs_no_revocation_proof() -> None:
    alone = issue(name("Contoh Mandiri"))
    report = verify(sign(plain(), alone), from_certificates([alone.certificate]), LATER)
    assert report.verdict is Verdict.PASSED
    assert report.signatures[0].level == "B-B"


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_signatures_pass(world: World, bits: int) -> None:
    head = world.pki.person("Contoh Wibowo", key=rsa_key(bits))
    report = world.check(prove(sign(plain(), head, Signing(stamp=world.pki.tsa)), world.pki, (head,)))
    assert report.verdict is Verdict.PASSED


def test_rsa_pss_passes(world: World) -> None:
    head = issue(name("Contoh Pratama"), issuer=world.pki.authority, key=rsa_key(2048))
    signed = sign(plain(), head, Signing(stamp=world.pki.tsa), prefer_pss=True)
    assert world.check(prove(signed, world.pki, (head,))).verdict is Verdict.PASSED


def test_the_older_format_is_judged_alike_but_has_no_level(world: World) -> None:
    older = Signing(stamp=world.pki.tsa, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    report = world.check(prove(sign(plain(), world.head, older), world.pki, (world.head,)))
    assert (report.verdict, report.signatures[0].level) == (Verdict.PASSED, "none")


def test_an_invisible_signature_in_a_new_field_is_permitted_after_another(world: World) -> None:
    second = Signing("Tambahan", stamp=world.pki.tsa, new_field=fields.SigFieldSpec("Tambahan"))
    report = world.check(
        prove(sign(world.files["approved"], world.official, second), world.pki, (world.head, world.official))
    )
    assert report.verdict is Verdict.PASSED
    assert {"archive", "signature"} <= {*report.signatures[0].changes}


def test_rewriting_the_security_store_is_permitted(world: World) -> None:
    once = prove(world.files["approved"], world.pki, (world.head,))
    twice = prove(once, world.pki, (world.head, world.official), NOW + timedelta(minutes=1))
    assert world.check(twice).verdict is Verdict.PASSED


def test_a_timestamp_with_nothing_after_it_may_lack_proof_for_itself(world: World) -> None:
    pki = world.pki
    fresh = pki.stamper_of(NOW + timedelta(days=900))
    proven = prove(sign(plain(), world.head, Signing(stamp=pki.tsa)), pki, (world.head,))
    report = world.check(stamp(proven, fresh))
    assert report.verdict is Verdict.PASSED
    assert "newest-unproven" in report.notes


def test_what_is_missing_is_told_beside_the_verdict(world: World) -> None:
    report = world.check(world.files["once"])
    assert report.empty_fields == (FIELDS[1],)
    assert report.incomplete
    assert report.incomplete[1] == {"signed": 1, "expected": 2}
    sealed = world.check(world.files["sealed proven"])
    assert sealed.verdict is Verdict.PASSED
    assert sealed.incomplete
    assert sealed.incomplete[1] == {"signed": 0, "expected": 2}


def test_a_file_without_signature_is_unsigned_and_never_passed(world: World) -> None:
    report = world.check(world.files["plain"])
    assert (report.verdict, report.signatures) == (Verdict.UNSIGNED, ())
    assert report.empty_fields == FIELDS


def test_the_certificate_of_a_body_is_a_seal_and_that_of_a_person_a_signature(world: World) -> None:
    ministry = world.check(sign(plain(), world.ministry)).signatures[0]
    assert ministry.kind == "seal"
    both = issue(name("Contoh Lestari", identifier="NTRID-0000", given="Contoh"), issuer=world.pki.authority)
    assert world.check(sign(plain(), both)).signatures[0].kind == "signature"


def test_a_certificate_that_is_never_revoked_needs_no_proof(world: World) -> None:
    from cryptography import x509  # noqa: PLC0415  because only this test makes an extension by hand

    short = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.56"), b"\x05\x00")
    head = issue(name("Contoh Singkat"), Kind(extra=((short, False),)), world.pki.authority)
    lists = [world.pki.revocations(world.pki.root)]
    assert world.check(embed(sign(plain(), head), [], [], lists)).verdict is Verdict.PASSED


def test_the_log_is_asked_nothing_and_believed_as_given(world: World) -> None:
    assert world.check(world.files["archived"]).known_to_log is None
    assert world.check(world.files["archived"], known=LogKnowledge(recorded=True)).known_to_log is True
    assert world.check(world.files["archived"], known=LogKnowledge(recorded=False)).known_to_log is False
