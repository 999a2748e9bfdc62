"""Invented contexts for the pages of the rekam jejak, of receipts and of personal data."""

import json

from tests.unit.templating.example_facts import AT, Context, Example
from tests.unit.templating.examples_staff import CEREMONY, COUNTS, DIGEST, HERE, STAFF

LEAF = json.dumps({"data": {"actor": "p_" + "5c" * 16, "object": {"sha256": DIGEST}}, "type": "prasasti.contoh"})
VKEY = "prasasti.invalid/0b6c2d3e+1a2b3c4d+AVpXVjU4bGtwY0dGeWRDQnZaaUJoSUd0bGVRPT0="
ROW: Context = {
    "id": "0190c0de",
    "address": "/jejak/0190c0de",
    "number": 812,
    "size": 1204,
    "signed": True,
    "at": AT,
    "zone": "WITA",
    "told": "Naskah ditandatangani",
    "type": "prasasti.signature.signed.v1",
    "role": "penanda tangan",
    "actor": "p_" + "5c" * 16,
    "name": "Drs. H. Sutopo Contoh, M.M.",
    "on_behalf": "region/91.01",
    "outcome": "success",
    "reason": "",
    "place": "Kabupaten Contoh Raya",
    "place_address": f"{HERE}/daerah/91.01",
    "object_kind": "pdf",
    "object_sha256": DIGEST,
}
DENIED = ROW | {"outcome": "denied", "reason": "stale-revision", "place": "", "object_sha256": "", "name": ""}
WAITING = ROW | {"number": None, "signed": False, "outcome": "failure", "told": "Surat ditolak server surat"}
PLAIN = {"kind": "", "region": "", "role": "", "outcome": "", "since": "", "until": "", "order": ""}
LOG_PAGE: Context = {
    "here": HERE,
    "address": f"{HERE}/jejak",
    "ceremony": CEREMONY,
    "zone": "Asia/Jakarta",
    "counts": COUNTS,
    "rows": [ROW, DENIED, ROW | {"signed": False}, WAITING],
    "found": 1204,
    "reach": {"numbered": 1204, "signed": 1200},
    "page": 2,
    "pages": 25,
    "query": f"{HERE}/jejak?halaman=",
    "filter": PLAIN,
    "filtered": False,
    "kinds": [("document", "Naskah"), ("signature", "Tanda tangan")],
    "roles": [("signer", "penanda tangan"), ("witness", "saksi")],
    "outcomes": [("success", "berhasil"), ("denied", "ditolak")],
    "regions": [("91.01", "Kabupaten Contoh Raya")],
}
WHOLE = LOG_PAGE | {"here": "", "address": "/jejak", "ceremony": None, "counts": {}, "regions": [], "nav": "log"}
NOTHING = {"rows": [], "found": 0, "pages": 1, "page": 1}
EVENT_PAGE: Context = {
    "event": ROW,
    "ceremony": CEREMONY,
    "log_address": f"{HERE}/jejak",
    "leaf": LEAF,
    "leaf_hash": DIGEST,
    "weight": "Petunjuk lemah: siapa pun yang memegang tautan dapat menekan tombolnya. "
    "Tidak membuktikan bahwa orang yang diundang membaca sesuatu.",
    "extra": [("base_sha256", [DIGEST]), ("level", ["B-LTA"])],
    "personal": [{"field": "reason", "label": "alasan", "value": "Nomor contoh keliru.", "digest": "c29udG9o"}],
    "erased": 0,
    "covered": 1204,
    "proof": "c2sp.org/tlog-proof@v1",
    "stem": "tanda-terima-butir-812",
    "given": 2,
    "total": 3,
}
CHECKPOINT: Context = {
    "size": 1204,
    "root": DIGEST,
    "given": 2,
    "total": 3,
    "met": True,
    "stamps": [{"tsa": "uji", "at": AT}],
    "address": "/log/titik-periksa/1204",
}
PUBLIC: Context = {
    "origin": "prasasti.invalid/0b6c2d3e",
    "vkey": VKEY,
    "policy": f"log {VKEY}\nquorum none\n",
    "zone": "Asia/Jakarta",
    "reach": {"numbered": 1204, "signed": 1204},
    "newest": CHECKPOINT,
    "checkpoints": [CHECKPOINT, CHECKPOINT | {"size": 1187, "given": 1, "met": False, "stamps": []}],
    "standing": {"given": 2, "needed": 2, "total": 3, "met": True},
    "cosigners": [
        {"name": "inspektorat", "key": VKEY, "size": 1204, "at": AT, "covers": True},
        {"name": "arsip", "key": VKEY, "size": 0, "at": None, "covers": False},
    ],
}
ALONE = {
    "cosigners": [],
    "standing": {"given": 0, "needed": 0, "total": 0, "met": True},
    "checkpoints": [CHECKPOINT | {"total": 0, "given": 0, "stamps": []}],
}
PERSON: Context = {
    "id": "0190c0de",
    "name": "Drs. H. Sutopo Contoh, M.M.",
    "office": "Bupati Contoh Raya",
    "institution": "Pemerintah Kabupaten Contoh Raya",
    "part": "kepala daerah",
    "place": "Kabupaten Contoh Raya",
    "pseudonym": "p_" + "5c" * 16,
    "erased": False,
    "may_erase": True,
    "address": "s•••@contoh.invalid",
}
GONE = PERSON | {"name": "(data pribadi dihapus)", "erased": True, "may_erase": False, "place": ""}
PEOPLE: Context = {"here": HERE, "title": CEREMONY["title"], "q": "", "people": [PERSON, GONE], "over": True}
ERASE: Context = {
    "here": HERE,
    "title": CEREMONY["title"],
    "person": PERSON,
    "grounds": [("subject-request", "Masa simpan sudah berakhir")],
    "ground": "",
    "errors": [],
}
UNCONFIRMED = {"errors": [{"field": "no_duty", "message": "Belum dinyatakan."}], "ground": "subject-request"}


def pages() -> list[Example]:
    """Return (page, name of the case, context without the frame) of every page of the rekam jejak."""
    unproved = {"proof": "", "covered": 0, "given": 0, "total": 0, "erased": 2, "personal": [], "event": WAITING}
    staff = [
        ("organiser/log", "", LOG_PAGE),
        ("organiser/log", "whole", WHOLE),
        ("organiser/log", "nothing", LOG_PAGE | NOTHING | {"filter": PLAIN | {"kind": "document"}, "filtered": True}),
        ("organiser/log", "empty", LOG_PAGE | NOTHING),
        ("organiser/event", "", EVENT_PAGE),
        ("organiser/event", "waiting", EVENT_PAGE | unproved),
        ("organiser/event", "outside", EVENT_PAGE | {"ceremony": None, "event": DENIED, "weight": "", "personal": []}),
        ("organiser/hand_out", "", {"here": HERE, "title": CEREMONY["title"]}),
        ("organiser/people", "", PEOPLE),
        ("organiser/people", "running", PEOPLE | {"people": [], "over": False}),
        ("organiser/erase", "", ERASE),
        ("organiser/erase", "unconfirmed", ERASE | UNCONFIRMED),
    ]
    public = [("public/log", "", PUBLIC), ("public/log", "alone", PUBLIC | ALONE)]
    public += [("public/log", "empty", PUBLIC | ALONE | {"newest": None, "checkpoints": []})]
    return [*((page, case, STAFF | context) for page, case, context in staff), *public]
