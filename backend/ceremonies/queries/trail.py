"""The rekam jejak for staff: one page of events by query, and one event with its bytes, its proof, what is personal.

Organisers and auditors see the personal values too, as far as nobody erased them: they are the ones who must be able to
answer for the ceremony. Looking is not recorded (a GET appends nothing); taking the values away is (actions/hand_out).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from backend import regions
from backend.audit import browsing, receipts
from backend.audit.browsing import Reach, Wanted
from backend.audit.events import Role, kinds
from backend.audit.reader import LoggedEvent
from backend.audit.receipts import Receipt
from backend.ceremonies import store
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.queries.progress import heading, here_of
from backend.ceremonies.queries.visits import Shown
from backend.ceremonies.rows import DocumentRow, WitnessRow
from backend.ceremonies.tools import Tools
from backend.people import store as people

PER_PAGE = 50
ZONE = "Asia/Jakarta"
NEWEST = "terbaru"
ROLES: Final = {
    Role.SIGNER: "penanda tangan",
    Role.WITNESS: "saksi",
    Role.OPERATOR: "petugas",
    Role.VISITOR: "pengunjung",
    Role.SYSTEM: "sistem",
}
OUTCOMES: Final = {"success": "berhasil", "failure": "gagal", "denied": "ditolak"}
SUBJECTS: Final = {
    "account": "Akun petugas",
    "attempts": "Batas percobaan",
    "bundle": "Berkas bukti",
    "ceremony": "Seremoni",
    "certificate": "Sertifikat",
    "code": "Kode sekali pakai",
    "config": "Pengaturan",
    "consent": "Persetujuan",
    "document": "Naskah",
    "identity": "Identitas",
    "invitation": "Undangan",
    "key": "Kunci",
    "link": "Tautan",
    "log": "Rekam jejak",
    "login": "Masuk petugas",
    "mail": "Surat",
    "minutes": "Berita acara",
    "permission": "Kewenangan",
    "privacy": "Data pribadi",
    "schema": "Skema basis data",
    "signature": "Tanda tangan",
    "witness": "Kesaksian",
}
FIELDS: Final = {
    "name": "nama",
    "office": "jabatan",
    "email": "alamat surat elektronik",
    "reason": "alasan",
    "note": "catatan",
}
WEIGHTS: Final = {kind.TYPE: kind.WEIGHT.value for kind in kinds()}


@dataclass(frozen=True)
class Look:
    """What a visitor looks for, as the page's address says it; what makes no sense finds everything."""

    kind: str = ""
    region: str = ""
    role: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    order: str = ""

    def moment(self, text: str, zone: str) -> datetime | None:
        """Return a `datetime-local` value in a zone, None for an empty or unreadable one."""
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) if text else None
        except ValueError:
            return None

    @property
    def shown(self) -> Shown:
        """Return the fields as the form shows them again."""
        return {
            "kind": self.kind,
            "region": self.region,
            "role": self.role,
            "outcome": self.outcome,
            "since": self.since,
            "until": self.until,
            "order": self.order,
        }


