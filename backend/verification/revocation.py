"""Whether a certificate was revoked, from proofs inside the file alone: OCSP (RFC 6960) and CRL (RFC 5280 section 5).

A proof counts if the right authority issued it, and its validity covers the proven time or lies after it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.verification import keys
from backend.verification.chain import issued_by
from backend.verification.evidence import Evidence, Proof

# Machines that fetch a proof and stamp a time seconds apart have two clocks (notes/indonesia.md 2.5).
TOLERANCE = timedelta(minutes=5)
# An answer without an end says that a newer one can be had at any time (RFC 6960 clause 4.2.2.1): no lasting proof.
WITHOUT_END = timedelta(days=1)
# RFC 9608 and EN 319 412-1 clause 5.2: certificates that are never revoked because they live for hours.
NEVER_REVOKED = frozenset({"2.5.29.56", "0.4.0.194121.2.1"})


Response = Proof[ocsp.OCSPResponse]


@dataclass(frozen=True)
class Answer:
    """What one authentic proof says: since when it lies in the file, for which time it speaks, revoked when."""

    since: int
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    on_hold: bool = False

    def speaks_for(self, moment: datetime) -> bool:
        """Tell whether its validity covers `moment` or lies after it."""
        end = self.next_update or self.this_update + WITHOUT_END
        return max(end, self.this_update) + TOLERANCE >= moment


@dataclass(frozen=True)
class Status:
    """The outcome for one certificate: proven good (and since which revision of the file), revoked, or unknown."""

    good: bool = False
    revoked: bool = False
    since: int = 0


@lru_cache(maxsize=512)
def needs_proof(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate that is no anchor can be revoked at all."""
    return not any(extension.oid.dotted_string in NEVER_REVOKED for extension in certificate.extensions)


def status(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    moment: datetime,
    evidence: Evidence,
    *,
    delegated: bool = True,
) -> Status:
    """Return whether `certificate` was revoked at `moment` (EN 319 102-1 clauses 5.2.5 and 5.6.2.1).

    `delegated`: whether those whom the issuer named for OCSP may answer for it.
    """
    if not needs_proof(certificate):
        return Status(good=True)
    answers = _answers(certificate, issuer, evidence, delegated=delegated)
    usable = [answer for answer in answers if answer.speaks_for(moment) and _knows(answer, certificate)]
    newest = max(usable, key=lambda answer: answer.this_update, default=None)
    for answer in answers:
        lifted = answer.on_hold and newest is not None and newest.revoked_at is None
        if answer.revoked_at is not None and answer.revoked_at <= moment and not lifted:
            return Status(revoked=True)
    return Status(good=True, since=min(answer.since for answer in usable)) if usable else Status()


def _answers(
    certificate: x509.Certificate, issuer: x509.Certificate, evidence: Evidence, *, delegated: bool
) -> list[Answer]:
    """Return what all authentic proofs say; tokens and signatures ask for the same authorities again and again."""
    key = (_answers, certificate, issuer, delegated)
    if key not in evidence.remembered:
        from_ocsp = _from_ocsp(certificate, issuer, evidence, delegated=delegated)
        evidence.remembered[key] = [*from_ocsp, *_from_crls(certificate, issuer, evidence)]
    found: list[Answer] = evidence.remembered[key]
    return found


def _knows(answer: Answer, certificate: x509.Certificate) -> bool:
    """Tell whether the proof is from the certificate's lifetime: authorities forget what has expired."""
    return answer.this_update <= certificate.not_valid_after_utc


def _from_ocsp(
    certificate: x509.Certificate, issuer: x509.Certificate, evidence: Evidence, *, delegated: bool
) -> Iterator[Answer]:
    for proof in evidence.responses.get(certificate.serial_number, ()):
        response = proof.content
        for single in response.responses:
            if single.serial_number != certificate.serial_number or not _same_issuer(single, certificate, issuer):
                continue
            if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN or not _authentic(
                proof, issuer, evidence, delegated=delegated
            ):
                continue
            reason = single.revocation_reason
            yield Answer(
                proof.since,
                single.this_update_utc,
                single.next_update_utc,
                single.revocation_time_utc,
                reason is x509.ReasonFlags.certificate_hold,
            )


