"""Signed test files, made by pyHanko alone: the verifier is judged by somebody else's signatures."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import NoOpStampStyle, TextStampStyle

from tests.unit.verification.pki import NOW, Member, Pki

FIELDS = ("Pihak1", "Pihak2")


def plain(field_names: Iterable[str] = FIELDS) -> bytes:
    """Return a PDF of two pages with empty, visible signature fields that have an appearance."""
    pdf = pikepdf.Pdf.new()
    form = []
    for number in (1, 2):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 72 700 Td (Nota Kesepakatan %d) Tj ET" % number)
    for number, field_name in enumerate(field_names):
        box = [72 + 200 * number, 100, 232 + 200 * number, 160]
        look = pdf.make_stream(b"0.9 g 0 0 160 60 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 160, 60])
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String(field_name),
                Rect=Array(box),
                F=132,
                P=pdf.pages[0].obj,
                AP=Dictionary(N=look),
            )
        )
        form.append(field)
    pdf.pages[0].Annots = Array(form)
    pdf.Root.AcroForm = Dictionary(Fields=Array(form), SigFlags=0)
    out = BytesIO()
    pdf.save(out, static_id=True, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


@dataclass
class Signing:
    """How one signature is made."""

    field: str = FIELDS[0]
    certify: bool = False
    stamp: Member | None = None
    at: datetime = NOW
    subfilter: fields.SigSeedSubFilter = fields.SigSeedSubFilter.PADES
    digest: str = "sha256"
    new_field: fields.SigFieldSpec | None = None
    permissions: fields.MDPPerm = fields.MDPPerm.FILL_FORMS
    face: bool = False


def sign(pdf: bytes, member: Member, how: Signing | None = None, **signer_options: Any) -> bytes:
    """Return the PDF with one more signature."""
    how = how or Signing()
    meta = signers.PdfSignatureMetadata(
        field_name=how.field,
        md_algorithm=how.digest,
        certify=how.certify,
        subfilter=how.subfilter,
        docmdp_permissions=how.permissions,
    )
    signer = signers.PdfSigner(
        meta,
        member.signer(**signer_options),
        timestamper=how.stamp.stamper(how.at) if how.stamp else None,
        stamp_style=TextStampStyle(stamp_text="Rp 1") if how.face else NoOpStampStyle(),
        new_field_spec=how.new_field,
    )
    out = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    asyncio.run(signer.async_sign_pdf(writer, existing_fields_only=how.new_field is None, output=out))
    return out.getvalue()


def embed(
    pdf: bytes, certificates: Iterable[bytes] = (), answers: Iterable[bytes] = (), lists: Iterable[bytes] = ()
) -> bytes:
    """Return the PDF with a document security store."""
    out = BytesIO(pdf)
    DocumentSecurityStore.add_dss(
        out,
        None,
        certs=[asn1_x509.Certificate.load(der) for der in certificates],
        ocsps=[asn1_ocsp.OCSPResponse.load(der) for der in answers],
        crls=[asn1_crl.CertificateList.load(der) for der in lists],
    )
    return out.getvalue()


def prove(pdf: bytes, pki: Pki, members: Iterable[Member], at: datetime = NOW) -> bytes:
    """Return the PDF with revocation proofs for these members, the TSA and the issuing authority."""
    answers = [pki.answer(member, at) for member in (*members, pki.tsa)]
    return embed(pdf, [pki.authority.der, pki.tsa.der], answers, [pki.revocations(pki.root, at=at)])


def stamp(pdf: bytes, tsa: Member, at: datetime = NOW) -> bytes:
    """Return the PDF with a document timestamp."""
    out = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    asyncio.run(signers.PdfTimeStamper(tsa.stamper(at)).async_timestamp_pdf(writer, "sha256", output=out))
    return out.getvalue()


def archived(pdf: bytes, pki: Pki, members: Iterable[Member], at: datetime = NOW) -> bytes:
    """Return the PDF with proofs and a document timestamp over them: B-LTA, where the signatures have tokens."""
    return stamp(prove(pdf, pki, members, at), pki.tsa, at)