def log_page(tools: Tools, ceremony_id: UUID | None, look: Look, page: int) -> Shown:
    """Return the context of one page of a ceremony's events, or of the whole log's; raises NotFound."""
    with tools.database.reading() as session:
        ceremony = store.ceremony(session, ceremony_id) if ceremony_id else None
        places = _places(session, ceremony_id) if ceremony_id else {}
        wanted = _wanted(ceremony, places, look)
        found = browsing.count(session, wanted)
        pages = max(1, -(-found // PER_PAGE))
        page = min(max(1, page), pages)
        newest = look.order == NEWEST
        events = browsing.events(session, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE, newest_first=newest)
        reach = browsing.reach(session)
        rows = _rows(session, events, reach, places, ceremony)
        counts = _counts(session, ceremony_id) if ceremony_id else {}
    return {
        "here": here_of(ceremony) if ceremony else "",
        "address": f"{here_of(ceremony)}/jejak" if ceremony else "/jejak",
        "ceremony": heading(ceremony) if ceremony else None,
        "zone": ceremony.zone if ceremony else ZONE,
        "counts": counts,
        "rows": rows,
        "found": found,
        "reach": reach,
        "page": page,
        "pages": pages,
        "filter": look.shown,
        "filtered": bool(any({**look.shown, "order": ""}.values())),
        "kinds": [(group, SUBJECTS.get(group, group)) for group in browsing.GROUPS],
        "roles": [(str(role), told) for role, told in ROLES.items()],
        "outcomes": list(OUTCOMES.items()),
        "regions": sorted((code, regions.by_code(code).full_name) for code in places.values()),
    }


def ceremony_of(tools: Tools, ceremony_id: UUID) -> Ceremony:
    """Return a ceremony; raises NotFound."""
    with tools.database.reading() as session:
        return store.ceremony(session, ceremony_id)


def receipt_of(tools: Tools, event_id: UUID) -> Receipt:
    """Return an event's leaf and proof; raises NotFound."""
    with tools.database.reading() as session:
        return receipts.of(session, tools.policy(), event_id)


def event_page(tools: Tools, event_id: UUID) -> tuple[Ceremony | None, Shown]:
    """Return an event's ceremony, if it has one, and the context of its page; raises NotFound."""
    with tools.database.reading() as session:
        receipt = receipts.of(session, tools.policy(), event_id)
        event = receipt.event
        ceremony = store.ceremony(session, event.ceremony) if event.ceremony else None
        places = _places(session, event.ceremony, [event.document]) if event.ceremony and event.document else {}
        (row,) = _rows(session, [event], browsing.reach(session), places, ceremony)
        personal = tools.log.disclosed(session, [event_id]).get(event_id, [])
    shown: Shown = {
        "event": row,
        "ceremony": heading(ceremony) if ceremony else None,
        "log_address": f"{here_of(ceremony)}/jejak" if ceremony else "/jejak",
        "leaf": receipt.leaf.decode(),
        "weight": WEIGHTS.get(event.type, ""),
        "extra": [(name, value if isinstance(value, list) else [value]) for name, value in event.extra.items()],
        "personal": [
            {"field": one.field, "label": FIELDS.get(one.field, one.field), "value": one.value, "digest": one.digest}
            for one in personal
        ],
        "erased": event.digests - len(personal),
        "covered": receipt.size,
        "given": receipt.examined.given if receipt.examined else 0,
        "total": receipt.examined.total if receipt.examined else 0,
        "proof": receipt.proof or "",
        "stem": receipt.stem,
    }
    return ceremony, shown


def told(event: LoggedEvent, reach: Reach) -> Shown:
    """Return an event as a short list of one document's events shows it."""
    return {
        "index": None if event.seq is None else event.seq + 1,
        "size": reach.numbered,
        "address": f"/jejak/{event.id}",
        "told": event.told,
        "at": event.at,
        "who": ROLES.get(Role(event.role), event.role) if event.role in set(Role) else event.role,
        "outcome": event.outcome,
    }


def _wanted(ceremony: Ceremony | None, places: dict[UUID, str], look: Look) -> Wanted:
    zone = ceremony.zone if ceremony else ZONE
    document = next((key for key, code in places.items() if code == look.region), None)
    return Wanted(
        ceremony=ceremony.id if ceremony else None,
        document=document if look.region else None,
        group=look.kind,
        role=look.role if look.role in set(Role) else "",
        outcome=look.outcome if look.outcome in OUTCOMES else "",
        since=look.moment(look.since, zone),
        until=look.moment(look.until, zone),
    )


def _places(session: Session, ceremony_id: UUID, only: Collection[UUID] | None = None) -> dict[UUID, str]:
    """Return the region code of each document of a ceremony, without loading the documents."""
    found = select(DocumentRow.id, DocumentRow.region).where(DocumentRow.ceremony_id == ceremony_id)
    if only is not None:
        found = found.where(col(DocumentRow.id).in_(list(only)))
    return dict(session.exec(found).all())


def _counts(session: Session, ceremony_id: UUID) -> Shown:
    def number(rows: type[DocumentRow] | type[WitnessRow]) -> int:
        counted = select(func.count()).select_from(rows).where(rows.ceremony_id == ceremony_id)
        return int(session.exec(counted).one())

    log = browsing.count(session, Wanted(ceremony=ceremony_id))
    return {"regions": number(DocumentRow), "witnesses": number(WitnessRow), "log": log}


def _rows(
    session: Session, events: list[LoggedEvent], reach: Reach, places: dict[UUID, str], ceremony: Ceremony | None
) -> list[Shown]:
    names = people.named(session, {event.actor for event in events})
    return [_row(event, reach, places, ceremony, names) for event in events]


def _row(
    event: LoggedEvent, reach: Reach, places: dict[UUID, str], ceremony: Ceremony | None, names: dict[str, str]
) -> Shown:
    code = places.get(event.document, "") if event.document else ""
    place = regions.by_code(code) if code else None
    return {
        "id": str(event.id),
        "address": f"/jejak/{event.id}",
        "number": None if event.seq is None else event.seq + 1,
        "size": reach.numbered,
        "signed": event.seq is not None and event.seq < reach.signed,
        "at": event.at,
        "zone": place.zone if place else ceremony.zone if ceremony else ZONE,
        "told": event.told,
        "type": event.type,
        "role": ROLES.get(Role(event.role), event.role) if event.role in set(Role) else event.role,
        "actor": event.actor,
        "name": names.get(event.actor, ""),
        "on_behalf": event.on_behalf or "",
        "outcome": event.outcome,
        "reason": event.reason or "",
        "place": place.full_name if place else "",
        "place_address": f"{here_of(ceremony)}/daerah/{code}" if place and ceremony else "",
        "object_kind": event.object_kind or "",
        "object_sha256": event.object_sha256 or "",
    }
