"""The printed report of a check: archival, accessible, literal about hostile names, and honest about what it is."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from backend.documents.check_report import ABOUT, MOST_SIGNATURES, WORDS, CheckReport, printable, render_report
from backend.languages import catalogue
from tests.unit.documents.conftest import TEMPLATES, WHEN

FOLDER = TEMPLATES / "reports" / "verification"
FINDING = {"aspect": "integrity", "title": "Keutuhan", "state": "bad", "sentences": ["Isi berbeda.", "Lalu lagi."]}
SIGNATURE: dict[str, Any] = {
    "field": "pihak-kesatu",
    "name": "Rr. Contoh Wulandari",
    "kind_said": "Tanda tangan elektronik",
    "said": "Tidak sah",
    "reasons": [{"code": "digest-mismatch", "sentence": "Isi berbeda."}],
    "findings": [FINDING, FINDING | {"state": "told"}],
    "particulars": {
        "subfilter": "ETSI.CAdES.detached",
        "byte_range": "0 1 2 3",
        "algorithm": "ecdsa",
        "certificate_sha256": "ab" * 32,
        "anchor_sha256": "",
    },
}
TOLD: dict[str, Any] = {
    "file": "naskah.pdf",
    "sha256": "cd" * 32,
    "size": "56 KB",
    "checked_at": "20 Mei 2021, 08.30.00 WIB",
    "verdict": "failed",
    "anchor_class": "test",
    "headline": "Tidak sah",
    "sentence": "Paling sedikit satu tanda tangan tidak lulus.",
    "missing": "Belum lengkap: 1 dari 2 tanda tangan",
    "points": [{"key": "integrity", "title": "Keutuhan", "state": "bad", "sentences": ["Isi berubah."]}],
    "log": {"title": "Rekam jejak", "state": "unknown", "sentences": ["Rekam jejak tidak ditanyai."]},
    "reasons": SIGNATURE["reasons"],
    "notes": [{"code": "resaved", "sentence": "Berkas disimpan ulang."}],
    "signatures": [SIGNATURE],
}
ATTACHED = {"json": b'{"verdict": "failed"}', "xml": b"<ValidationReport/>"}
HOSTILE = '#eval("x") $a$ *b* [c] <d> \\e _f_ @g `h` \u202egnp.exe \u674e\ue000\x00 \U0001f600'
PRINTED = '#eval("x") $a$ *b* [c] <d> \\e _f_ @g `h` <U+202E>gnp.exe <U+674E><U+E000><U+0000> <U+1F600>'


def render(language: str = "id", mark: str = "", colour: str = "failed", **changed: Any) -> bytes:
    report = CheckReport(
        TOLD | changed, colour, (("Root CA Rekaan", "ef" * 32, "percobaan"),), "Prasasti 0", language, mark
    )
    return render_report(FOLDER, report, WHEN, ATTACHED)


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(word for page in document for word in page.get_textpage().get_text_bounded().split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_everything_found_is_printed_with_hash_time_and_anchors() -> None:
    told = words(render())
    for text in ("Tidak sah", "Belum lengkap: 1 dari 2", "08.30.00 WIB", "56 KB", "digest-mismatch", "resaved"):
        assert text in told
    for text in ("cd" * 32, "ab" * 32, "ef" * 32):
        assert text in squeezed(told)
    assert "bukan sertifikat" in told
    assert "tidak menyatakan bahwa perjanjian" in told


def test_a_test_says_so_on_every_page_and_nothing_else_does() -> None:
    many = [SIGNATURE] * 6
    with pypdfium2.PdfDocument(render(mark="UJI COBA - TIDAK SAH", signatures=many)) as document:
        assert len(document) > 1
        for page in document:
            assert "UJI COBA - TIDAK SAH" in page.get_textpage().get_text_bounded()
    assert "UJI COBA" not in words(render())


def test_hostile_names_print_literally() -> None:
    signature = SIGNATURE | {"name": HOSTILE, "field": HOSTILE}
    told = squeezed(words(render(file=HOSTILE, signatures=[signature])))
    assert told.count(squeezed(PRINTED)) >= 3


@pytest.mark.parametrize("length", [401, 100_000])
def test_a_text_without_end_is_cut_where_it_is_seen(length: int) -> None:
    shown = printable("A" * length)
    assert len(shown) == 401
    assert shown.endswith("…")
    assert printable("satu\r\n dua\tt") == "satu  dua t"


def test_many_signatures_are_cut_and_told() -> None:
    told = words(render(signatures=[SIGNATURE] * (MOST_SIGNATURES + 1)))
    assert f"{MOST_SIGNATURES}. Rr." in told
    assert f"{MOST_SIGNATURES + 1}. Rr." not in told
    assert WORDS["more"] in told


def test_it_is_archival_and_accessible_and_carries_its_twins() -> None:
    with pikepdf.open(io.BytesIO(render())) as pdf:
        metadata = bytes(pdf.Root.Metadata.read_bytes()).decode()
        attached = {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "Laporan pemeriksaan" in str(pdf.docinfo.Title)
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "pdfuaid:part" in metadata
    assert attached == {"laporan.json": ATTACHED["json"], "laporan.xml": ATTACHED["xml"]}


def test_an_empty_result_is_printed_too() -> None:
    bare = render(signatures=[], points=[], reasons=[], notes=[], missing="", sha256="", colour="neutral")
    assert "Temuan menurut tanda tangan" not in words(bare)


def test_english_has_every_word() -> None:
    english = catalogue("en")
    assert [text for text in (*WORDS.values(), *ABOUT) if text not in english] == []
    told = words(render("en"))
    assert "not a certificate" in told
    assert Path(FOLDER / "layout.typ").read_text("utf-8").count("Halaman") == 0, "words come as data"
