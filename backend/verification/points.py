"""The four points of SE-2/MK.1/2021, in its order, and apart from them what our log says; for the page and for print.

A sentence never says more than the report holds: what is missing is told as unknown, only what is wrong as bad.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from backend.verification.report import Report, SignatureReport
from backend.verification.verdict import Reason, Verdict


class State(StrEnum):
    """How a point stands."""

    OK = "ok"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Point:
    """One point: `title` and `sentence` are Indonesian message ids, `facts` fill the places of the sentence."""

    title: str
    state: State
    sentence: str
    facts: dict[str, str] = field(default_factory=dict)


SIGNER_BAD = frozenset({Reason.CERTIFICATE_REVOKED, Reason.CERTIFICATE_EXPIRED, Reason.SIGNER_UNEXPECTED})
SIGNER_OPEN = frozenset({Reason.ISSUER_UNKNOWN, Reason.REVOCATION_UNKNOWN, Reason.TIME_UNPROVEN})
# What is wrong with the bytes, worst first, and how it is told.
BAD_BYTES = (
    (frozenset({Reason.DIGEST_MISMATCH}), "Isi berkas tidak sama dengan yang ditandatangani."),
    (
        frozenset({Reason.SIGNATURE_INVALID, Reason.BYTERANGE_INVALID}),
        "Nilai tanda tangan, atau cakupannya, tidak cocok dengan isi berkas.",
    ),
    (frozenset({Reason.CHANGED_AFTER, Reason.NOT_COVERED}), "Setelah ditandatangani, berkas diubah atau ditambahi."),
)
BYTES_BAD = frozenset(reason for reasons, _ in BAD_BYTES for reason in reasons)
BYTES_OPEN = frozenset({Reason.VISIBLE_ADDITION, Reason.ALGORITHM_WEAK, Reason.LIMIT_REACHED})
LASTING = ("B-LT", "B-LTA")


def four_points(report: Report) -> tuple[Point, ...]:
    """Return the four points about the signatures and seals of a file; none where it has none or was not read."""
    signed = [found for found in report.signatures if found.kind != "timestamp"]
    if not signed:
        return ()
    return (_signer(signed), _integrity(report.signatures), _time(signed), _durability(signed))


def log_point(report: Report) -> Point | None:
    """Return whether the file is recorded in our log, None where nobody could tell."""
    title = "Tercatat dalam rekam jejak"
    if report.known_to_log is None:
        return None
    if report.known_to_log:
        return Point(title, State.OK, "Berkas ini, persis seperti ini, tercatat dalam rekam jejak seremoni.")
    return Point(title, State.UNKNOWN, "Berkas ini tidak tercatat dalam rekam jejak yang ditanyai.")


def _signer(signed: list[SignatureReport]) -> Point:
    title = "Penanda tangan"
    names = {"names": ", ".join(dict.fromkeys(found.signer for found in signed if found.signer))}
    reasons = _reasons(signed)
    if reasons & SIGNER_BAD:
        return Point(
            title, State.BAD, "Sertifikat penanda tangan tidak berlaku untuk tanda tangan ini: %(names)s.", names
        )
    if reasons & SIGNER_OPEN:
        return Point(title, State.UNKNOWN, "Nama pada sertifikat tidak dapat dipastikan: %(names)s.", names)
    if reasons & (BYTES_OPEN | BYTES_BAD):
        return Point(
            title, State.UNKNOWN, "Nama pada sertifikat tidak dapat dikaitkan dengan isi berkas: %(names)s.", names
        )
    return Point(title, State.OK, "Sertifikatnya berlaku dan penerbitnya dipercaya: %(names)s.", names)


def _integrity(signatures: Sequence[SignatureReport]) -> Point:
    title = "Keutuhan"
    reasons = _reasons(signatures)
    for bad, sentence in BAD_BYTES:
        if reasons & bad:
            return Point(title, State.BAD, sentence)
    if reasons & BYTES_OPEN or not all(found.intact for found in signatures):
        return Point(title, State.UNKNOWN, "Keutuhan berkas tidak dapat dipastikan.")
    if any(found.changes for found in signatures):
        return Point(title, State.OK, "Isi yang ditandatangani utuh; sesudahnya hanya ditambahkan yang diperkenankan.")
    return Point(title, State.OK, "Isi berkas tidak berubah sejak ditandatangani.")


def _time(signed: list[SignatureReport]) -> Point:
    title = "Stempel waktu"
    if Reason.TIMESTAMP_INVALID in _reasons(signed):
        return Point(title, State.BAD, "Stempel waktu di dalamnya rusak atau dibuat untuk isi yang lain.")
    if all(found.timestamp_at for found in signed):
        return Point(
            title,
            State.OK,
            "Setiap tanda tangan terbukti sudah ada pada waktu yang ditunjukkan stempel waktu tepercaya.",
        )
    if any(found.timestamp_at for found in signed):
        return Point(title, State.UNKNOWN, "Tidak semua tanda tangan memiliki stempel waktu tepercaya.")
    return Point(title, State.UNKNOWN, "Tidak ada stempel waktu tepercaya; waktu yang tertulis hanyalah pernyataan.")


def _durability(signed: list[SignatureReport]) -> Point:
    title = "Daya tahan"
    if any(found.verdict is Verdict.FAILED for found in signed):
        return Point(title, State.UNKNOWN, "Tidak dinilai, karena ada tanda tangan yang tidak lulus pemeriksaan.")
    levels = {found.level for found in signed}
    if levels <= {"B-LTA"}:
        return Point(
            title, State.OK, "Bukti untuk pemeriksaan jangka panjang lengkap dan dilindungi stempel waktu (B-LTA)."
        )
    if levels <= {*LASTING}:
        return Point(title, State.OK, "Bukti untuk pemeriksaan jangka panjang ada di dalam berkas (B-LT).")
    return Point(title, State.UNKNOWN, "Bukti untuk pemeriksaan jangka panjang belum lengkap di dalam berkas.")


def _reasons(signatures: Iterable[SignatureReport]) -> set[Reason]:
    return {reason for found in signatures for reason in found.reasons}
