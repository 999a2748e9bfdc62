"""Invented contexts for the pages of signatories and witnesses."""

from datetime import timedelta

from backend.documents.blocks import Block
from backend.documents.reading import to_html
from tests.unit.templating.example_facts import (
    AT,
    CEREMONY,
    DIGEST,
    DOCUMENT,
    NAMELESS,
    PERSON,
    PETALS,
    Context,
    Example,
)

HERE = "/t/naskah/0190c0de"
RECEIPT: Context = {
    "ready": True,
    "number": 812,
    "size": 1204,
    "given": 2,
    "total": 3,
    "told": "Naskah ditandatangani",
    "at": AT,
    "leaf_address": "/tanda-terima/0190c0de/butir.json",
    "proof_address": "/tanda-terima/0190c0de/butir.tlog-proof",
}
UNPROVED = RECEIPT | {"ready": False, "number": None, "size": 0}
BLOCKS: list[Block] = [
    {"kind": "letterhead", "left": ["KEMENTERIAN CONTOH DIGITAL"], "right": ["PEMERINTAH KABUPATEN CONTOH RAYA"]},
    {"kind": "heading", "level": 1, "lines": [[["NOTA KESEPAKATAN", ""]], [["KABUPATEN CONTOH RAYA", ""]]]},
    {"kind": "centred", "lines": [[["NOMOR: KC/02/CTH/2021", ""]]]},
    {
        "kind": "paragraph",
        "runs": [["Pada hari ini, Kamis, ", ""], ["PARA PIHAK", "b"], [" sepakat sebagai berikut:", ""]],
    },
    {"kind": "heading", "level": 2, "lines": [[["Pasal 1", ""]], [["MAKSUD DAN TUJUAN", ""]]]},
    {
        "kind": "list",
        "marker": "ayat",
        "items": [
            [{"kind": "paragraph", "runs": [["Nota kesepakatan ini dimaksudkan sebagai landasan kerja sama.", ""]]}],
            [
                {"kind": "paragraph", "runs": [["Tujuannya:", ""]]},
                {
                    "kind": "list",
                    "marker": "letter",
                    "items": [
                        [{"kind": "paragraph", "runs": [["tata kelola; dan", ""]]}],
                        [{"kind": "paragraph", "runs": [["data.", ""]]}],
                    ],
                },
            ],
        ],
    },
    {
        "kind": "table",
        "align": ["left"],
        "head": [[["Kegiatan", ""]], [["Tahun", ""]]],
        "rows": [[[["Gladi", ""]], [["2021", ""]]]],
    },
    {
        "kind": "signatures",
        "slots": [{"party": "PIHAK KEDUA", "office": "Bupati Contoh Raya", "stamp_duty": False}],
    },
    {"kind": "verification", "runs": [["Periksa keaslian naskah ini dengan memindai kode QR.", ""]]},
]
READING = to_html(BLOCKS)
NO_CONSENT = {"consent_read": False, "consent_authority": False, "consent_electronic": False}
WRONG = [{"field": "passphrase", "message": "Frasa sandi tidak cocok."}]
IDENTITY: Context = {
    "person": PERSON,
    "ceremony": CEREMONY,
    "address": "b•••@contoh.invalid",
    "code_sent_at": AT,
    "code_until": AT + timedelta(minutes=5),
    "zone": "WIB",
    "errors": [],
    "for_witness": False,
}
READ: Context = {
    "here": HERE,
    "view": "text",
    "document": DOCUMENT,
    "gist": [{"label": "Para pihak", "value": "Kementerian Contoh Digital dan Pemerintah Kabupaten Contoh Raya"}],
    "content": READING,
    "words": 1204,
    "images": [],
    "can_sign": True,
}
SIGN: Context = {
    "here": HERE,
    "person": PERSON,
    "document": DOCUMENT,
    "identified_at": AT,
    "zone": "WIB",
    "base": DIGEST,
    "consents": NO_CONSENT,
    "errors": [],
}
DONE: Context = {
    "person": PERSON,
    "document": DOCUMENT,
    "signed_at": AT,
    "zone": "WIB",
    "level": "B-LTA",
    "petals": PETALS,
    "seed": DIGEST,
    "signed": 31,
    "regions": 48,
    "receipt_to": "b•••@contoh.invalid",
    "next_address": "",
    "next_label": "",
}
ATTEST: Context = {
    "person": PERSON | {"salutation": "Ibu", "name": "Dr. Hj. Nurul Contoh, S.H.", "office": "Sekretaris Daerah"},
    "ceremony": CEREMONY,
    "zone": "WIB",
    "scope": "document",
    "document": DOCUMENT | {"signer": PERSON["name"], "signer_office": PERSON["office"], "signed_at": AT},
    "progress": {"signed": 31, "regions": 48, "last_at": AT, "petals": PETALS, "seed": DIGEST, "root": DIGEST},
    "base": DIGEST,
    "consents": {"attest_present": False, "attest_free": False},
    "note": "",
    "errors": [],
}


