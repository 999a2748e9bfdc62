"""The manifest as we write it is read back; XML that is anything else is refused."""

import pytest

from backend.documents import asic
from backend.verification.bundle import layout, manifest
from backend.verification.bundle.manifest import BadManifest

PARTS = [asic.part("events.jsonl", b"{}\n"), asic.part("documents/a.pdf", b"%PDF")]
GOOD = asic.manifest(PARTS, layout.TIMESTAMP).decode()


def test_what_was_written_is_read() -> None:
    assert manifest.read(GOOD.encode(), layout.TIMESTAMP) == {part.name: part.sha256 for part in PARTS}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<asic:ASiCManifest", '<!DOCTYPE x [<!ENTITY a "b">]><asic:ASiCManifest'),
        ("</asic:ASiCManifest>", "<?php ?></asic:ASiCManifest>"),
        ("documents/a.pdf", "events.jsonl"),
        ("#sha256", "#sha1"),
        ("</ds:DigestValue>", "A</ds:DigestValue>"),
        ("<ds:DigestValue>", "<ds:DigestValue>&#0;"),
        (layout.TIMESTAMP, "META-INF/other.tst"),
        ("<asic:SigReference", "<asic:Extension/><asic:SigReference"),
        ("</asic:ASiCManifest>", "words</asic:ASiCManifest>"),
        ("</asic:ASiCManifest>", ""),
        ("uri.etsi.org", "uri.lain.invalid"),
        (' URI="events.jsonl"', ""),
    ],
)
def test_anything_else_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(BadManifest):
        manifest.read(GOOD.replace(old, new, 1).encode(), layout.TIMESTAMP)


def test_no_bytes_and_wild_bytes_are_refused() -> None:
    for data in (b"", b"\xff\xfe<", b"<a>" * 100_000):
        with pytest.raises(BadManifest):
            manifest.read(data, layout.TIMESTAMP)