def _same_issuer(single: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether `single` is about a certificate of `issuer`: its key, its name as either of the two spells it."""

    def hashed(data: bytes) -> bytes:
        return hashlib.new(single.hash_algorithm.name, data).digest()

    names = {hashed(keys.subject(issuer)), hashed(keys.issuer(certificate))}
    return single.issuer_name_hash in names and single.issuer_key_hash == hashed(keys.public_key_bits(issuer))


def _authentic(proof: Response, issuer: x509.Certificate, evidence: Evidence, *, delegated: bool) -> bool:
    """Tell whether the issuer itself, or one it named for OCSP, signed the response (RFC 6960 clause 4.2.2.2).

    Of one that it named it must be known that he was not revoked (clause 4.2.2.2.1): by the issuer's own word.
    """
    if delegated:
        produced = proof.content.produced_at_utc
        for candidate in (*proof.content.certificates, *evidence.responders()):
            if _answers_for(candidate, issuer, proof) and (
                _never_checked(candidate) or status(candidate, issuer, produced, evidence, delegated=False).good
            ):
                return True
    return _signed_response(proof, issuer)


@lru_cache(maxsize=1024)
def _answers_for(candidate: x509.Certificate, issuer: x509.Certificate, proof: Response) -> bool:
    """Tell whether `candidate` was named by `issuer` for OCSP and signed this response."""
    produced = proof.content.produced_at_utc
    usage = keys.extension(candidate, x509.ExtendedKeyUsage)
    named = usage is not None and ExtendedKeyUsageOID.OCSP_SIGNING in usage
    in_time = candidate.not_valid_before_utc - TOLERANCE <= produced <= candidate.not_valid_after_utc
    return named and in_time and issued_by(candidate, issuer) and _signed_response(proof, candidate)


def _never_checked(responder: x509.Certificate) -> bool:
    """Tell whether a responder's certificate says that nobody need ask after it."""
    return keys.extension(responder, x509.OCSPNoCheck) is not None or not needs_proof(responder)


@lru_cache(maxsize=1024)
def _signed_response(proof: Response, signer: x509.Certificate) -> bool:
    response = proof.content
    return _signed(signer, response.signature_algorithm_oid, response.signature, response.tbs_response_bytes)


def _signed(signer: x509.Certificate, oid: x509.ObjectIdentifier, value: bytes, message: bytes) -> bool:
    algorithm = keys.algorithm_of(oid.dotted_string)
    if algorithm.family == "rsassa_pss":
        return False
    try:
        claim = keys.Claim(algorithm, "sha256", value, lambda name: hashlib.new(name, message).digest(), message)
        return not keys.weak_digest(keys.hash_name(claim)) and keys.verify(signer, claim)
    except keys.Unknown:
        return False


def _from_crls(certificate: x509.Certificate, issuer: x509.Certificate, evidence: Evidence) -> Iterator[Answer]:
    for proof in evidence.crls.get(keys.subject_spelled(issuer), ()):
        crl = proof.content
        if not _complete_for(crl, certificate) or not _signed_list(proof, issuer):
            continue
        entry: Any = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        yield Answer(
            proof.since,
            crl.last_update_utc,
            crl.next_update_utc,
            entry and entry.revocation_date_utc,
            entry is not None and _held(entry),
        )


def _held(entry: x509.RevokedCertificate) -> bool:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return False
    return reason is x509.ReasonFlags.certificate_hold


def _complete_for(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Tell whether a CRL is whole and meant for this certificate (RFC 5280 clauses 5.2.4 and 5.2.5)."""
    constraints = keys.extension(certificate, x509.BasicConstraints)
    authority = constraints is not None and constraints.ca
    for extension in crl.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            return False
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            point = extension.value
            partial = point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons
            wrong = (point.only_contains_user_certs and authority) or (point.only_contains_ca_certs and not authority)
            if partial or wrong or not _same_point(point, certificate):
                return False
        elif extension.critical and not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            return False
    return True


def _same_point(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    """Tell whether a CRL for one distribution point is the one the certificate names."""
    if point.full_name is None:
        return point.relative_name is None
    named = keys.extension(certificate, x509.CRLDistributionPoints)
    return named is not None and any(name in point.full_name for one in named for name in one.full_name or ())


@lru_cache(maxsize=16)
def _signed_list(proof: Proof[x509.CertificateRevocationList], issuer: x509.Certificate) -> bool:
    crl = proof.content
    usage = keys.extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        return False
    algorithm = crl.signature_hash_algorithm
    if algorithm is not None and keys.weak_digest(algorithm.name):
        return False
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # because a wrong kind of key raises
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
