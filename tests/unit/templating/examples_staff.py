"""Invented contexts for the pages of staff."""

from tests.unit.templating.example_facts import AT, Context, Example
from tests.unit.templating.example_facts import CEREMONY as FACTS

DIGEST = "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"
HERE = "/seremoni/0190c0de"
STAFF: Context = {
    "account": {"name": "Ayu Contoh, S.Kom.", "role": "organiser"},
    "nav": "ceremonies",
    "development": True,
}
CEREMONY: Context = FACTS | {"status": "open", "minutes_address": "", "evidence_address": ""}
COUNTS: Context = {
    "regions": 48,
    "frozen": 48,
    "invited": 48,
    "completed": 31,
    "reading": 6,
    "sent": 8,
    "problem": 3,
    "witnesses": 3,
    "attested": 1,
    "log": 1204,
}
AWAY = "Layanan stempel waktu tidak menjawab, sehingga berkas bukti belum dapat dibuat."
NO_BUTTONS = dict.fromkeys(("freeze", "invite", "open", "pause", "resume", "close", "seal"), False)
ALL_BUTTONS = dict.fromkeys(NO_BUTTONS, True)
STRIP = [
    ["signed"] * 8,
    ["signed", "problem", "sent", "reading"],
    ["signed"] * 7 + ["sent"],
    ["sent", "reading"] * 3,
    ["signed", "reading", "sent", "problem"] * 5,
    [],
]


def _region(code: str, name: str, bar: str, status: str, slots: tuple[str, str]) -> Context:
    return {
        "code": code,
        "name": name,
        "address": f"{HERE}/daerah/{code}",
        "head": "Drs. H. Sutopo Contoh, M.M.",
        "head_office": "Bupati",
        "number": f"KC/{code}/2021",
        "bar": bar,
        "document_status": status,
        "head_status": slots[0],
        "ministry_status": slots[1],
        "activity": "Ditandatangani",
        "at": AT if bar == "signed" else None,
        "zone": "WITA",
        "may_resend": bar in {"sent", "problem"},
    }


GROUPS = [
    {
        "name": "Kawasan Contoh Timur",
        "completed": 1,
        "total": 3,
        "regions": [
            _region("91.01", "Kabupaten Contoh Raya", "signed", "archived", ("signed", "signed")),
            _region("91.02", "Kota Contoh Jaya", "reading", "in_signing", ("identified", "waiting")),
            _region("91.03", "Kabupaten Contoh Hulu", "sent", "in_signing", ("invited", "waiting")),
        ],
    },
    {
        "name": "Kawasan Contoh Barat",
        "completed": 0,
        "total": 5,
        "regions": [
            _region("92.01", "Kabupaten Contoh Hilir", "problem", "returned", ("returned", "replaced")),
            _region("92.02", "Kabupaten Contoh Lama", "problem", "declined", ("declined", "waiting")),
            _region("92.03", "Kabupaten Contoh Baru", "problem", "freeze_failed", ("waiting", "waiting")),
            _region("92.04", "Kota Contoh Mulia", "sent", "frozen", ("opened", "waiting")),
            _region("92.05", "Kota Contoh Sari", "sent", "expired", ("invited", "waiting")),
        ],
    },
]
MISSING = [
    {
        "region": "Kota Contoh Jaya",
        "address": f"{HERE}/daerah/91.02",
        "name": "Hj. Ratna Contoh, S.E.",
        "what": "belum menandatangani",
    }
]
CEREMONY_PAGE: Context = {
    "here": HERE,
    "ceremony": CEREMONY,
    "counts": COUNTS,
    "strip_groups": STRIP,
    "filter": {"q": "", "status": "", "area": ""},
    "areas": ["Kawasan Contoh Timur", "Kawasan Contoh Barat"],
    "groups": GROUPS,
    "may": ALL_BUTTONS,
    "missing": MISSING,
    "cosigners": {"given": 2, "total": 3, "met": True},
    "notices": ["Undangan dikirim kepada 48 orang."],
}
PARTY: Context = {
    "name": "Drs. H. Sutopo Contoh, M.M.",
    "office": "Bupati Contoh Raya",
    "institution": "Pemerintah Kabupaten Contoh Raya",
    "address": "b•••@contoh.invalid",
    "order": 1,
    "role": "head",
    "status": "signed",
    "signed_at": AT,
    "level": "B-T",
    "certificate_sha256": DIGEST,
    "may_resend": False,
}
WAITING_PARTY = PARTY | {
    "name": "Dr. Larasati Contoh",
    "office": "Direktur Jenderal",
    "order": 2,
    "role": "ministry",
    "status": "invited",
    "signed_at": None,
    "level": None,
    "certificate_sha256": None,
    "may_resend": True,
}
REVISION: Context = {
    "sha256": DIGEST,
    "kind": "sealed",
    "who": "",
    "size": 56_200,
    "at": AT,
    "level": "B-LT",
    "address": f"/n/{DIGEST}.pdf",
}


def _event(index: int | None, told: str, outcome: str) -> Context:
    address = "/jejak/0190c0de"
    return {
        "index": index,
        "size": 1204,
        "address": address,
        "told": told,
        "at": AT,
        "who": "penanda tangan",
        "outcome": outcome,
    }


