"""Invented contexts for the pages that everybody may see, and for the development mailbox."""

from datetime import timedelta

from tests.unit.templating.example_facts import AT, DIGEST, DOCUMENT, PERSON, Context, Example

FINDINGS = [
    {"aspect": "integrity", "title": "Keutuhan", "state": "ok", "sentences": ["Isi yang ditandatangani sama."]},
    {"aspect": "coverage", "title": "Cakupan", "state": "ok", "sentences": ["Mencakup seluruh berkas."]},
    {
        "aspect": "changes",
        "title": "Perubahan sesudahnya",
        "state": "bad",
        "sentences": ["Berkas diubah.", "Lalu lagi."],
    },
    {"aspect": "time", "title": "Waktu", "state": "unknown", "sentences": ["Tidak ada jam tepercaya."]},
]
PARTICULARS = {
    "subfilter": "ETSI.CAdES.detached",
    "byte_range": "0 4711 16999 40213",
    "algorithm": "sha256_ecdsa sha256",
    "certificate_sha256": DIGEST,
    "anchor_sha256": "",
}
SIGNATURE: Context = {
    "field": "pihak-kesatu",
    "findings": FINDINGS,
    "particulars": PARTICULARS,
    "kind": "signature",
    "kind_said": "Tanda tangan elektronik",
    "name": PERSON["name"],
    "signer": PERSON["name"],
    "issuer": "UJI COBA Penerbit",
    "time": AT,
    "time_proven": True,
    "level": "B-LTA",
    "organisation": None,
    "said": "Lulus pemeriksaan",
    "verdict": "passed",
    "anchor_class": "test",
    "reasons": [],
    "notes": [],
}
RESULT: Context = {
    "file": "KC-02-contoh.pdf",
    "sha256": DIGEST,
    "size": 56_200,
    "checked_at": AT + timedelta(days=3),
    "verdict": "passed",
    "anchor_class": "test",
    "stamped_only": False,
    "headline": "Lulus pemeriksaan · UJI COBA, TIDAK SAH",
    "sentence": "Isi berkas tidak berubah sejak ditandatangani.",
    "missing": "",
    "notes": [],
    "points": [
        {"key": "signer", "state": "ok", "sentence": "Sertifikat sampai ke akar percobaan dan berlaku saat itu."},
        {"key": "integrity", "state": "ok", "sentence": "Semua tanda tangan mencakup seluruh isi yang ditandatangani."},
        {"key": "timestamp", "state": "ok", "sentence": "Setiap tanda tangan dikukuhkan stempel waktu."},
        {"key": "endurance", "state": "unknown", "sentence": "Bukti pencabutan belum lengkap dalam berkas."},
    ],
    "signatures": [SIGNATURE | {"kind": "seal", "signer": "UJI COBA Segel Kementerian"}, SIGNATURE],
    "reasons": [],
    "known_to_log": True,
    "log_index": 812,
    "log_size": 1204,
}
ODD_SIGNATURE = SIGNATURE | {
    "name": "Penanda tangan tidak terbaca",
    "kind": "timestamp",
    "signer": None,
    "issuer": None,
    "time": None,
    "time_proven": False,
    "level": None,
    "verdict": "failed",
    "reasons": [{"code": "changed-after", "sentence": "Isi berubah sesudah tanda tangan ini."}],
    "notes": [{"code": "time-far", "sentence": "Waktu dalam berkas jauh dari waktu token."}],
}
BROKEN: Context = RESULT | {
    "verdict": "failed",
    "headline": "Tidak sah",
    "missing": "Belum lengkap: 1 dari 2 tanda tangan",
    "notes": [{"code": "resaved", "sentence": "Berkas disimpan ulang."}],
    "signatures": [SIGNATURE | {"anchor_class": "certified"}, ODD_SIGNATURE],
    "reasons": ODD_SIGNATURE["reasons"],
    "known_to_log": False,
    "points": [point | {"state": "bad"} for point in RESULT["points"]],
}
UNKNOWN: Context = RESULT | {
    "verdict": "indeterminate",
    "headline": "Tidak dapat ditentukan",
    "anchor_class": "other",
    "known_to_log": None,
    "signatures": [SIGNATURE | {"verdict": "indeterminate"}],
    "points": [point | {"state": "unknown"} for point in RESULT["points"]],
    "reasons": [{"code": "issuer-unknown", "sentence": "Penerbit sertifikat tidak dikenal."}],
}
UNSIGNED: Context = RESULT | {
    "verdict": "unsigned",
    "headline": "Tidak bertanda tangan",
    "anchor_class": "other",
    "points": [],
    "signatures": [],
    "known_to_log": False,
}
PICTURE = "/static/icons/mark.svg"
PAIR = {"number": 1, "archived": PICTURE, "uploaded": PICTURE, "differs": False, "words_differ": False}
PAGES: Context = {
    "file": "KC-02-contoh.pdf",
    "address": "/v/hasil/contoh",
    "archived": {"number": "1/NK/2026", "region_name": "Kabupaten Contoh Raya", "code": "contoh"},
    "relation": "extended",
    "forgotten": False,
    "drawn": True,
    "differing": [2],
    "counts": (3, 4),
    "pairs": [PAIR, PAIR | {"number": 2, "differs": True, "words_differ": True}, PAIR | {"number": 3, "uploaded": ""}],
    "images": [],
}
NO_PAGES = PAGES | {"pairs": [], "differing": [], "counts": (2, 2)}
FORM: Context = {"megabytes": 20, "seed": DIGEST}
CODE: Context = {
    "complete": True,
    "document": DOCUMENT,
    "signers": [{"name": PERSON["name"], "office": PERSON["office"], "at": AT, "level": "B-LTA"}],
    "images": [{"address": f"/n/{DIGEST}/hal/1.webp", "thumbnail": f"/n/{DIGEST}/hal/1.webp", "number": 1}],
    "zone": "WIB",
    "megabytes": 20,
    "errors": [],
}
MAIL: Context = {
    "address": "/dev/mail/1",
    "subject": "Undangan penandatanganan",
    "to": "bupati@contoh.invalid",
    "at": AT,
}
LETTER = MAIL | {
    "sender": "seremoni@contoh.invalid",
    "lines": [
        [{"text": "Yang terhormat Bapak,", "link": ""}],
        [{"text": "Buka: ", "link": ""}, {"text": "http://localhost/t/contoh", "link": "/t/contoh"}],
    ],
}


