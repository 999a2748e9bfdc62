"""Enrol test certificates for a ceremony's signatories: keys on the server, in rehearsals and tests only (DESIGN 6)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from backend.audit import events
from backend.ceremonies import permissions, store
from backend.ceremonies.outcome import Outcome
from backend.ceremonies.tools import Tools
from backend.people import store as people
from backend.people.person import Part, Person
from backend.signing import testpki

PEOPLE = "people"


def enrol_test_keys(tools: Tools, ceremony_id: UUID, passphrase: Callable[[Person], str]) -> int:
    """Make a key file for each signatory without a certificate; return how many. `passphrase` tells each one's.

    Raises ServerKeyRefused for a ceremony that counts. The certificate is pinned: only it may sign the person's slots.
    """
    with tools.database.reading() as session:
        ceremony = store.ceremony(session, ceremony_id)
        everybody = people.people_of(session, ceremony_id).values()
    permissions.check_key_place(ceremony, "pkcs12")
    waiting = [p for p in everybody if p.part is not Part.WITNESS and p.certificate_sha256 is None]
    folder = tools.keys / PEOPLE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for person in waiting:
        issued = testpki.issue_person(tools.keys / "testpki", person.name, person.institution, passphrase(person))
        _write_private(folder / f"{person.id}.p12", issued.p12)
        _record(tools, person, issued.certificate_sha256)
    return len(waiting)


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _record(tools: Tools, person: Person, certificate_sha256: str) -> None:
    enrolled = events.CertificateEnrolled(
        at=tools.now(),
        actor=person.actor,
        ceremony=person.ceremony_id,
        certificate_sha256=certificate_sha256,
        issuer="test",
    )
    known = replace(person, certificate_sha256=certificate_sha256)
    with tools.database.writing() as session:
        store.commit(session, tools.log, Outcome((known,), (enrolled,)))
