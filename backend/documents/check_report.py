"""The printed report of a check: PDF/A-3a + PDF/UA-1, what the page says, with the machine-readable twins attached.

It says of itself what it is: what this program found at that time, and no certificate.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.documents.render import compact
from backend.documents.template import SHARED, hash_of
from backend.documents.typesetting import Press
from backend.languages import translate

LAYOUT = "layout.typ"
MOST_SIGNATURES = 60
LONGEST = 400
WORDS = {
    "title": "Laporan pemeriksaan berkas PDF",
    "what": "Laporan ini mencatat apa yang ditemukan program ini pada waktu itu. Laporan ini bukan sertifikat.",
    "file": "Berkas",
    "sha256": "Sidik berkas (SHA-256)",
    "size": "Ukuran",
    "checked": "Diperiksa",
    "verdict": "Putusan",
    "program": "Program",
    "points": "Empat pemeriksaan menurut SE-2/MK.1/2021",
    "log": "Rekam jejak",
    "reasons": "Sebabnya",
    "notes": "Catatan",
    "signatures": "Temuan menurut tanda tangan",
    "aspect": "Hal",
    "state": "Hasil",
    "found": "Temuan",
    "field": "Medan tanda tangan",
    "format": "Format",
    "byte_range": "ByteRange",
    "algorithm": "Algoritme",
    "certificate": "Sertifikat (SHA-256)",
    "anchor": "Sertifikat induk (SHA-256)",
    "codes": "Alasan",
    "anchors": "Sertifikat induk yang dipercaya dalam pemeriksaan ini",
    "anchor_name": "Nama",
    "anchor_class": "Golongan",
    "no_anchors": "Tidak ada sertifikat induk yang dipercaya dalam pemeriksaan ini.",
    "about": "Tentang laporan ini",
    "ok": "Lulus",
    "bad": "Tidak lulus",
    "unknown": "Tidak pasti",
    "told": "–",
    "more": "Tanda tangan selebihnya ada pada lampiran JSON.",
    "page": "Halaman",
    "of": "dari",
    "attached_json": "Hasil pemeriksaan untuk mesin (JSON)",
    "attached_xml": "Hasil pemeriksaan menurut ETSI TS 119 102-2 (XML)",
}
ABOUT = (
    "Yang diperiksa hanyalah berkas dengan sidik di atas. Bandingkan sidiknya dengan berkas yang dipegang.",
    "Pemeriksaan berlangsung tanpa jaringan: bukti pencabutan dan waktu hanya diambil dari dalam berkas.",
    "Laporan ini tidak ditandatangani. Siapa pun dapat mengulang pemeriksaan: prasasti verify BERKAS.pdf",
    "Laporan ini tidak menyatakan bahwa perjanjian di dalam berkas berlaku menurut hukum.",
)
SPANS = ((0x20, 0x7F), (0xA0, 0x180), (0x1EA0, 0x1EFA))  # ASCII, Latin-1 and Extended-A, Vietnamese
MARKS = "\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac"
KEPT = frozenset(chr(code) for span in SPANS for code in range(*span)) | frozenset(MARKS)
LACKING = frozenset("\u00ad\u0138\u0149\u0166\u0167")
BREAKS = re.compile(r"[\t\r\n]+")


@dataclass(frozen=True)
class CheckReport:
    """What is printed. `told`: as the page has it; `colour` of the verdict; `anchors`: name, SHA-256, class of each."""

    told: dict[str, Any]
    colour: str
    anchors: tuple[tuple[str, str, str], ...]
    program: str
    language: str
    mark: str


def render_report(folder: Path, report: CheckReport, when: datetime, attachments: dict[str, bytes]) -> bytes:
    """Return the report on a check as PDF; `folder` holds the layout, `when` is the time of the check.

    Names that the file's makers chose print literally: what the font lacks is written as its code point.
    """
    root = folder.parent.parent
    fonts = root / "mou" / SHARED / "fonts"
    press = Press(root, fonts, hash_of(fonts, fonts, suffix=".otf"))
    words = {name: translate(text, report.language) for name, text in WORDS.items()}
    content = {
        **report.told,
        "signatures": report.told["signatures"][:MOST_SIGNATURES],
        "more": len(report.told["signatures"]) > MOST_SIGNATURES,
        "colour": report.colour,
        "anchors": [list(anchor) for anchor in report.anchors],
        "program": report.program,
        "about": [translate(text, report.language) for text in ABOUT],
        "mark": report.mark,
        "language": report.language,
    }
    inputs = {
        "report": compact(printable(content)),
        "words": compact(words),
        "json": attachments["json"].decode(),
        "xml": attachments["xml"].decode(),
    }
    return press.print(folder / LAYOUT, inputs, when.replace(microsecond=0))


def printable(value: Any) -> Any:
    """Return a value of JSON whose texts are one line each and hold only what the font has; nothing vanishes."""
    if isinstance(value, dict):
        return {name: printable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [printable(one) for one in value]
    if not isinstance(value, str):
        return value
    line = BREAKS.sub(" ", value)
    shown = line if len(line) <= LONGEST else line[:LONGEST] + "…"
    return "".join(one if one in KEPT and one not in LACKING else f"<U+{ord(one):04X}>" for one in shown)
