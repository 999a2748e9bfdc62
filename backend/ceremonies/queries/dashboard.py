"""What staff see first: the ceremony of the moment, what must be looked at, all ceremonies."""

from collections.abc import Iterator
from datetime import datetime

from backend import regions
from backend.ceremonies import permissions, store
from backend.ceremonies.ceremony import CeremonyStatus, Nature
from backend.ceremonies.document import Document, DocumentStatus, SlotRole
from backend.ceremonies.queries.progress import Whole, areas, bar, counts, heading, here_of, read_whole
from backend.ceremonies.queries.visits import Shown, rosette
from backend.ceremonies.tools import Tools
from backend.people.person import Account, AccountRole


def dashboard(tools: Tools, account: Account) -> Shown:
    """Return the context of the staff's first page."""
    with tools.database.reading() as session:
        everything = [read_whole(session, c.id) for c in store.ceremonies(session)]
    running = [w for w in everything if w.ceremony.status in {CeremonyStatus.OPEN, CeremonyStatus.PAUSED}]
    first = next(iter(running or everything), None)
    organiser = account.role is AccountRole.ORGANISER
    return {
        "feature": _feature(first) if first is not None else None,
        "todo": [item for w in everything for item in _todo(w)] if organiser else [],
        "ceremonies": [_line(w) for w in everything],
    }


def _line(seen: Whole) -> Shown:
    numbers = counts(seen)
    shown = {"address": here_of(seen.ceremony), "signed": numbers["completed"], "regions": numbers["regions"]}
    return {**heading(seen.ceremony), **shown, "rehearsal": seen.ceremony.nature is Nature.REHEARSAL}


def _head_signed(document: Document) -> datetime | None:
    slot = document.slot_for(SlotRole.HEAD)
    return slot.signed_at if slot else None


def _feature(seen: Whole) -> Shown:
    petals = [(d.id, _head_signed(d)) for d in seen.documents]
    drawn = rosette(petals, seen.ceremony.id)
    strip = [[bar(d) for d in documents] for _, documents in areas(seen.documents)]
    return {**_line(seen), "strip": strip, "petals": drawn["petals"], "seed": drawn["seed"]}


def _todo(seen: Whole) -> Iterator[Shown]:
    if not permissions.can(permissions.check_is_not_over, seen.ceremony):
        return
    for document in seen.documents:
        head = seen.person(document, SlotRole.HEAD)
        text = REFUSED if head.id in seen.refused else ATTENTION.get(document.status, "")
        if text:
            region = regions.by_code(document.region)
            address = f"{here_of(seen.ceremony)}/daerah/{document.region}"
            yield {"region": region.full_name, "text": text, "detail": head.name, "address": address, "label": LOOK}


REFUSED = "surat undangan ditolak server surat"
LOOK = "Lihat"
ATTENTION = {
    DocumentStatus.FREEZE_FAILED: "naskah gagal dibekukan",
    DocumentStatus.RETURNED: "minta perbaikan",
    DocumentStatus.DECLINED: "menolak menandatangani",
}
