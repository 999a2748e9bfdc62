"""What was found about one signature, each aspect apart, in the words of the technical part of a report.

Integrity, coverage, changes afterwards, signer, chain, revocation, time, level, our log. Nothing is judged here: states
follow from the reasons of the report, and what no step reached is told as not checked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backend.verification.points import State
from backend.verification.report import Report, SignatureReport
from backend.verification.trust import AnchorClass
from backend.verification.verdict import NOTES, TABLE, Note, Reason, Verdict

Fact = str | int | datetime


class Aspect(StrEnum):
    """One thing that is found out about a signature, on its own."""

    INTEGRITY = "integrity"
    COVERAGE = "coverage"
    CHANGES = "changes"
    SIGNER = "signer"
    CHAIN = "chain"
    REVOCATION = "revocation"
    TIME = "time"
    LEVEL = "level"
    LOG = "log"


@dataclass(frozen=True)
class Sentence:
    """An Indonesian message id and the facts for its places; moments are written by whoever shows it."""

    text: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One aspect of one signature; `title` is a message id, `state` is None for what is told and not judged."""

    aspect: Aspect
    title: str
    state: State | None
    sentences: tuple[Sentence, ...]


TITLES = {
    Aspect.INTEGRITY: "Keutuhan",
    Aspect.COVERAGE: "Cakupan",
    Aspect.CHANGES: "Perubahan sesudahnya",
    Aspect.SIGNER: "Penanda tangan",
    Aspect.CHAIN: "Rantai sertifikat",
    Aspect.REVOCATION: "Pencabutan",
    Aspect.TIME: "Waktu",
    Aspect.LEVEL: "Tingkat",
    Aspect.LOG: "Rekam jejak",
}
REASONS: dict[Aspect, frozenset[Reason]] = {
    Aspect.INTEGRITY: frozenset({Reason.DIGEST_MISMATCH, Reason.SIGNATURE_INVALID, Reason.ALGORITHM_WEAK}),
    Aspect.COVERAGE: frozenset({Reason.BYTERANGE_INVALID, Reason.NOT_COVERED}),
    Aspect.CHANGES: frozenset({Reason.CHANGED_AFTER, Reason.VISIBLE_ADDITION}),
    Aspect.SIGNER: frozenset({Reason.SIGNER_UNEXPECTED}),
    Aspect.CHAIN: frozenset({Reason.ISSUER_UNKNOWN, Reason.CERTIFICATE_EXPIRED, Reason.TIME_UNPROVEN}),
    Aspect.REVOCATION: frozenset({Reason.CERTIFICATE_REVOKED, Reason.REVOCATION_UNKNOWN}),
    Aspect.TIME: frozenset({Reason.TIMESTAMP_INVALID}),
    Aspect.LEVEL: frozenset(),
    Aspect.LOG: frozenset(),
}
ASIDE: dict[Note, Aspect] = {
    Note.RESAVED: Aspect.CHANGES,
    Note.FORM_FILLED: Aspect.CHANGES,
    Note.REWRITTEN: Aspect.COVERAGE,
    Note.CLOCKS_APART: Aspect.TIME,
    Note.ORDER_OF_TIMES: Aspect.TIME,
    Note.TIME_UNTRUSTED: Aspect.TIME,
    Note.NEWEST_UNPROVEN: Aspect.REVOCATION,
}
NOT_REACHED = Sentence("Bagian ini tidak sempat atau tidak dapat diperiksa.")
KINDS = {
    "signature": "Sesudahnya dibubuhkan tanda tangan lain.",
    "timestamp": "Sesudahnya ditambahkan stempel waktu naskah.",
    "archive": "Sesudahnya ditambahkan bukti untuk pemeriksaan jangka panjang.",
    "metadata": "Sesudahnya keterangan berkas diperbarui.",
    "form": "Sesudahnya isian formulir diisi atau diubah.",
    "annotation": "Sesudahnya ditambahkan catatan pada halaman.",
    "appearance": "Sesudahnya ditambahkan tanda tangan yang tampak pada halaman, di tempat yang sebelumnya tidak ada.",
}
CLASSES = {
    AnchorClass.CERTIFIED: "Sertifikat induk %(anchor)s termasuk yang dipastikan sebagai penyelenggara tersertifikasi.",
    AnchorClass.OTHER: "Sertifikat induk %(anchor)s dipercaya oleh pemeriksa ini, tanpa status tersertifikasi.",
    AnchorClass.TEST: "Sertifikat induk %(anchor)s hanya untuk percobaan: UJI COBA, TIDAK SAH.",
}


def findings(found: SignatureReport, report: Report) -> tuple[Finding, ...]:
    """Return all aspects of one signature of a report, in their order."""
    told = []
    for aspect, title in TITLES.items():
        sentences = [Sentence(TABLE[reason].sentence) for reason in found.reasons if reason in REASONS[aspect]]
        if _reached(aspect, found):
            sentences += SPOKEN[aspect](found, report)
        notes = [Sentence(NOTES[note]) for note in found.notes if ASIDE.get(note) is aspect]
        state = state_of(aspect, found, report)
        told.append(Finding(aspect, title, state, tuple(sentences or [NOT_REACHED]) + tuple(notes)))
    return tuple(told)


