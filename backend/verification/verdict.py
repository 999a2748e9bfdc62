"""The table of DESIGN section 8: the one place that turns a finding into reason code, verdict and a sentence."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from backend.verification.trust import AnchorClass


class Verdict(StrEnum):
    """What can be said of a signature (the first three, ETSI EN 319 102-1 clause 5.1.3) or of a file (all five)."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Stable codes of what was found; they outlive every version of this program."""

    DIGEST_MISMATCH = "digest-mismatch"
    SIGNATURE_INVALID = "signature-invalid"
    BYTERANGE_INVALID = "byterange-invalid"
    CHANGED_AFTER = "changed-after"
    NOT_COVERED = "not-covered"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_EXPIRED = "certificate-expired"
    TIMESTAMP_INVALID = "timestamp-invalid"
    SIGNER_UNEXPECTED = "signer-unexpected"
    VISIBLE_ADDITION = "visible-addition"
    ISSUER_UNKNOWN = "issuer-unknown"
    REVOCATION_UNKNOWN = "revocation-unknown"
    TIME_UNPROVEN = "time-unproven"
    ALGORITHM_WEAK = "algorithm-weak"
    LIMIT_REACHED = "limit-reached"
    NOT_A_PDF = "not-a-pdf"
    ENCRYPTED = "encrypted"


class Row(NamedTuple):
    """One line of the table: the verdict a finding leads to and the sentence that tells it."""

    verdict: Verdict
    sentence: str


_FAILED, _OPEN, _UNREADABLE = Verdict.FAILED, Verdict.INDETERMINATE, Verdict.UNREADABLE

TABLE: dict[Reason, Row] = {
    Reason.DIGEST_MISMATCH: Row(_FAILED, "Isi berkas berbeda dari yang ditandatangani."),
    Reason.SIGNATURE_INVALID: Row(
        _FAILED, "Nilai tanda tangan rusak, atau tidak cocok dengan sertifikat penanda tangannya."
    ),
    Reason.BYTERANGE_INVALID: Row(_FAILED, "Bagian berkas yang dicakup tanda tangan ini tidak tersusun semestinya."),
    Reason.CHANGED_AFTER: Row(_FAILED, "Setelah tanda tangan ini, berkas diubah dengan cara yang tidak diperkenankan."),
    Reason.NOT_COVERED: Row(_FAILED, "Di akhir berkas ada tambahan yang tidak dicakup tanda tangan mana pun."),
    Reason.CERTIFICATE_REVOKED: Row(
        _FAILED, "Sertifikatnya, atau sertifikat penerbitnya, dicabut; pemakaian sebelum itu tidak terbukti."
    ),
    Reason.CERTIFICATE_EXPIRED: Row(
        _FAILED, "Sertifikatnya, atau sertifikat penerbitnya, tidak berlaku pada waktu yang menjadi dasar pemeriksaan."
    ),
    Reason.TIMESTAMP_INVALID: Row(_FAILED, "Stempel waktu di dalamnya rusak atau dibuat untuk isi yang lain."),
    Reason.SIGNER_UNEXPECTED: Row(_FAILED, "Penanda tangannya bukan yang tercatat untuk dokumen ini."),
    Reason.VISIBLE_ADDITION: Row(_OPEN, "Setelah tanda tangan ini, ada yang tampak ditambahkan pada halaman."),
    Reason.ISSUER_UNKNOWN: Row(
        _OPEN,
        "Sertifikatnya tidak ada, tidak terbaca, atau tidak berasal dari penerbit yang dikenal untuk keperluan ini.",
    ),
    Reason.REVOCATION_UNKNOWN: Row(
        _OPEN, "Berkas tidak memuat bukti yang berlaku bahwa sertifikatnya dan sertifikat penerbitnya tidak dicabut."
    ),
    Reason.TIME_UNPROVEN: Row(
        _OPEN, "Sertifikatnya, atau sertifikat penerbitnya, kini kedaluwarsa, dan waktu pemakaiannya tidak terbukti."
    ),
    Reason.ALGORITHM_WEAK: Row(
        _OPEN, "Algoritme atau bentuk tanda tangannya terlalu lemah, atau tidak dikenal oleh pemeriksa ini."
    ),
    Reason.LIMIT_REACHED: Row(
        _OPEN, "Pemeriksaan tidak selesai: berkas melampaui batas pembaca ini, atau tersusun di luar yang dikenalnya."
    ),
    Reason.NOT_A_PDF: Row(_UNREADABLE, "Berkas ini bukan PDF yang dapat dibaca."),
    Reason.ENCRYPTED: Row(
        _UNREADABLE,
        "Berkas ini terkunci, dengan kata sandi atau penyandian yang tidak dikenal, sehingga tidak dapat dibaca.",
    ),
}


