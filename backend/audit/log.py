"""Writing to the audit log: an event and its place in the queue, inside the transaction of the deed that it records.

No lock is taken and the head is not read here: numbers are given later by backend.audit.sequencer.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from uuid_utils.compat import uuid7

from backend.audit import bulk, canonical, disclosures, merkle
from backend.audit.disclosures import Disclosure, Unreadable
from backend.audit.events import Event, LoggedOut, LoginFailed, LoginSucceeded, Personal
from backend.audit.protection import assert_protected, protect
from backend.audit.standing import Guard
from backend.audit.tables import AuditDisclosure, AuditSubjectKey, copies
from backend.errors import Refusal

__all__ = ["Log", "assert_protected", "protect"]

UNHINDERED: Final = (LoginSucceeded, LoginFailed, LoggedOut)
"""What is recorded even on a log that does not continue: staff must be able to log in and read why."""


class Log:
    """The log of one deployment, to append to. `disclosure_key` (32 bytes) wraps the keys of persons.

    `guard` keeps deeds from a log that does not continue what was signed; without it, everything is recorded.
    """

    def __init__(self, deployment: UUID, disclosure_key: bytes, guard: Guard | None = None) -> None:
        """Remember whose log this is; nothing is opened. Raises ValueError for a key of another length."""
        if len(disclosure_key) != disclosures.KEY_BYTES:
            raise ValueError("the disclosure key has 32 bytes")
        self._deployment = deployment
        self._key = disclosure_key
        self._guard = guard

    def check(self) -> None:
        """Raise a refusal while nothing may be recorded: before a key is used for what could not be kept.

        Raises what `standing.Guard.check` raises. Call it outside of a transaction.
        """
        if self._guard is not None:
            self._guard.check()

    def refusal(self) -> Refusal | None:
        """Return why nothing may be recorded now, None if all is well: what staff must be told."""
        return self._guard.refusal() if self._guard is not None else None

    def append(self, session: Session, events: Sequence[Event]) -> list[UUID]:
        """Record events in the caller's transaction, in this order; return their ids.

        If this raises (ValueError: an event that fits no leaf), the deed must not be committed either. Raises what
        `check` raises too, except for UNHINDERED events.
        """
        if not events:
            return []
        if self._guard is not None and not all(isinstance(event, UNHINDERED) for event in events):
            self._guard.check(session)
        keys = self._keys(session, {p.subject for e in events for p in e.personal}, make=True)
        ids, rows, secret = [], [], []
        for event in events:
            event_id = uuid7()
            disclosed = [
                (personal, disclosures.disclose(personal.field, personal.value)) for personal in event.personal
            ]
            envelope = canonical.envelope(
                event, event_id=event_id, deployment=self._deployment, digests=[d.digest for _, d in disclosed]
            )
            ids.append(event_id)
            rows.append(_row(envelope))
            secret += [_secret(keys, str(event_id), personal, made) for personal, made in disclosed]
        connection = session.connection()
        bulk.insert_events(connection, rows)
        if secret:
            connection.execute(sa.insert(AuditDisclosure), secret)
        return ids

    def disclosed(self, session: Session, event_ids: Iterable[UUID]) -> dict[UUID, list[Disclosure]]:
        """Return the personal values of events, as far as they were not erased. Whoever calls decides who may see.

        Raises Unreadable if a stored value was changed or moved, or if this is another deployment's key.
        """
        wanted = [str(event_id) for event_id in event_ids]
        rows = session.exec(select(AuditDisclosure).where(col(AuditDisclosure.event_id).in_(wanted))).all()
        keys = self._keys(session, {row.key_id for row in rows}, make=False)
        found: dict[UUID, list[Disclosure]] = {}
        for row in sorted(rows, key=lambda r: (r.event_id, r.field)):
            if key := keys.get(row.key_id):
                place = (row.event_id, row.digest, row.key_id)
                disclosure = disclosures.read(disclosures.decrypt(key, row.ciphertext, *place).decode())
                if (disclosure.digest, disclosure.field) != (row.digest, row.field):
                    raise Unreadable("a value that is not the one recorded")
                found.setdefault(UUID(row.event_id), []).append(disclosure)
        return found

    def erase(self, session: Session, pseudonym: str) -> int:
        """Erase all personal values of one person and destroy his key; return how many values went.

        No leaf changes and every proof still holds. The caller appends an event that says so, in the same transaction.
        """
        connection = session.connection()
        gone = connection.execute(sa.delete(AuditDisclosure).where(col(AuditDisclosure.key_id) == pseudonym))
        connection.execute(sa.delete(AuditSubjectKey).where(col(AuditSubjectKey.key_id) == pseudonym))
        return gone.rowcount

    def _keys(self, session: Session, pseudonyms: set[str], *, make: bool) -> dict[str, bytes]:
        """Return the persons' keys; `make` creates those that are missing (of two transactions at once, one does)."""
        if not pseudonyms:
            return {}
        if make:
            fresh = [
                {"key_id": name, "wrapped": disclosures.encrypt(self._key, disclosures.new_key(), name)}
                for name in sorted(pseudonyms - set(self._wrapped(session, pseudonyms)))
            ]
            if fresh:
                dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
                session.connection().execute(dialect.insert(AuditSubjectKey).on_conflict_do_nothing(), fresh)
        stored = self._wrapped(session, pseudonyms)
        return {name: disclosures.decrypt(self._key, wrapped, name) for name, wrapped in stored.items()}

    @staticmethod
    def _wrapped(session: Session, pseudonyms: set[str]) -> dict[str, bytes]:
        found = select(AuditSubjectKey.key_id, AuditSubjectKey.wrapped).where(
            col(AuditSubjectKey.key_id).in_(pseudonyms)
        )
        return {key_id: bytes(wrapped) for key_id, wrapped in session.exec(found)}


def _row(envelope: dict[str, Any]) -> tuple[Any, ...]:
    body = canonical.spelt(envelope)
    values = {"id": envelope["id"], "body": body, "leaf_hash": merkle.leaf_hash(body), **copies(envelope)}
    return tuple(values[column] for column in bulk.EVENT)


def _secret(keys: dict[str, bytes], event_id: str, personal: Personal, made: Disclosure) -> dict[str, Any]:
    place = (event_id, made.digest, personal.subject)
    ciphertext = disclosures.encrypt(keys[personal.subject], made.text.encode(), *place)
    return {
        "event_id": event_id,
        "digest": made.digest,
        "field": personal.field,
        "key_id": personal.subject,
        "ciphertext": ciphertext,
    }