def pages_beside() -> list[Example]:
    """Return every state of the pages side by side."""
    return [
        ("public/pages", "", PAGES),
        ("public/pages", "earlier", PAGES | {"relation": "earlier", "differing": [], "counts": (3, 3)}),
        ("public/pages", "claimed", NO_PAGES | {"relation": "claimed", "drawn": False}),
        ("public/pages", "same", NO_PAGES | {"relation": "same", "images": [{"address": PICTURE, "number": 1}]}),
        ("public/pages", "none", NO_PAGES | {"archived": None, "relation": ""}),
        ("public/pages", "forgotten", NO_PAGES | {"archived": None, "relation": "", "forgotten": True}),
    ]


def pages() -> list[Example]:
    """Return (page, name of the case, context without the frame)."""
    verdicts = {"passed-test": RESULT, "failed": BROKEN, "indeterminate": UNKNOWN, "unsigned": UNSIGNED}
    verdicts["passed-certified"] = RESULT | {"anchor_class": "certified", "points": RESULT["points"][:3]}
    verdicts["passed-other"] = RESULT | {"anchor_class": "other", "log_index": None, "log_size": None}
    verdicts["unreadable"] = UNSIGNED | {"verdict": "unreadable"}
    shared = {"zone": "WIB", "document": DOCUMENT, "address": "/v/hasil/contoh"}
    file_error = [{"field": "file", "message": "Pilih sebuah berkas PDF."}]
    error = {
        "status": 410,
        "message": "Tautan ini sudah kedaluwarsa.",
        "remedy": "Mintalah tautan baru.",
        "code": "link-expired",
    }
    return [
        ("public/home", "", FORM),
        ("public/verify", "", FORM | {"errors": []}),
        ("public/verify", "error", FORM | {"errors": file_error}),
        *(("public/verdict", name, shared | {"result": result}) for name, result in verdicts.items()),
        *pages_beside(),
        ("public/code", "", CODE),
        ("public/code", "pending", CODE | {"complete": False, "document": None, "signers": [], "images": []}),
        ("public/error", "", error | {"reference": "0190c0de"}),
        ("public/login", "", {"email": "", "next": "/seremoni", "errors": []}),
        (
            "public/login",
            "error",
            {"email": "a@b.invalid", "next": "", "errors": [{"field": "", "message": "Tidak cocok."}]},
        ),
        *(
            (f"public/{page}", "", {"contact": "seremoni@contoh.invalid"})
            for page in ("help", "privacy", "accessibility")
        ),
        ("development/mail", "", {"messages": [MAIL], "zone": "WIB", "page": 1, "pages": 2}),
        ("development/mail", "empty", {"messages": [], "zone": "WIB", "page": 1, "pages": 1}),
        ("development/message", "", {"message": LETTER | {"at": AT - timedelta(hours=1)}, "zone": "WIB"}),
    ]