class Note(StrEnum):
    """Something worth telling that never changes a verdict."""

    RESAVED = "resaved"
    REWRITTEN = "rewritten"
    FORM_FILLED = "form-filled"
    CLOCKS_APART = "clocks-apart"
    ORDER_OF_TIMES = "token-order"
    TIME_UNTRUSTED = "token-untrusted"
    NEWEST_UNPROVEN = "newest-unproven"
    MIXED_FORMATS = "mixed-formats"


NOTES: dict[Note, str] = {
    Note.RESAVED: "Berkas disimpan ulang setelah tanda tangan ini; yang tampak di halaman tidak diubah olehnya.",
    Note.REWRITTEN: "Susunan berkas tampaknya ditulis ulang seluruhnya, misalnya disimpan ulang atau dimampatkan.",
    Note.FORM_FILLED: "Setelah tanda tangan ini, isian formulir diisi sebagaimana diperkenankan pengesah berkas.",
    Note.CLOCKS_APART: "Waktu yang dinyatakan penanda tangan berselisih lebih dari lima menit dari stempel waktu.",
    Note.ORDER_OF_TIMES: "Stempel waktu tanda tangan yang lebih akhir menunjukkan waktu yang lebih awal.",
    Note.TIME_UNTRUSTED: "Stempel waktu di dalamnya tidak dapat dipastikan, sehingga tidak membuktikan waktu.",
    Note.NEWEST_UNPROVEN: "Stempel waktu terakhir belum disertai bukti bahwa sertifikatnya sendiri tidak dicabut.",
    Note.MIXED_FORMATS: "Tanda tangan di berkas ini memakai lebih dari satu format.",
}

SAID: dict[Verdict, str] = {
    Verdict.FAILED: "Tidak sah",
    Verdict.INDETERMINATE: "Tidak dapat ditentukan",
    Verdict.UNSIGNED: "Tidak bertanda tangan",
    Verdict.UNREADABLE: "Tidak terbaca",
}

PASSED_SAID: dict[AnchorClass, str] = {
    AnchorClass.CERTIFIED: "Sah",
    AnchorClass.OTHER: "Lulus pemeriksaan",
    AnchorClass.TEST: "Lulus pemeriksaan · UJI COBA, TIDAK SAH",
}

ONLY_STAMPED = "Hanya berstempel waktu; tidak bertanda tangan"
INCOMPLETE = "Belum lengkap: %(signed)d dari %(expected)d tanda tangan"


def judge(reasons: Iterable[Reason]) -> Verdict:
    """Return the verdict on one signature: failed wins over indeterminate, nothing found is passed."""
    return _worst([TABLE[reason].verdict for reason in reasons])


def judge_file(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a file from those on its signatures; none at all is unsigned."""
    return _worst(verdicts) if verdicts else Verdict.UNSIGNED


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    for verdict in (Verdict.UNREADABLE, Verdict.FAILED, Verdict.INDETERMINATE):
        if verdict in verdicts:
            return verdict
    return Verdict.PASSED


def weakest(classes: Iterable[AnchorClass]) -> AnchorClass:
    """Return the class a file may be called by: that of its weakest anchor (a file without any is `other`)."""
    found = set(classes)
    for kind in (AnchorClass.TEST, AnchorClass.OTHER, AnchorClass.CERTIFIED):
        if kind in found:
            return kind
    return AnchorClass.OTHER
