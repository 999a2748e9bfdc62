"""What other signers do differently is told as not known, never as wrong; what is wrong in it is told as wrong."""

import asyncio
import zlib
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.stamp import NoOpStampStyle

from backend.verification.pdf.lexer import Odd
from backend.verification.pdf.objects import inflate
from backend.verification.verdict import Note, Reason, Verdict
from tests.unit.verification import habits
from tests.unit.verification.conftest import World
from tests.unit.verification.files import embed, plain, prove, sign
from tests.unit.verification.pki import NOW, YEAR, Member, issue, name, rsa_key
from tests.unit.verification.test_attacks_by_update import update

PATH_LENGTH_WITHOUT_AUTHORITY = bytes.fromhex("3003020100")


def _odd(issuer: Member) -> Member:
    """Issue a certificate with a path length that only authorities may have: Adobe's own did so for years."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(name("Contoh Kebiasaan Lama"))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(
            x509.UnrecognizedExtension(ExtensionOID.BASIC_CONSTRAINTS, PATH_LENGTH_WITHOUT_AUTHORITY),
            critical=False,
        )
    )
    return Member(builder.sign(issuer.key, hashes.SHA256()), key, issuer)


def test_a_certificate_with_an_extension_nobody_can_read_is_an_unknown_issuer(world: World) -> None:
    report = world.check(sign(plain(), _odd(world.pki.authority)))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ISSUER_UNKNOWN,))
    assert report.signatures[0].signer == "Contoh Kebiasaan Lama"
    assert report.signatures[0].intact


def test_a_changed_byte_under_such_a_certificate_fails(world: World) -> None:
    report = world.check(sign(plain(), _odd(world.pki.authority)).replace(b"Kesepakatan 1", b"Kesepakatan 7", 1))
    assert (report.verdict, report.reasons[0]) == (Verdict.FAILED, Reason.DIGEST_MISMATCH)


def test_a_signer_without_his_certificate_is_unknown_and_not_wrong(world: World) -> None:
    pdf = habits.rewritten(world.files["basic"], habits.without_certificates)
    report = world.check(pdf)
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ISSUER_UNKNOWN,))
    assert not report.signatures[0].intact, "nobody could check the value"
    changed = world.check(pdf.replace(b"Kesepakatan 1", b"Kesepakatan 7", 1))
    assert (changed.verdict, changed.reasons[0]) == (Verdict.FAILED, Reason.DIGEST_MISMATCH)


def test_a_certificate_that_lies_only_in_the_security_store_is_found(world: World) -> None:
    pki = world.pki
    bare = habits.rewritten(world.files["basic"], habits.without_certificates)
    answers = [pki.answer(world.head)]
    stored = embed(bare, [world.head.der, pki.authority.der], answers, [pki.revocations(pki.root)])
    assert world.check(stored).verdict is Verdict.PASSED


def test_a_token_without_its_certificate_proves_no_time_and_harms_nothing(world: World) -> None:
    bare = habits.rewritten(world.files["approved"], habits.token_without_certificates)
    report = world.check(embed(bare, [world.pki.authority.der], [world.pki.answer(world.head)], [_roots(world)]))
    assert (report.verdict, report.notes) == (Verdict.PASSED, (Note.TIME_UNTRUSTED,))
    assert report.signatures[0].timestamp_at is None


def test_its_certificate_is_found_in_the_security_store(world: World) -> None:
    bare = habits.rewritten(world.files["approved"], habits.token_without_certificates)
    report = world.check(prove(bare, world.pki, (world.head,)))
    assert (report.verdict, report.signatures[0].level) == (Verdict.PASSED, "B-LT")


def _roots(world: World) -> bytes:
    return world.pki.revocations(world.pki.root)


def test_two_signers_in_one_container_are_a_form_that_is_not_known(world: World) -> None:
    key = rsa_key(2048)
    member = issue(name("Contoh Rangkap"), issuer=world.pki.authority, key=key)
    report = world.check(habits.rewritten(sign(plain(), member), habits.signed_twice_over))
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ALGORITHM_WEAK,))


@pytest.mark.parametrize("oid", ["1.2.643.7.1.1.3.2", "1.2.804.2.1.1.1.1.3.1.1"], ids=["GOST", "DSTU"])
def test_a_signature_algorithm_that_is_not_known_is_not_called_wrong(world: World, oid: str) -> None:
    def change(signed_data: Any) -> None:
        signed_data["signer_infos"][0]["signature_algorithm"] = {"algorithm": oid}

    pdf = habits.rewritten(world.files["basic"], change)
    report = world.check(pdf)
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.ALGORITHM_WEAK in report.reasons
    changed = world.check(pdf.replace(b"Kesepakatan 1", b"Kesepakatan 7", 1))
    assert (changed.verdict, changed.reasons[0]) == (Verdict.FAILED, Reason.DIGEST_MISMATCH)


def test_a_digest_algorithm_that_is_not_known_is_not_called_wrong(world: World) -> None:
    def change(signed_data: Any) -> None:
        signed_data["signer_infos"][0]["digest_algorithm"] = {"algorithm": "1.2.643.7.1.1.2.2"}

    report = world.check(habits.rewritten(world.files["basic"], change))
    assert report.verdict is Verdict.INDETERMINATE
    assert Reason.ALGORITHM_WEAK in report.reasons


def _in_a_new_field(world: World, box: tuple[int, int, int, int] | None, **entries: Any) -> bytes:
    """Return a file that somebody else signed afterwards, in a field of his own with more entries than pyHanko's."""
    writer = IncrementalPdfFileWriter(BytesIO(world.files["approved"]))
    fields.append_signature_field(writer, fields.SigFieldSpec("Baru", box=box))
    field = writer.root["/AcroForm"]["/Fields"][-1]
    for key, value in entries.items():
        field[generic.pdf_name(f"/{key}")] = value
    if box is not None:
        del field["/AP"]
    meta = signers.PdfSignatureMetadata(field_name="Baru", subfilter=fields.SigSeedSubFilter.PADES)
    work = signers.PdfSigner(meta, world.official.signer(), stamp_style=NoOpStampStyle())
    out = BytesIO()
    asyncio.run(work.async_sign_pdf(writer, existing_fields_only=True, output=out))
    return prove(out.getvalue(), world.pki, (world.head, world.official))


