"""Verify one finished document (seal, two signatures, archive; B-LTA): ours beside pyHanko as it comes."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from backend import clock
from backend.signing import testpki
from backend.signing.archive import Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.revocation import Revocations
from backend.signing.seal import Sealer
from backend.signing.signer import Answer, Assignment, Challenge
from backend.signing.trust import Trust
from backend.verification.trust import from_certificates
from backend.verification.verdict import Verdict
from backend.verification.verify import verify
from benchmarks import rendering
from benchmarks.measure import Contender
from tests.authority import running

WORK = "verify one document, 3 signatures and a timestamp, B-LTA"


@dataclass(frozen=True)
class Finished:
    """A document at the end of its life, the root that everybody trusts (PEM), and where the authority lies."""

    pdf: bytes
    root: bytes
    authority: Path


@contextmanager
def ceremony(folder: Path) -> Iterator[Finished]:
    """Yield a document that went through all our steps, with the test authority running until the end of the block."""
    with running(folder / "authority") as authority:
        seal = testpki.issue_seal(authority.folder, "Kementerian Contoh")
        rendered = rendering.document()
        pdf = Sealer(seal.key, seal.certificate, authority.timestamps).seal(rendered.pdf).pdf
        signer = Pkcs12Signer(folder, authority.timestamps)
        for field, face in rendered.faces.items():
            pdf = _sign(signer, folder, authority.folder, Assignment(pdf, field, face, None, field))
        archivist = Archivist(authority.timestamps, Revocations(authority.fetcher), Trust([authority.anchor]))
        yield Finished(archivist.archive(pdf).pdf, authority.anchor, authority.folder)


def contenders(finished: Finished) -> list[Contender]:
    """Return ours and two ways of pyHanko; each is tried once here, and must find nothing wrong."""
    anchors = from_certificates(x509.load_pem_x509_certificates(finished.root))
    root = asn1_x509.Certificate.load(pem.unarmor(finished.root)[2])

    def ours() -> None:
        report = verify(finished.pdf, anchors, clock.now())
        if report.verdict is not Verdict.PASSED:
            raise ValueError(f"not passed: {report.reasons}")

    return [
        Contender(WORK, "Prasasti", ours),
        Contender(WORK, "pyHanko, with the evidence inside", lambda: asyncio.run(_with_evidence(finished.pdf, root))),
        Contender(WORK, "pyHanko, ades_lta_validation", lambda: asyncio.run(_long_term(finished.pdf, root))),
    ]


def _sign(signer: Pkcs12Signer, folder: Path, authority: Path, assignment: Assignment) -> bytes:
    passphrase = "sandi karangan"
    issued = testpki.issue_person(authority, "Penanda Tangan Karangan", "Pemerintah Karangan", passphrase)
    (folder / f"{assignment.key}.p12").write_bytes(issued.p12)
    challenge = signer.begin(assignment)
    signed = signer.finish(challenge, Answer(passphrase)) if isinstance(challenge, Challenge) else challenge
    return signed.pdf


async def _with_evidence(pdf: bytes, root: asn1_x509.Certificate) -> None:
    reader = PdfFileReader(io.BytesIO(pdf))
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context({"trust_roots": [root], "allow_fetching": False})
    checked = [await async_validate_pdf_signature(one, context) for one in reader.embedded_regular_signatures]
    stamped = [await async_validate_pdf_timestamp(one, context) for one in reader.embedded_timestamp_signatures]
    sound = all(s.bottom_line for s in checked) and all(s.valid and s.trusted for s in stamped)
    if not sound:
        raise ValueError("pyHanko finds a fault")


async def _long_term(pdf: bytes, root: asn1_x509.Certificate) -> None:
    policy = CertValidationPolicySpec(SimpleTrustManager.build([root]), CertRevTrustPolicy(REQUIRE_REVINFO))
    gathering = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, gathering))
    reader = PdfFileReader(io.BytesIO(pdf))
    for one in reader.embedded_regular_signatures:
        await ades_lta_validation(one, spec)
