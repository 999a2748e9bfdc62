"""Hand out a ceremony's log with its personal values: a deliberate act, recorded before it leaves."""

import io
import json
import zipfile
from typing import Final
from uuid import UUID

from sqlmodel import Session

from backend.audit import browsing, events, reader
from backend.audit.browsing import Wanted
from backend.ceremonies import store
from backend.ceremonies.tools import Tools
from backend.people.person import Account

AT_ONCE: Final = 500
README: Final = """\
REKAM JEJAK SATU SEREMONI, BESERTA DATA PRIBADINYA

events.jsonl        butir, satu baris satu butir, persis seperti tercatat (RFC 8785); urutannya urutan log
events.idx          nomor tiap butir dalam log, mulai dari 0, baris demi baris
disclosures.jsonl   data pribadi: id butir dan teks pengungkapan (RFC 9901); SHA-256 teksnya ada dalam _sd butir itu

Berkas ini memuat data pribadi. Pengambilannya tercatat dalam rekam jejak atas nama pengambilnya.
Data pribadi yang dihapus kemudian tetap ada dalam salinan ini: hapuslah salinan ini bila keperluannya selesai.

THE AUDIT LOG OF ONE CEREMONY, WITH ITS PERSONAL DATA

This file holds personal data. Taking it is recorded in the audit log under the name of who took it.
"""


def hand_out(tools: Tools, account: Account, ceremony_id: UUID) -> bytes:
    """Record that the account takes the numbered events of a ceremony with all personal values; return them as a ZIP.

    Every member of staff may: the record says who. Raises NotFound.
    """
    with tools.database.reading() as session:
        store.ceremony(session, ceremony_id)
        leaves, numbers, ids = _leaves(session, ceremony_id)
        disclosed = _disclosed(tools, session, ids)
    taken = events.LogHandedOut(
        at=tools.now(),
        actor=account.actor,
        ceremony=ceremony_id,
        scope="ceremony",
        leaves=len(leaves),
        values=len(disclosed),
    )
    with tools.database.writing() as session:
        store.record(session, tools.log, taken)
    return _packed(leaves, numbers, disclosed)


def _leaves(session: Session, ceremony_id: UUID) -> tuple[list[bytes], list[int], list[UUID]]:
    wanted = Wanted(ceremony=ceremony_id)
    count = browsing.count(session, wanted)
    numbered = [e for e in browsing.events(session, wanted, limit=count) if e.seq is not None]
    bodies = reader.ceremony_events(session, ceremony_id)[: len(numbered)]
    return bodies, [e.seq for e in numbered if e.seq is not None], [e.id for e in numbered]


def _disclosed(tools: Tools, session: Session, ids: list[UUID]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for start in range(0, len(ids), AT_ONCE):
        for event_id, values in tools.log.disclosed(session, ids[start : start + AT_ONCE]).items():
            found += [{"event": str(event_id), "disclosure": one.text} for one in values]
    return found


def _packed(leaves: list[bytes], numbers: list[int], disclosed: list[dict[str, str]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("BACA-SAYA.txt", README)
        packed.writestr("events.jsonl", b"".join(leaf + b"\n" for leaf in leaves))
        packed.writestr("events.idx", "".join(f"{number}\n" for number in numbers))
        packed.writestr("disclosures.jsonl", "".join(json.dumps(one) + "\n" for one in disclosed))
    return file.getvalue()
