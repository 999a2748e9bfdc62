"""A certification authority for demo, rehearsal and tests: every subject says UJI COBA, no signature of it counts."""

from backend.signing.testpki.authority import generate, revoke, timestamp_url, trust_anchor
from backend.signing.testpki.people import Issued, Seal, issue_person, issue_seal

__all__ = [
    "Issued",
    "Seal",
    "generate",
    "issue_person",
    "issue_seal",
    "revoke",
    "timestamp_url",
    "trust_anchor",
]
