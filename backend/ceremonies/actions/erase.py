"""Erase the personal data of one person: values in the log, his row, his letters, his key file. No proof breaks.

What is printed in signed documents and minutes stays: it is part of a public act, and changing it would destroy it.
"""

from typing import Final
from uuid import UUID

from backend.audit import events
from backend.ceremonies import permissions, store
from backend.ceremonies.actions.enrol import PEOPLE
from backend.ceremonies.tools import Tools
from backend.errors import NotFound, Refusal
from backend.mail import outbox
from backend.people import store as people
from backend.people.person import Account

GROUNDS: Final = {
    "subject-request": "Permintaan orang yang bersangkutan (UU 27/2022 pasal 8)",
    "retention-over": "Masa simpan sudah berakhir",
    "order": "Perintah pengadilan atau lembaga yang berwenang",
}
"""Why data may be erased: the code stands in the log."""


class ErasureUnconfirmed(Refusal):
    """No ground was given, or it was not confirmed that no duty to keep stands against it."""

    code = "erasure-unconfirmed"
    message = "Penghapusan belum dapat dilakukan: alasan dan pernyataan tidak adanya kewajiban menyimpan belum lengkap."
    remedy = "Pilih alasannya, lalu nyatakan bahwa tidak ada kewajiban hukum untuk menyimpan data ini."


def erase(tools: Tools, account: Account, person_id: UUID, ground: str, *, no_duty_to_keep: bool) -> int:
    """Erase one person's data and record that; return how many values left the log. Everything or nothing.

    `ground` is one of GROUNDS. Raises NotFound, ErasureUnconfirmed and the refusals of `permissions.check_can_erase`.
    """
    if ground not in GROUNDS or not no_duty_to_keep:
        raise ErasureUnconfirmed
    with tools.database.writing() as session:
        person = people.person(session, person_id)
        if person is None:
            raise NotFound
        permissions.check_can_erase(account, store.ceremony(session, person.ceremony_id, store.SHARE), person)
        # A key file is of no use once its ceremony is over; should this transaction fail, nothing is lost with it.
        (tools.keys / PEOPLE / f"{person.id}.p12").unlink(missing_ok=True)
        values = tools.log.erase(session, person.pseudonym)
        letters = outbox.forget(session, person.id)
        people.forget(session, person.id)
        erased = events.PersonErased(
            at=tools.now(),
            actor=account.actor,
            ceremony=person.ceremony_id,
            reason=ground,
            person=person.pseudonym,
            values=values,
            letters=letters,
        )
        store.record(session, tools.log, erased)
    return values
