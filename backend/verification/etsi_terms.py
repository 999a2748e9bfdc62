"""Our verdicts and reasons in the terms of ETSI EN 319 102-1 clause 5.1.3 and TS 119 102-2; only tables, no XML."""

from backend.verification.report import SignatureReport
from backend.verification.verdict import Reason, Verdict

# The schema of V1.4.1; its namespace is the version that a reader recognises.
REPORT = "http://uri.etsi.org/19102/v1.4.1#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
TRUST_LIST = "http://uri.etsi.org/02231/v2#"
XML_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"

MAIN = {
    Verdict.PASSED: "urn:etsi:019102:mainindication:total-passed",
    Verdict.FAILED: "urn:etsi:019102:mainindication:total-failed",
    Verdict.INDETERMINATE: "urn:etsi:019102:mainindication:indeterminate",
    # ETSI names none for a file without a signature; EU DSS does, and its readers know this one.
    Verdict.UNSIGNED: "urn:cef:dss:mainindication:noSignatureFound",
    Verdict.UNREADABLE: "urn:etsi:019102:mainindication:indeterminate",
}
# Of a building block, a constraint or a timestamp (TS 119 102-2 clause 4.2.5), not of a whole signature.
PARTIAL = {
    Verdict.PASSED: "urn:etsi:019102:mainindication:passed",
    Verdict.FAILED: "urn:etsi:019102:mainindication:failed",
    Verdict.INDETERMINATE: "urn:etsi:019102:mainindication:indeterminate",
}
APPLIED = "urn:etsi:019102:constraintStatus:applied"
DISABLED = "urn:etsi:019102:constraintStatus:disabled"
CERTIFICATE = "urn:etsi:019102:validationObject:certificate"
SIGNED_DATA = "urn:etsi:019102:validationObject:signedData"
TIMESTAMP = "urn:etsi:019102:validationObject:timestamp"
BY_VALIDATION = "urn:etsi:019102:poetype:validation"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
DIGESTS = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha224": "http://www.w3.org/2001/04/xmldsig-more#sha224",
    "sha256": SHA256,
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "sha3_256": "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    "sha3_384": "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
    "sha3_512": "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
}

# What EN 319 102-1 has no sub-indication for is named by the nearest one; our own reason always stands beside it.
# A signer our log did not expect is our own constraint: we fail it, where ETSI's process alone would leave it open.
SUB: dict[Reason, str] = {
    Reason.DIGEST_MISMATCH: "HASH_FAILURE",
    Reason.SIGNATURE_INVALID: "SIG_CRYPTO_FAILURE",
    Reason.BYTERANGE_INVALID: "FORMAT_FAILURE",
    Reason.CHANGED_AFTER: "FORMAT_FAILURE",
    Reason.NOT_COVERED: "FORMAT_FAILURE",
    Reason.CERTIFICATE_REVOKED: "REVOKED",
    Reason.CERTIFICATE_EXPIRED: "EXPIRED",
    Reason.TIMESTAMP_INVALID: "FORMAT_FAILURE",
    Reason.SIGNER_UNEXPECTED: "SIG_CONSTRAINTS_FAILURE",
    Reason.VISIBLE_ADDITION: "SIG_CONSTRAINTS_FAILURE",
    Reason.ISSUER_UNKNOWN: "NO_CERTIFICATE_CHAIN_FOUND",
    Reason.REVOCATION_UNKNOWN: "TRY_LATER",
    Reason.TIME_UNPROVEN: "OUT_OF_BOUNDS_NO_POE",
    Reason.ALGORITHM_WEAK: "CRYPTO_CONSTRAINTS_FAILURE",
    Reason.LIMIT_REACHED: "SIG_CONSTRAINTS_FAILURE",
    Reason.NOT_A_PDF: "SIGNED_DATA_NOT_FOUND",
    Reason.ENCRYPTED: "SIGNED_DATA_NOT_FOUND",
}


def sub_indication(reason: Reason, found: SignatureReport | None = None) -> str:
    """Return the URI of a reason's sub-indication; a certificate used before its time is NOT_YET_VALID."""
    name = SUB[reason]
    if reason is Reason.CERTIFICATE_EXPIRED and found and found.proven_at:
        ends = [link.until for link in found.details.chain] or [found.certificate_until or found.proven_at]
        if min(ends) >= found.proven_at:
            name = "NOT_YET_VALID"
    return f"urn:etsi:019102:subindication:{name}"