def _arriving() -> list[Example]:
    link = {"token": "contoh", "person": PERSON, "ceremony": CEREMONY, "expires_at": AT + timedelta(days=7)}
    code_error = [{"field": "code", "message": "Kode 6 angka tidak cocok. Sisa 3 percobaan."}]
    before = {"person": PERSON, "ceremony": CEREMONY, "zone": "WITA", "read_address": HERE}
    paused = before | {"ceremony": CEREMONY | {"status": "paused"}, "read_address": ""}
    return [
        ("signatory/link", "", link),
        ("signatory/link", "nameless", link | {"person": NAMELESS}),
        ("signatory/not_open", "", before),
        ("signatory/not_open", "paused", paused),
        ("signatory/waiting_turn", "", before),
        *(
            ("signatory/expired", why, {"reason": why, "contact": "(021) 555-0148"})
            for why in ("expired", "replaced", "unknown", "void", "visit", "used_up")
        ),
        ("signatory/disowned", "", {"contact": ""}),
        ("signatory/not_me", "", {"person": PERSON, "root": "/t"}),
        ("signatory/identity", "", IDENTITY | {"code_sent_at": None, "code_until": None}),
        ("signatory/identity", "sent", IDENTITY | {"person": NAMELESS}),
        ("signatory/identity", "error", IDENTITY | {"errors": code_error}),
    ]


def _signing() -> list[Example]:
    listed: Context = {"region_name": "Kabupaten Contoh Raya", "number": "KC/02/CTH/2021", "address": HERE}
    documents = [listed | {"status": status, "ready": True} for status in ("signed", "identified")]
    documents.append(listed | {"status": "waiting", "ready": False})
    images = [{"address": f"/n/{DIGEST}/hal/{number}.webp", "number": number} for number in (1, 2)]
    pages = {"view": "pages", "content": "", "images": images, "can_sign": False, "gist": []}
    official = {"person": NAMELESS | {"region_name": ""}, "level": "B-B"}
    following = {"next_address": HERE, "next_label": "Naskah berikutnya"}
    chosen = {"person": PERSON, "ceremony": CEREMONY, "signed": 1, "documents": documents}
    return [
        ("signatory/list", "", chosen),
        ("signatory/read", "", READ),
        ("signatory/read", "pages", READ | pages),
        ("signatory/sign", "", SIGN),
        ("signatory/sign", "error", SIGN | {"errors": WRONG, "person": NAMELESS}),
        ("signatory/done", "", DONE | {"receipt": RECEIPT}),
        ("signatory/done", "unproved", DONE | {"receipt": UNPROVED}),
        ("signatory/done", "official", DONE | official | following | {"receipt": None}),
    ]


def _ending() -> list[Example]:
    reasons = ("ceremony_cancelled", "ceremony_closed", "declined", "returned", "replaced")
    asked = {"here": HERE, "person": PERSON, "document": DOCUMENT, "errors": [], "reason": ""}
    lacking = [{"field": "reason", "message": "Tuliskan alasannya."}]
    after = {"person": PERSON, "document": DOCUMENT, "signed_at": AT, "zone": "WIT", "complete": False}
    return [
        ("signatory/decline", "", asked),
        ("signatory/correction", "error", asked | {"errors": lacking}),
        ("signatory/already", "", after),
        ("signatory/already", "complete", after | {"complete": True, "person": NAMELESS}),
        *(
            ("signatory/cancelled", why, {"reason": why, "ceremony": CEREMONY, "contact": "", "receipt": RECEIPT})
            for why in reasons
        ),
    ]


def _witness() -> list[Example]:
    link = {"token": "contoh", "person": ATTEST["person"], "ceremony": CEREMONY, "expires_at": AT + timedelta(days=7)}
    done = {
        "person": PERSON,
        "ceremony": CEREMONY,
        "at": AT,
        "zone": "WIB",
        "petals": PETALS,
        "seed": DIGEST,
        "sha256": DIGEST,
    }
    missing = [{"field": "attest_present", "message": "Centang kedua pernyataan untuk melanjutkan."}]
    waiting = {"person": PERSON, "ceremony": CEREMONY}
    return [
        ("witness/link", "", link),
        ("witness/link", "nameless", link | {"person": NAMELESS}),
        ("signatory/identity", "witness", IDENTITY | {"for_witness": True}),
        ("witness/waiting", "", waiting | {"awaited": "Bupati Contoh Raya"}),
        ("witness/waiting", "ceremony", waiting | {"awaited": ""}),
        ("witness/attest", "", ATTEST),
        (
            "witness/attest",
            "ceremony",
            ATTEST | {"scope": "ceremony", "document": None, "person": NAMELESS, "errors": missing},
        ),
        ("witness/done", "", done | {"outcome": "attested", "receipt": RECEIPT}),
        ("witness/done", "declined", done | {"outcome": "declined", "sha256": "", "receipt": UNPROVED}),
    ]


def pages() -> list[Example]:
    """Return (page, name of the case, context without the frame)."""
    return [*_arriving(), *_signing(), *_ending(), *_witness()]
