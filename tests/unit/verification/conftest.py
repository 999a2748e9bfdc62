"""What the tests of the verifier share: one invented PKI, its people, and files that are costly to make."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from backend.verification.knowledge import LogKnowledge
from backend.verification.report import Report
from backend.verification.trust import Anchors, from_certificates
from backend.verification.verify import verify
from tests.unit.verification.files import FIELDS, Signing, archived, plain, prove, sign
from tests.unit.verification.pki import NOW, Member, Pki, issue, name

LATER = NOW + timedelta(hours=1)


@dataclass
class World:
    """The PKI, its people and the files most tests begin with."""

    pki: Pki
    head: Member
    official: Member
    ministry: Member
    anchors: Anchors
    files: dict[str, bytes] = field(default_factory=dict)

    def check(self, pdf: bytes, at: datetime = LATER, known: LogKnowledge | None = None) -> Report:
        return verify(pdf, self.anchors, at, known)


@pytest.fixture(scope="session")
def world() -> World:
    pki = Pki()
    head, official = pki.person(), pki.person("Contoh Hartono")
    ministry = issue(name("Kementerian Contoh Digital", identifier="NTRID-0000"), issuer=pki.authority)
    made = World(pki, head, official, ministry, from_certificates([pki.root.certificate]))
    with_seal_field = plain(("Segel", *FIELDS))
    sealed = sign(with_seal_field, ministry, Signing("Segel", certify=True, stamp=pki.tsa))
    once = sign(sealed, head, Signing(stamp=pki.tsa))
    twice = sign(once, official, Signing(FIELDS[1], stamp=pki.tsa))
    everyone = (head, official, ministry)
    approved = sign(plain(), head, Signing(stamp=pki.tsa))
    made.files = {
        "plain": plain(),
        "sealed": sealed,
        "sealed proven": prove(sealed, pki, everyone),
        "once": once,
        "twice": twice,
        "archived": archived(twice, pki, everyone),
        "approved": approved,
        "approved proven": prove(approved, pki, everyone),
        "basic": sign(plain(("Pihak1",)), head),
    }
    return made
