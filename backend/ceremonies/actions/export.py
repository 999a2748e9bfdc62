"""Export the evidence of a sealed ceremony: one container, made while it is sent, told in the log before it leaves."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session

from backend.audit import excerpt
from backend.audit.excerpt import Excerpt
from backend.ceremonies import lifecycle, permissions, store
from backend.ceremonies.actions import evidence
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.lifecycle import Handover
from backend.ceremonies.tools import Tools
from backend.documents import asic
from backend.documents.asic import Part
from backend.errors import Refusal
from backend.people.person import Account
from backend.signing.timestamps import TimestampAway
from backend.verification.bundle import layout

LONGEST = 200


class RecipientMissing(Refusal):
    """Nobody is named as the one who gets the evidence, or no reason, or in too many words."""

    code = "recipient-missing"
    status = 422
    message = (
        "Penerima berkas bukti dan alasan penyerahannya harus disebutkan, masing-masing paling banyak %(most)s huruf."
    )
    remedy = "Isilah nama penerima dan alasannya, lalu ulangi."


class EvidenceUnstamped(Refusal):
    """The timestamp authority does not answer; without its token the container would prove no time."""

    code = "evidence-unstamped"
    status = 503
    message = "Layanan stempel waktu tidak menjawab, sehingga berkas bukti belum dapat dibuat."
    remedy = "Tunggu sebentar, lalu ulangi. Tidak ada yang diserahkan dan tidak ada yang dicatat."


@dataclass(frozen=True)
class Bundle:
    """A container about to be sent: its file name, its length in bytes, and its bytes piece by piece."""

    name: str
    length: int
    chunks: Iterator[bytes]


def export(tools: Tools, account: Account, ceremony_id: UUID, recipient: str, reason: str) -> Bundle:
    """Return the evidence of a sealed ceremony for `recipient`; the log tells it in the same moment.

    Raises Forbidden, NotSealedYet, RecipientMissing, NoSeal or NotYetSigned (the log is not that far), VaultMissing,
    EvidenceUnstamped. Reading `chunks` raises VaultDamaged if a stored file is not what it was.
    """
    recipient, reason = recipient.strip(), reason.strip()
    if not all(0 < len(text) <= LONGEST for text in (recipient, reason)):
        raise RecipientMissing(most=LONGEST)
    with tools.database.reading() as session:
        ceremony = permissions.check_can_export(store.ceremony(session, ceremony_id), account)
    with tools.database.reading() as session:
        found = excerpt.of_ceremony(session, ceremony_id)
        parts = _parts(tools, session, ceremony, found, account)
    manifest = asic.manifest(parts, layout.TIMESTAMP)
    try:
        token = tools.timestamps.stamp(manifest)
    except TimestampAway as away:
        raise EvidenceUnstamped from away
    parts += [asic.part(layout.MANIFEST, manifest), asic.part(layout.TIMESTAMP, token.der)]
    length = asic.length(layout.MEDIA_TYPE, parts)
    handover = Handover(
        f"p_{secrets.token_hex(16)}", recipient, reason, sha256(manifest).hexdigest(), len(parts), length
    )
    with tools.database.writing() as session:
        locked = permissions.check_can_export(store.ceremony(session, ceremony_id, store.SHARE), account)
        store.commit(session, tools.log, lifecycle.record_export(locked, handover, actor=account.actor, at=tools.now()))
    return Bundle(f"seremoni-{ceremony.id}{layout.SUFFIX}", length, asic.stream(layout.MEDIA_TYPE, parts))


def _parts(tools: Tools, session: Session, ceremony: Ceremony, found: Excerpt, account: Account) -> list[Part]:
    """Return all files that the manifest lists, in the order in which they lie in the container."""
    about = [
        *evidence.of_log(found),
        *evidence.of_later(found, session),
        evidence.of_disclosures(tools, session, found, account),
        *evidence.of_deployment(tools, ceremony, found),
    ]
    told = [asic.part(name, data, layout.media_type(name)) for name, data in about]
    return [*told, *evidence.of_vault(tools, session, ceremony, found)]