EVENTS = [
    _event(811, "Tautan dibuka", "success"),
    _event(None, "Upaya menandatangani ditolak", "denied"),
]
DOCUMENT_PAGE: Context = {
    "here": HERE,
    "ceremony": CEREMONY,
    "zone": "WIT",
    "document": {
        "title": "Nota Kesepakatan Penyusunan Rencana Induk Kota Cerdas",
        "number": "KC/91.01/2021",
        "region_number": "180/412/NK/2021",
        "region_name": "Kabupaten Contoh Raya",
        "region_code": "91.01",
        "code": "CONTOHCONTOHCONTOHCONTOHCO",
        "status": "in_signing",
        "failure": "",
        "pdf_address": f"/n/{DIGEST}.pdf",
    },
    "parties": [PARTY, WAITING_PARTY],
    "witnesses": [{"name": "Dr. Nurul Contoh", "office": "Sekretaris Daerah", "status": "attested", "at": AT}],
    "revisions": [REVISION, REVISION | {"kind": "signed", "who": PARTY["name"]}, REVISION | {"kind": "archived"}],
    "check": {
        "headline": "Lulus pemeriksaan · UJI COBA, TIDAK SAH",
        "missing": "Belum lengkap: 1 dari 2 tanda tangan",
        "verdict": "passed",
        "anchor_class": "test",
        "checked_at": AT,
    },
    "events": EVENTS,
    "may": {"freeze": False},
    "notices": [],
}
DRAFT_DOCUMENT: Context = DOCUMENT_PAGE | {
    "document": DOCUMENT_PAGE["document"]
    | {"status": "freeze_failed", "failure": "Isian nomor belum ada.", "pdf_address": "", "region_number": ""},
    "witnesses": [],
    "revisions": [],
    "check": None,
    "events": [],
    "may": {"freeze": True},
    "notices": ["Pembekuan diminta."],
}
WITNESS: Context = {
    "id": "0190c0de",
    "name": "Dr. Nurul Contoh",
    "office": "Sekretaris Daerah",
    "institution": "Pemerintah Kabupaten Contoh Raya",
    "scope": "Kabupaten Contoh Raya",
    "status": "attested",
    "at": AT,
    "zone": "WIB",
    "attested_sha256": DIGEST,
    "may_resend": False,
}
WAITING_WITNESS = WITNESS | {"scope": "", "status": "invited", "at": None, "attested_sha256": None, "may_resend": True}
REFUSING_WITNESS = WITNESS | {"status": "declined"}
LISTED: Context = {
    "address": HERE,
    "title": CEREMONY["title"],
    "starts_at": AT,
    "zone": "Asia/Jakarta",
    "regions": 48,
    "signed": 31,
    "status": "open",
    "rehearsal": True,
}
FEATURE = LISTED | {"strip": STRIP, "petals": ["on", "off"] * 24, "seed": DIGEST}
ATTENTION = [
    {
        "region": "Kabupaten Contoh Hilir",
        "text": "meminta perbaikan naskah",
        "detail": "Gelar pejabat kurang.",
        "address": f"{HERE}/daerah/92.01",
        "label": "Tinjau",
    }
]


def _ceremonies() -> list[Example]:
    statuses = ("draft", "scheduled", "open", "paused", "closed", "sealed", "cancelled")
    listed = [LISTED | {"status": status, "rehearsal": False} for status in statuses]
    auditor = CEREMONY_PAGE | {
        "account": {"name": "Budi Contoh", "role": "auditor"},
        "may": NO_BUTTONS,
        "missing": [],
        "notices": [],
        "ceremony": CEREMONY
        | {"status": "sealed", "minutes_address": "/n/contoh.pdf", "evidence_address": "/bukti.zip"},
    }
    nothing = {"filter": {"q": "zzz", "status": "signed", "area": "Kawasan Contoh Timur"}, "groups": []}
    return [
        ("organiser/dashboard", "", {"feature": FEATURE, "todo": ATTENTION, "ceremonies": listed}),
        ("organiser/dashboard", "empty", {"feature": None, "todo": [], "ceremonies": []}),
        ("organiser/ceremony", "", CEREMONY_PAGE),
        ("organiser/ceremony", "auditor", auditor),
        ("organiser/ceremony", "nothing-found", CEREMONY_PAGE | nothing),
    ]


def pages() -> list[Example]:
    """Return (page, name of the case, context without the frame) of every page for staff."""
    head = {"here": HERE, "ceremony": CEREMONY, "counts": COUNTS}
    statuses = ("voided", "completed", "draft", "freezing")
    found = [
        *_ceremonies(),
        ("organiser/document", "", DOCUMENT_PAGE),
        ("organiser/document", "failed", DRAFT_DOCUMENT),
        *(
            ("organiser/document", name, DOCUMENT_PAGE | {"document": DOCUMENT_PAGE["document"] | {"status": name}})
            for name in statuses
        ),
        ("organiser/witnesses", "", head | {"witnesses": [WITNESS, WAITING_WITNESS, REFUSING_WITNESS]}),
        ("organiser/witnesses", "empty", head | {"witnesses": []}),
        ("organiser/evidence", "", head | dict.fromkeys(("notices", "recipient", "reason"), "")),
        ("organiser/evidence", "refused", head | {"notices": [AWAY], "recipient": "Auditor Contoh", "reason": ""}),
    ]
    stopped = "Basis data memuat 4 entri rekam jejak, padahal 7 entri sudah ditandatangani."
    recovery = {"message": stopped, "remedy": "Pulihkan cadangan yang lebih baru.", "code": "log-behind"}
    found += [
        ("organiser/recovery", "", recovery | {"log_stopped": stopped}),
        ("organiser/recovery", "nothing-to-do", dict.fromkeys(recovery, "")),
    ]
    return [(page, case, STAFF | context) for page, case, context in found]
