"""Invented people, a ceremony and a document, as pages are given them."""

from datetime import UTC, datetime, timedelta
from typing import Any

Context = dict[str, Any]
Example = tuple[str, str, Context]

AT = datetime(2021, 5, 20, 3, 42, 8, tzinfo=UTC)
DIGEST = "9f3c1b7ae2d04586b1f07c6a5de8432291c4e07fb86d3a15f2cc09e47b6a80d1"
PERSON: Context = {
    "name": "Ir. Marolop Contoh, M.Si.",
    "office": "Bupati Contoh Raya",
    "institution": "Pemerintah Kabupaten Contoh Raya",
    "salutation": "Bapak",
    "region_name": "Kabupaten Contoh Raya",
}
NAMELESS: Context = PERSON | {"salutation": None}
CEREMONY: Context = {
    "title": "Nota Kesepakatan Gerakan Menuju Kota Cerdas 2021",
    "starts_at": AT,
    "zone": "Asia/Jakarta",
    "place": "Jakarta",
    "status": "scheduled",
}
DOCUMENT: Context = {
    "title": "Nota Kesepakatan Penyusunan Rencana Induk Kota Cerdas",
    "number": "KC/02/CTH/2021",
    "region_number": "180/412/NK/2021",
    "region_name": "Kabupaten Contoh Raya",
    "parties": ["Kementerian Contoh Digital", "Pemerintah Kabupaten Contoh Raya"],
    "status": "archived",
    "code": "CONTOHCONTOHCONTOHCONTOHCO",
    "pages": 4,
    "sha256": DIGEST,
    "size": 56_200,
    "pdf_address": f"/n/{DIGEST}.pdf",
    "completed_at": AT + timedelta(minutes=12),
}
PETALS = ["on", "off"] * 20 + ["on"] * 7 + ["new"]
