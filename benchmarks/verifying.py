"""Verify finished documents of one, two and three signatures: ours beside pyHanko, `pdfsig` and EU DSS, in one run."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from pyhanko_certvalidator.context import CertValidationPolicySpec, ValidationContext
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
from backend.verification import chain, evidence, keys, revocation
from backend.verification.trust import Anchors, from_certificates
from backend.verification.verdict import Verdict
from backend.verification.verify import verify
from benchmarks import elsewhere, rendering
from benchmarks.measure import Contender
from tests.authority import Authority, running

KINDS = ("1 signature, B-T", "1 signature, B-LTA", "2 signatures, B-LTA", "3 signatures, B-LTA")
PASSPHRASE = "sandi karangan"


@dataclass(frozen=True)
class Finished:
    """Documents at several stages of their life, and where they lie as files.

    `root`: the anchor that everybody trusts (PEM); `authority`: the folder of the test authority; `many`: other
    documents with three signatures each.
    """

    documents: dict[str, bytes]
    many: list[bytes]
    root: bytes
    authority: Path
    folder: Path

    def path(self, kind: str) -> Path:
        """Return the file of a document."""
        return self.folder / f"{KINDS.index(kind)}.pdf"


@contextmanager
def ceremony(folder: Path, others: int = 0) -> Iterator[Finished]:
    """Yield documents that went through all our steps, with the test authority running until the end of the block."""
    with running(folder / "authority") as authority:
        seal = testpki.issue_seal(authority.folder, "Kementerian Contoh")
        sealer = Sealer(seal.key, seal.certificate, authority.timestamps)
        archivist = Archivist(authority.timestamps, Revocations(authority.fetcher), Trust([authority.anchor]))
        sealed, once, twice = _life(folder, authority, sealer)
        stages = (sealed, *(archivist.archive(pdf).pdf for pdf in (sealed, once, twice)))
        many = [archivist.archive(_life(folder, authority, sealer)[-1]).pdf for _ in range(others)]
        found = Finished(dict(zip(KINDS, stages, strict=True)), many, authority.anchor, authority.folder, folder)
        for kind, pdf in found.documents.items():
            found.path(kind).write_bytes(pdf)
        (folder / "root.pem").write_bytes(authority.anchor)
        yield found


def _life(folder: Path, authority: Authority, sealer: Sealer) -> tuple[bytes, ...]:
    """Return a document after the seal and after each of its two signatures."""
    rendered = rendering.document()
    signer = Pkcs12Signer(folder, authority.timestamps)
    stages = [sealer.seal(rendered.pdf).pdf]
    for field, face in rendered.faces.items():
        assignment = Assignment(stages[-1], field, face, None, field)
        issued = testpki.issue_person(authority.folder, "Penanda Tangan Karangan", "Pemerintah Karangan", PASSPHRASE)
        (folder / f"{assignment.key}.p12").write_bytes(issued.p12)
        challenge = signer.begin(assignment)
        signed = signer.finish(challenge, Answer(PASSPHRASE)) if isinstance(challenge, Challenge) else challenge
        stages.append(signed.pdf)
    return tuple(stages)


def anchors_of(finished: Finished) -> Anchors:
    """Return the one anchor of a ceremony."""
    return from_certificates(x509.load_pem_x509_certificates(finished.root))


def contenders(finished: Finished, dss: elsewhere.Validate | None) -> list[Contender]:
    """Return everybody for every document; `dss` is EU DSS where it could be built."""
    return [one for kind in KINDS for one in _for(kind, finished, dss)]


def _for(kind: str, finished: Finished, dss: elsewhere.Validate | None) -> list[Contender]:
    work = f"verify one document, {kind}"
    pdf, path, anchors = finished.documents[kind], finished.path(kind), anchors_of(finished)
    root = asn1_x509.Certificate.load(pem.unarmor(finished.root)[2])
    lasting = kind.endswith("B-LTA")

    def ours() -> None:
        report = verify(pdf, anchors, clock.now())
        if lasting is not (report.verdict is Verdict.PASSED):
            raise ValueError(f"{kind}: {report.verdict} {report.reasons}")

    def forgetful() -> None:
        forget()
        ours()

    found = [Contender(work, "Prasasti", ours), Contender(work, "Prasasti, remembering nothing", forgetful)]
    if elsewhere.pdfsig_is_here():
        found.append(Contender(work, "pdfsig process (no differences, no tokens)", lambda: elsewhere.pdfsig(path)))
    if dss:
        found.append(Contender(work, "EU DSS, warm, no visual comparison", lambda: dss(path)))
    found.append(Contender(work, "pyHanko, with differences", lambda: asyncio.run(_pyhanko(pdf, root))))
    if lasting:
        found.append(Contender(work, "pyHanko, ades_lta_validation", lambda: asyncio.run(_long_term(pdf, root))))
    return found


def forget() -> None:
    """Empty everything that one check leaves behind for the next."""
    for module in (chain, evidence, keys, revocation):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()


async def _pyhanko(pdf: bytes, root: asn1_x509.Certificate) -> None:
    reader = PdfFileReader(io.BytesIO(pdf))
    options: dict[str, Any] = {"trust_roots": [root], "allow_fetching": False}
    stored = "/DSS" in reader.root
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(options) if stored else None
    context = context or ValidationContext(**options)
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
