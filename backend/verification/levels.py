"""The PAdES baseline level of one signature (EN 319 142-1 clause 6), by what was proven and not by what is attached."""

from backend.verification.cms import SIGNING_TIME
from backend.verification.signature import PADES
from backend.verification.subject import Subject
from backend.verification.verdict import Reason

NOT_PADES = "none"


def level(subject: Subject, stamped: int | None) -> str:
    """Return B-B, B-T, B-LT, B-LTA or none.

    `stamped` is the revision of the newest trusted document timestamp over the signature, None without one.
    A level counts only what holds: an unknown timestamp authority or a missing revocation proof lowers it.
    """
    placed, found = subject.placed, subject.cms
    if placed is None or found is None or placed.subfilter != PADES or not found.names_its_certificate:
        return NOT_PADES
    if SIGNING_TIME in found.attributes or "/M" not in placed.dictionary:
        return NOT_PADES
    if subject.timestamp_at is None:
        return "B-B"
    standing = subject.standing
    unproven = {Reason.REVOCATION_UNKNOWN, Reason.ISSUER_UNKNOWN}
    if standing is None or not standing.proofs or unproven & {*standing.reasons}:
        return "B-T"
    return "B-LTA" if stamped is not None and stamped >= standing.since else "B-LT"
