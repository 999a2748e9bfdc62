"""What can be found out about a bundle: the points that are judged apart, and the one table of codes and sentences.

As in `verification.verdict`: codes are stable, sentences are Indonesian message ids, a point is never one tick for all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.verification.verdict import TABLE as SIGNATURES
from backend.verification.verdict import Reason, Row, Verdict


class Point(StrEnum):
    """One thing that a bundle proves or does not prove, whatever becomes of the others."""

    CONTAINER = "container"
    STAMP = "container-time"
    DOCUMENTS = "documents"
    LOG = "log-signature"
    COSIGNERS = "cosigners"
    TIMES = "time-bracket"
    INCLUSION = "seal-inclusion"
    COMPLETENESS = "completeness"
    APPEND_ONLY = "append-only"
    RECORDED = "documents-recorded"
    DISCLOSURES = "disclosures"
    CONTENTS = "contents"


TITLES: dict[Point, str] = {
    Point.CONTAINER: "Wadah dan daftar isi",
    Point.STAMP: "Stempel waktu wadah",
    Point.DOCUMENTS: "Tanda tangan dokumen",
    Point.LOG: "Tanda tangan rekam jejak",
    Point.COSIGNERS: "Penjaga log",
    Point.TIMES: "Rentang waktu",
    Point.INCLUSION: "Segel tercatat",
    Point.COMPLETENESS: "Kelengkapan peristiwa",
    Point.APPEND_ONLY: "Hanya bertambah",
    Point.RECORDED: "Dokumen dan peristiwa",
    Point.DISCLOSURES: "Data yang diperlihatkan",
    Point.CONTENTS: "Isi lain",
}


class Code(StrEnum):
    """Stable codes of what was found."""

    NOT_A_CONTAINER = "not-a-container"
    FIRST_ENTRY = "first-entry-wrong"
    NAME = "name-refused"
    DUPLICATE = "name-twice"
    LINK = "link-refused"
    ENCRYPTED = "container-encrypted"
    FORM = "entry-form-refused"
    ZIP64 = "zip64-refused"
    OVERLAP = "entries-overlap"
    TOO_MANY = "too-many-entries"
    TOO_LARGE = "too-large"
    BOMB = "zip-bomb"
    DAMAGED = "container-damaged"
    LIMIT = "limit-reached"
    MANIFEST_MISSING = "manifest-missing"
    MANIFEST_INVALID = "manifest-invalid"
    CHANGED = "file-changed"
    MISSING = "file-missing"
    UNLISTED = "file-not-listed"
    NOT_STAMPED = "not-stamped"
    STAMP_INVALID = "stamp-invalid"
    DOCUMENT_FAILED = "document-failed"
    DOCUMENT_OPEN = "document-indeterminate"
    POLICY_NOT_GIVEN = "policy-not-given"
    ANOTHER_LOG = "another-log"
    LOG_UNSIGNED = "log-signature-invalid"
    COSIGNATURE_INVALID = "cosignature-invalid"
    QUORUM_NOT_MET = "quorum-not-met"
    NOT_BEFORE_UNPROVEN = "not-before-unproven"
    ANCHOR_INVALID = "anchor-invalid"
    TIMES_REVERSED = "times-reversed"
    PROOF_INVALID = "proof-invalid"
    EVENT_INVALID = "event-invalid"
    INDEX_WRONG = "index-wrong"
    EVENT_FOREIGN = "event-foreign"
    SEAL_MISSING = "seal-missing"
    INCOMPLETE = "events-incomplete"
    NOT_EXTENDED = "log-not-extended"
    DOCUMENT_UNRECORDED = "document-unrecorded"
    DOCUMENT_OUTDATED = "document-outdated"
    DOCUMENT_MISSING = "document-missing"
    DISCLOSURE_STRAY = "disclosure-stray"
    RECEIPT_INVALID = "receipt-invalid"
    RECIPE_WRONG = "recipe-wrong"
    NOT_CHECKED = "not-checked"


_FAILED, _OPEN, _UNREADABLE = Verdict.FAILED, Verdict.INDETERMINATE, Verdict.UNREADABLE

# fmt: off
TABLE: dict[Code, Row] = {
    Code.NOT_A_CONTAINER: Row(_UNREADABLE, "Berkas ini bukan wadah bukti (ASiC-E) yang utuh."),
    Code.FIRST_ENTRY: Row(_UNREADABLE, "Isi pertama wadah bukan penanda jenis ASiC-E."),
    Code.NAME: Row(_UNREADABLE, "Wadah memuat nama berkas yang tidak diterima: %(name)s."),
    Code.DUPLICATE: Row(_UNREADABLE, "Wadah memuat dua berkas dengan nama yang sama."),
    Code.LINK: Row(_UNREADABLE, "Wadah memuat tautan atau berkas khusus: %(name)s."),
    Code.ENCRYPTED: Row(_UNREADABLE, "Wadah memuat berkas tersandi: %(name)s."),
    Code.FORM: Row(_UNREADABLE, "Cara penyimpanan berkas dalam wadah tidak diterima: %(name)s."),
    Code.ZIP64: Row(_UNREADABLE, "Wadah memakai perluasan zip64 yang tidak diperlukan berkas bukti."),
    Code.OVERLAP: Row(_UNREADABLE, "Berkas dalam wadah bertumpuk, atau ada sisipan di antaranya: %(name)s."),
    Code.TOO_MANY: Row(_UNREADABLE, "Wadah memuat terlalu banyak berkas."),
    Code.TOO_LARGE: Row(_UNREADABLE, "Wadah atau salah satu isinya terlalu besar: %(name)s."),
    Code.BOMB: Row(_UNREADABLE, "Isi wadah mengembang berlebihan bila dibuka: %(name)s."),
    Code.DAMAGED: Row(_UNREADABLE, "Wadah rusak: %(name)s."),
    Code.LIMIT: Row(_UNREADABLE, "Pemeriksaan dihentikan karena wadah melampaui batas pembaca."),
    Code.MANIFEST_MISSING: Row(_FAILED, "Daftar isi wadah tidak ada."),
    Code.MANIFEST_INVALID: Row(_FAILED, "Daftar isi wadah tidak terbaca."),
    Code.CHANGED: Row(_FAILED, "Berkas %(name)s berbeda dari yang tercantum dalam daftar isi."),
    Code.MISSING: Row(_FAILED, "Berkas %(name)s tidak ada."),
    Code.UNLISTED: Row(_FAILED, "Berkas %(name)s tidak tercantum dalam daftar isi."),
    Code.NOT_STAMPED: Row(_OPEN, "Tidak ada stempel waktu atas %(name)s."),
    Code.STAMP_INVALID: Row(_FAILED, "Stempel waktu atas %(name)s rusak atau dibuat untuk isi yang lain."),
    Code.DOCUMENT_FAILED: Row(_FAILED, "Tanda tangan pada %(name)s tidak sah."),
    Code.DOCUMENT_OPEN: Row(_OPEN, "Tanda tangan pada %(name)s tidak dapat ditentukan."),
    Code.POLICY_NOT_GIVEN: Row(_OPEN, "Kunci rekam jejak tidak diperiksa: berikan berkas kebijakan milik sendiri."),
    Code.ANOTHER_LOG: Row(_FAILED, "%(name)s berasal dari rekam jejak lain: %(origin)s."),
    Code.LOG_UNSIGNED: Row(_FAILED, "%(name)s tidak ditandatangani kunci rekam jejak menurut kebijakan."),
    Code.COSIGNATURE_INVALID: Row(_FAILED, "Tanda tangan seorang penjaga log pada titik periksa tidak cocok."),
    Code.QUORUM_NOT_MET: Row(_OPEN, "Titik periksa ditandatangani %(signed)s penjaga log, padahal diminta %(needed)s."),
    Code.NOT_BEFORE_UNPROVEN: Row(_OPEN, "Tidak terbukti bahwa peristiwa terjadi setelah pembukaan distempel."),
    Code.ANCHOR_INVALID: Row(_FAILED, "Catatan rekam jejak tentang stempel waktu pembukaan tidak cocok."),
    Code.TIMES_REVERSED: Row(_FAILED, "Stempel waktu segel lebih awal daripada stempel waktu pembukaan."),
    Code.PROOF_INVALID: Row(_FAILED, "Penyegelan berita acara tidak terbukti tercatat dalam rekam jejak."),
    Code.EVENT_INVALID: Row(_FAILED, "Baris peristiwa %(line)s bukan peristiwa rekam jejak yang utuh."),
    Code.INDEX_WRONG: Row(_FAILED, "Nomor urut peristiwa tidak cocok dengan peristiwanya."),
    Code.EVENT_FOREIGN: Row(_FAILED, "Baris peristiwa %(line)s bukan milik seremoni ini."),
    Code.SEAL_MISSING: Row(_FAILED, "Peristiwa terakhir bukan penyegelan berita acara."),
    Code.INCOMPLETE: Row(_FAILED, "Peristiwa yang ada bukan %(count)s peristiwa yang dihitung berita acara."),
    Code.NOT_EXTENDED: Row(_FAILED, "Tidak terbukti bahwa rekam jejak hanya bertambah (%(name)s)."),
    Code.DOCUMENT_UNRECORDED: Row(_FAILED, "Tidak ada peristiwa yang mencatat %(name)s."),
    Code.DOCUMENT_OUTDATED: Row(_FAILED, "%(name)s bukan revisi terakhir yang dicatat peristiwa."),
    Code.DOCUMENT_MISSING: Row(_FAILED, "Dokumen yang dicatat peristiwa tidak disertakan: %(sha256)s."),
    Code.DISCLOSURE_STRAY: Row(_FAILED, "Baris %(line)s pada data yang diperlihatkan tidak cocok dengan peristiwanya."),
    Code.RECEIPT_INVALID: Row(_FAILED, "%(name)s tidak membuktikan peristiwanya."),
    Code.RECIPE_WRONG: Row(_FAILED, "%(name)s bukan berkas dengan sidik pada namanya."),
    Code.NOT_CHECKED: Row(_OPEN, "Tidak dapat diperiksa karena bagian lain tidak ada atau rusak."),
}
# fmt: on


@dataclass(frozen=True)
class Finding:
    """One thing found; `facts` fill the places of its sentence."""

    code: Code | Reason
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """Return verdict and sentence; what is found about certificates is told as for signatures."""
        return SIGNATURES[self.code] if isinstance(self.code, Reason) else TABLE[self.code]


@dataclass(frozen=True)
class Told:
    """A sentence about what holds: an Indonesian message id and the facts for its places."""

    sentence: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What was found about one point. Without findings it holds; `told` says what exactly, and may add notes."""

    point: Point
    findings: tuple[Finding, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict among the findings, passed without any."""
        return worst(finding.row.verdict for finding in self.findings)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what weighs most: unreadable, failed, indeterminate, else passed."""
    found = set(verdicts)
    return next((v for v in (_UNREADABLE, _FAILED, _OPEN) if v in found), Verdict.PASSED)
