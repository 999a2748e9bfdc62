"""The minutes tell every region's outcome as it was, and carry the log."""

import io
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from backend.documents.minutes import render_minutes
from backend.documents.refusals import TemplateError, TemplateFieldInvalid
from backend.documents.render import Renderer

EVENTS = '{"peristiwa":"ditandatangani — \u202e"}\n'.encode() * 3
ATTACHMENTS = {"events.jsonl": EVENTS, "checkpoint": b"asal\n1\n", "bukti.bin": bytes(range(256))}


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(w for page in document for w in page.get_textpage().get_text_bounded(bottom=76).split())


def test_every_outcome_is_told_and_counted(minutes_folder: Path, minutes_facts: dict[str, Any], when: datetime) -> None:
    told = text_of(render_minutes(minutes_folder, minutes_facts, when, mark="", attachments={}))
    assert "1 (satu) naskah telah ditandatangani oleh para pihak dan 3 (tiga) naskah belum" in told
    for words in (
        "Ditandatangani para pihak",
        "Menolak menandatangani: menunggu persetujuan DPRD",
        "Dikembalikan untuk perbaikan: nama pejabat belum diperbarui",
        "Kedaluwarsa, belum ditandatangani lengkap",
        "20 Mei 2021 09.14.05 WIB",
        "20 Mei 2021 10.33.40 WITA",
        "pukul 09.00 WIB sampai dengan pukul 11.31 WIB",
    ):
        assert words in told
    for document in minutes_facts["naskah"]:
        assert document.get("sha256", "") in told.replace(" ", "")


def test_nothing_is_claimed_where_nothing_happened(
    minutes_folder: Path, minutes_facts: dict[str, Any], when: datetime
) -> None:
    minutes_facts |= {"tanda_tangan": [], "saksi": [], "kejadian": []}
    minutes_facts["naskah"] = [{"daerah": "Kota Contoh", "nomor_kesatu": "1", "hasil": "expired"}]
    told = text_of(render_minutes(minutes_folder, minutes_facts, when, mark="", attachments={}))
    for words in ("Tidak ada tanda tangan", "Tidak ada pernyataan saksi", "Tidak ada kejadian", "Tidak ada berkas"):
        assert words in told


def test_attachments_are_kept_byte_for_byte_and_only_the_seal_has_a_field(
    minutes_folder: Path, minutes_facts: dict[str, Any], when: datetime
) -> None:
    pdf = render_minutes(minutes_folder, minutes_facts, when, mark="", attachments=ATTACHMENTS)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for name, data in ATTACHMENTS.items():
            assert opened.attachments[name].get_file().read_bytes() == data
        assert [str(f.T) for f in opened.Root.AcroForm.Fields.as_list()] == ["segel-kementerian"]


def test_the_minutes_are_the_same_bytes_in_a_worker(
    minutes_folder: Path, minutes_facts: dict[str, Any], when: datetime
) -> None:
    task = partial(render_minutes, minutes_folder, minutes_facts, when, mark="GLADI", attachments=ATTACHMENTS)
    renderer = Renderer(processes=1)
    try:
        assert renderer.run(task) == task()
    finally:
        renderer.close()


def test_an_outcome_nobody_knows_is_refused(
    minutes_folder: Path, minutes_facts: dict[str, Any], when: datetime
) -> None:
    minutes_facts["naskah"][0]["hasil"] = "lupa"
    with pytest.raises(TemplateError):
        render_minutes(minutes_folder, minutes_facts, when, mark="", attachments={})
    minutes_facts["seremoni"]["dibuka"] = "pukul sembilan"
    with pytest.raises(TemplateFieldInvalid):
        render_minutes(minutes_folder, minutes_facts, when, mark="", attachments={})
