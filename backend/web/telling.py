"""A result in the visitor's language, for the page and the printed report alike: the same sentences in both."""

from datetime import datetime
from typing import Any

from backend.languages import translate
from backend.templating import moments
from backend.verification.findings import Finding, findings
from backend.verification.points import four_points
from backend.verification.report import Report, SignatureReport
from backend.verification.verdict import NOTES, ONLY_STAMPED, PASSED_SAID, SAID, TABLE, Note, Reason, Verdict
from backend.web.results import Result

SENTENCES = {
    Verdict.PASSED: "Isi yang ditandatangani utuh, dan setiap tanda tangan lulus pemeriksaan.",
    Verdict.FAILED: "Paling sedikit satu tanda tangan tidak lulus. Jangan dipakai sebagai dasar keputusan.",
    Verdict.INDETERMINATE: "Bukti yang ada tidak cukup untuk menyatakan sah atau tidak sah.",
    Verdict.UNSIGNED: "Tidak ada tanda tangan elektronik di dalamnya, jadi tidak ada yang dapat diperiksa.",
    Verdict.UNREADABLE: "Berkas bukan PDF yang dapat dibaca, terkunci, atau melampaui batas pemeriksaan.",
}
STAMPED = "Stempel waktunya lulus pemeriksaan: isi itu sudah ada pada waktu tersebut. Pembuatnya tidak disebutkannya."
SIGNED_AS = {
    "signature": "Tanda tangan elektronik",
    "seal": "Segel elektronik",
    "timestamp": "Stempel waktu naskah",
}
NAMELESS = "Penanda tangan tidak terbaca"
KEYS = ("signer", "integrity", "timestamp", "endurance")


def told(result: Result, language: str, zone: str) -> dict[str, Any]:
    """Return a result as the page of a verdict shows it, its sentences in the visitor's language."""
    report = result.report
    missing = report.incomplete
    points = zip(KEYS, four_points(report), strict=False)
    return {
        "file": result.file,
        "sha256": report.sha256,
        "size": result.size,
        "checked_at": report.checked_at,
        "verdict": str(report.verdict),
        "anchor_class": str(report.anchor_class),
        "headline": translate(report.headline, language),
        "stamped_only": report.headline == ONLY_STAMPED,
        "sentence": translate(STAMPED if report.headline == ONLY_STAMPED else SENTENCES[report.verdict], language),
        "missing": translate(missing[0], language) % missing[1] if missing else "",
        "points": [
            {
                "key": key,
                "state": str(p.state),
                "title": translate(p.title, language),
                "sentence": translate(p.sentence, language) % p.facts,
            }
            for key, p in points
        ],
        "signatures": [_signature(found, report, language, zone) for found in report.signatures],
        "reasons": [_reason(reason, language) for reason in report.reasons],
        "notes": [_note(note, language) for note in report.notes],
        "known_to_log": report.known_to_log,
        "log_index": result.place[0] if result.place else None,
        "log_size": result.place[1] if result.place else None,
    }


def _signature(found: SignatureReport, report: Report, language: str, zone: str) -> dict[str, Any]:
    passed = found.verdict is Verdict.PASSED and found.anchor_class is not None
    words = PASSED_SAID[found.anchor_class] if passed and found.anchor_class else SAID[found.verdict]
    return {
        "field": found.field,
        "kind": found.kind,
        "kind_said": translate(SIGNED_AS[found.kind], language),
        "signer": found.signer,
        "name": found.signer or translate(NAMELESS, language),
        "organisation": found.organisation,
        "issuer": found.issuer,
        "time": found.timestamp_at or found.signed_at,
        "time_proven": found.timestamp_at is not None,
        "level": found.level,
        "verdict": str(found.verdict),
        "anchor_class": str(found.anchor_class) if found.anchor_class else "other",
        "said": translate(words, language),
        "reasons": [_reason(reason, language) for reason in found.reasons],
        "notes": [_note(note, language) for note in found.notes],
        "findings": [_finding(one, language, zone) for one in findings(found, report)],
        "particulars": _particulars(found),
    }


def _finding(found: Finding, language: str, zone: str) -> dict[str, Any]:
    def written(fact: object) -> object:
        # A zone never stands alone at the beginning of a line.
        return (
            "\u00a0".join(moments.moment(language, fact, zone).rsplit(" ", 1)) if isinstance(fact, datetime) else fact
        )

    sentences = [
        translate(one.text, language) % {name: written(fact) for name, fact in one.facts.items()}
        for one in found.sentences
    ]
    return {
        "aspect": str(found.aspect),
        "title": translate(found.title, language),
        "state": str(found.state or "told"),
        "sentences": sentences,
    }


def _particulars(found: SignatureReport) -> dict[str, Any]:
    """Return what only machines and auditors compare; empty where no step read it."""
    details = found.details
    return {
        "subfilter": details.subfilter or "",
        "byte_range": " ".join(map(str, details.byte_range or ())),
        "algorithm": " ".join(one for one in (details.signature_algorithm, details.digest_algorithm) if one),
        "certificate_sha256": found.certificate_sha256 or "",
        "anchor_sha256": details.chain[-1].sha256 if details.chain else "",
    }


def _reason(reason: Reason, language: str) -> dict[str, str]:
    return {"code": str(reason), "sentence": translate(TABLE[reason].sentence, language)}


def _note(note: Note, language: str) -> dict[str, str]:
    return {"code": str(note), "sentence": translate(NOTES[note], language)}