def test_a_new_field_that_names_its_default_value_is_permitted(world: World) -> None:
    """LibreOffice writes /DV beside /V."""
    report = world.check(_in_a_new_field(world, None, DV=generic.pdf_string("contoh")))
    assert (report.verdict, len(report.signatures)) == (Verdict.PASSED, 2)


def test_a_new_field_with_a_place_but_nothing_to_draw_is_permitted(world: World) -> None:
    report = world.check(_in_a_new_field(world, (0, 0, 50, 50)))
    assert (report.verdict, len(report.signatures)) == (Verdict.PASSED, 2)


def _packed(pdf: bytes) -> bytes:
    """Return the file with object streams, a cross-reference stream, an /Info and indirect /Extensions."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.docinfo["/Producer"] = "Contoh"
        opened.Root.Extensions = opened.make_indirect(pikepdf.Dictionary())
        opened.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def test_information_and_extensions_may_follow_where_cross_references_are_streams(
    world: World,
) -> None:
    """Acrobat dates /Info whenever it signs; the cross-reference stream points there too, being the trailer."""

    def edit(writer: IncrementalPdfFileWriter) -> None:
        information = writer.trailer["/Info"]
        information[generic.pdf_name("/ModDate")] = generic.pdf_string("D:20261120030000Z")
        writer.update_container(information)
        extensions = writer.root["/Extensions"]
        extensions[generic.pdf_name("/ADBE")] = generic.DictionaryObject()
        writer.update_container(extensions)

    signed = prove(sign(_packed(plain()), world.head), world.pki, (world.head,))
    report = world.check(update(signed, edit))
    assert (report.verdict, report.signatures[0].changes) == (Verdict.PASSED, ("archive", "metadata"))


def test_a_stream_that_was_flushed_and_never_ended_is_read_and_one_that_breaks_off_is_not() -> None:
    """Acrobat Reader saves cross-reference and object streams so."""
    machine = zlib.compressobj()
    flushed = machine.compress(b"Nota Kesepakatan " * 40) + machine.flush(zlib.Z_SYNC_FLUSH)
    assert inflate(flushed, 10_000) == b"Nota Kesepakatan " * 40
    with pytest.raises(Odd):
        inflate(flushed[:-5], 10_000)