def state_of(aspect: Aspect, found: SignatureReport, report: Report) -> State | None:
    """Return how one aspect of a signature stands: bad and unknown by its reasons, ok only where it was looked at.

    A level is told and not judged; so is the log where nobody asked it.
    """
    if aspect is Aspect.LEVEL or (aspect is Aspect.LOG and report.known_to_log is None):
        return None
    verdicts = {TABLE[reason].verdict for reason in found.reasons if reason in REASONS[aspect]}
    if Verdict.FAILED in verdicts:
        return State.BAD
    if verdicts or not _reached(aspect, found):
        return State.UNKNOWN
    known = {
        Aspect.INTEGRITY: found.intact,
        Aspect.REVOCATION: Note.NEWEST_UNPROVEN not in found.notes,
        Aspect.TIME: found.timestamp_at is not None or found.kind == "timestamp",
        Aspect.LOG: bool(report.known_to_log),
    }
    return State.OK if known.get(aspect, True) else State.UNKNOWN


def _reached(aspect: Aspect, found: SignatureReport) -> bool:
    """Tell whether the steps came so far that an aspect without a fault was really looked at."""
    if aspect is Aspect.LOG:
        return True
    if Reason.LIMIT_REACHED in found.reasons:
        return False
    if aspect in {Aspect.COVERAGE, Aspect.CHANGES}:
        return found.details.byte_range is not None
    if aspect is Aspect.REVOCATION:
        return bool(found.details.chain)
    return found.details.certificate is not None


def _integrity(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    if found.intact:
        yield Sentence("Isi yang ditandatangani sama, dan nilai tanda tangannya cocok dengan sertifikatnya.")


def _coverage(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    if found.covers == "whole file":
        yield Sentence("Mencakup seluruh berkas sampai bita terakhir, kecuali nilai tanda tangannya sendiri.")
    else:
        yield Sentence(
            "Mencakup seluruh berkas sebagaimana adanya saat itu (revisi ke-%(revision)d); lihat perubahan sesudahnya.",
            {"revision": found.details.revision or 0},
        )


def _changes(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    if found.changes_after == "none":
        yield Sentence("Tidak ada yang ditambahkan sesudahnya.")
    elif found.changes_after == "permitted":
        yield Sentence("Yang terjadi sesudahnya hanya yang diperkenankan.")
    for kind in found.changes:
        yield Sentence(KINDS.get(kind, kind))


def _signer(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    name = found.signer or found.certificate_sha256 or "-"
    if found.organisation:
        yield Sentence("%(name)s, %(organisation)s", {"name": name, "organisation": found.organisation})
    else:
        yield Sentence("%(name)s", {"name": name})


def _chain(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    chain = found.details.chain
    if not chain:
        yield Sentence("Sertifikat menyebut penerbit %(issuer)s.", {"issuer": found.issuer or "-"})
        return
    yield Sentence("%(chain)s", {"chain": " < ".join(link.name or link.sha256 for link in chain)})
    if found.anchor_class:
        yield Sentence(CLASSES[found.anchor_class], {"anchor": chain[-1].name or chain[-1].sha256})
    if found.proven_at:
        yield Sentence("Diperiksa menurut keadaan pada %(moment)s.", {"moment": found.proven_at})
    if found.certificate_until:
        yield Sentence("Sertifikat penanda tangan berlaku sampai %(moment)s.", {"moment": found.certificate_until})


def _revocation(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    if REASONS[Aspect.REVOCATION] & {*found.reasons} or Note.NEWEST_UNPROVEN in found.notes:
        return
    if found.details.proofs:
        yield Sentence(
            "Untuk %(count)d sertifikat rantai ini, bukti tidak dicabut ada di dalam berkas atau tidak diperlukan.",
            {"count": found.details.proofs},
        )
    else:
        yield Sentence("Sertifikat ini sendiri yang dipercaya; tidak ada yang perlu dibuktikan.")


def _time(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    own = found.kind == "timestamp"
    if own and found.signed_at:
        yield Sentence(
            "%(moment)s menurut jam %(authority)s.", {"moment": found.signed_at, "authority": found.signer or "-"}
        )
    elif found.signed_at:
        yield Sentence("%(moment)s menurut pernyataan penanda tangan sendiri.", {"moment": found.signed_at})
    for stamp in found.details.stamps:
        if stamp.at is not None:
            yield Sentence(
                "%(moment)s menurut stempel waktu di dalamnya, jam %(authority)s.",
                {"moment": stamp.at, "authority": stamp.authority or "-"},
            )
    if found.timestamp_at:
        yield Sentence("Terbukti sudah ada pada %(moment)s.", {"moment": found.timestamp_at})
    elif not own:
        yield Sentence("Tidak ada jam tepercaya yang membuktikan waktunya.")


def _level(found: SignatureReport, _report: Report) -> Iterator[Sentence]:
    if found.level is None:
        yield Sentence("Stempel waktu tidak memiliki tingkat.")
    elif found.level == "none":
        yield Sentence("Bukan tanda tangan PAdES dasar (EN 319 142-1).")
    else:
        yield Sentence("PAdES %(level)s", {"level": found.level})


def _log(_found: SignatureReport, report: Report) -> Iterator[Sentence]:
    if report.known_to_log is None:
        yield Sentence("Rekam jejak tidak ditanyai.")
    elif report.known_to_log:
        yield Sentence("Berkas ini persis salah satu revisi naskah yang tercatat.")
    else:
        yield Sentence("Berkas ini tidak tercatat dalam rekam jejak yang ditanyai.")


SPOKEN: dict[Aspect, Callable[[SignatureReport, Report], Iterator[Sentence]]] = {
    Aspect.INTEGRITY: _integrity,
    Aspect.COVERAGE: _coverage,
    Aspect.CHANGES: _changes,
    Aspect.SIGNER: _signer,
    Aspect.CHAIN: _chain,
    Aspect.REVOCATION: _revocation,
    Aspect.TIME: _time,
    Aspect.LEVEL: _level,
    Aspect.LOG: _log,
}
