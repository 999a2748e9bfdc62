"""A deployment with quick stand-ins, on which a test plays a ceremony through the actions and runs its jobs by hand."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from backend import wiring
from backend.ceremonies import store
from backend.ceremonies.actions import (
    close,
    conduct,
    create,
    enrol,
    freeze,
    identify,
    invite,
    open_link,
    request_code,
    sign,
    staff,
)
from backend.ceremonies.actions.sign import CONSENTS, Intent
from backend.ceremonies.ceremony import CeremonyStatus
from backend.ceremonies.document import Document, SlotRole
from backend.ceremonies.tools import Tools
from backend.jobs.catalogue import JobName
from backend.people import identity, links
from backend.people import store as people
from backend.people.identity import Code
from backend.people.person import Account, AccountRole, Person
from backend.people.store import Visit
from backend.settings import Settings
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.seal import Sealer
from backend.signing.signer import Answer
from backend.worker import handlers
from tests import ceremony_file
from tests.contracts.mail_server import PretendingPostman
from tests.fakes import QuickRenderer, anything

PASSPHRASE = "frasa sandi rekaan"
CODE = "271828"
STAFF, PASSWORD = "petugas@contoh.invalid", "kata sandi rekaan"


@dataclass
class Stage:
    """One deployment and one ceremony on it. `done` names the jobs that have run."""

    settings: Settings
    tools: Tools
    renderer: QuickRenderer
    postman: PretendingPostman
    account: Account
    ceremony: UUID = field(default_factory=lambda: UUID(int=0))
    done: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)

    def create(self, count: int = 1, *, keys: bool = True) -> None:
        """Create a test ceremony for `count` regions, with keys for everybody who signs."""
        file = ceremony_file.write(self.settings.data.parent / "input", count, starts=self.tools.now().isoformat())
        self.ceremony = create.create(self.tools, self.account, file)
        if keys:
            enrol.enrol_test_keys(self.tools, self.ceremony, lambda _: PASSPHRASE)

    def freeze(self, count: int = 1) -> None:
        """Create a ceremony and freeze its documents."""
        self.create(count)
        self.freeze_all()

    def freeze_all(self) -> None:
        """Freeze the documents of the ceremony that there is."""
        freeze.freeze(self.tools, self.account, self.ceremony)
        self.work(JobName.FREEZE)

    def open(self, count: int = 1) -> None:
        """Create a ceremony, freeze, invite and open it; the letters wait."""
        self.freeze(count)
        self.open_up()

    def open_up(self) -> None:
        """Invite everybody and open the ceremony that there is."""
        invite.invite(self.tools, self.account, self.ceremony)
        conduct.open_(self.tools, self.account, self.ceremony)

    def close(self) -> None:
        """Close the ceremony."""
        close.close(self.tools, self.account, self.ceremony)

    def with_bench(self, **parts: object) -> Tools:
        """Return the tools with some parts of the workshop replaced."""
        return replace(self.tools, workshop=replace(self.tools.bench, **anything(parts)))

    def queued(self) -> list[str]:
        """Return the ids of all jobs ever queued, in the order of queueing."""
        schema = "" if self.tools.database.sqlite else "dbos."
        query = f"SELECT workflow_uuid FROM {schema}workflow_status ORDER BY created_at"
        return [str(row[0]) for row in self.rows(query)]

    def work(self, *only: JobName) -> None:
        """Run every job that was queued and has not run, and those that these queue; `only` those named."""
        run = handlers(self.tools)
        while waiting := [job for job in self.queued() if job not in self.done and _wanted(job, only)]:
            for job in waiting:
                name, about = job.split(":")[:2]
                self.done.add(job)
                run[JobName(name)](about)

    def status(self) -> CeremonyStatus:
        """Return where the ceremony stands."""
        found: CeremonyStatus = self.one(store.ceremony, self.ceremony).status
        return found

    def documents(self) -> tuple[Document, ...]:
        """Return the ceremony's documents."""
        with self.tools.database.reading() as session:
            return store.documents_of(session, self.ceremony)

    def person_of(self, document: Document, role: SlotRole = SlotRole.HEAD) -> Person:
        """Return who signs a document."""
        slot = document.slot_for(role)
        assert slot is not None
        found: Person = self.one(people.person, slot.person_id)
        return found

    def witness(self, document: Document | None = None) -> Person:
        """Return the witness of a document, or of the whole ceremony."""
        wanted = document.id if document else None
        with self.tools.database.reading() as session:
            found = next(w for w in store.witnesses_of(session, self.ceremony) if w.document_id == wanted)
        who: Person = self.one(people.person, found.person_id)
        return who

    def one(self, read: Callable[[Session, UUID], Any], identifier: UUID) -> Any:
        """Read one thing that exists."""
        with self.tools.database.reading() as session:
            found = read(session, identifier)
        assert found is not None
        return found

    def token(self, who: Person) -> str:
        """Return the token of a person's newest link, as his mail holds it."""
        link = self.one(people.link_of, who.id)
        return links.derive_token(self.tools.link_key, link.id, link.generation)

    def code(self, who: Person) -> str:
        """Ask for a code, send it, and return it from the letter."""
        request_code.request_code(self.tools, self.one(people.link_of, who.id))
        self.work(JobName.CODE)
        letter = next(m for m in reversed(self.postman.taken) if who.email in str(m["To"]))
        body = letter.get_body(("plain",))
        assert body is not None
        digits = [line.replace(" ", "") for line in body.get_content().splitlines()]
        found: str = next(line for line in digits if len(line) == 6 and line.isdigit())
        return found

    def visit(self, who: Person, *, identified: bool = True) -> Visit:
        """Open a person's link in a new browser, and confirm his presence with a code that was not mailed."""
        secret = open_link.open_link(self.tools, self.token(who))
        if identified:
            visit = self.entered(secret)
            self.plant_code(who)
            identify.identify(self.tools, visit, CODE)
        return self.entered(secret)

    def plant_code(self, who: Person) -> None:
        """Let CODE be a person's newest code, without a letter."""
        link = self.one(people.link_of, who.id)
        code = Code(link.id, identity.code_digest(self.tools.code_key, link.id, CODE), self.tools.now())
        with self.tools.database.writing() as session:
            people.save_code(session, code)

    def entered(self, secret: str) -> Visit:
        """Return the visit of the browser that holds this secret; fails when there is none."""
        with self.tools.database.reading() as session:
            found = people.visit(session, secret, self.tools.now())
        assert found is not None, "the visit has ended"
        self.secrets[found.secret_sha256] = secret
        return found

    def entered_again(self, visit: Visit) -> Visit:
        """Return a visit as it is now; fails when it has ended."""
        return self.entered(self.secrets[visit.secret_sha256])

    def intent(self, document: Document, passphrase: str = PASSPHRASE) -> Intent:
        """Return what a signatory sends who has read the newest revision and agrees."""
        assert document.current is not None
        return Intent(document.id, document.current.sha256, len(CONSENTS), "id", Answer(passphrase))

    def sign(self, document: Document, role: SlotRole = SlotRole.HEAD) -> None:
        """Let a party sign the newest revision."""
        sign.sign(self.tools, self.visit(self.person_of(document, role)), self.intent(self.again(document)))

    def again(self, document: Document) -> Document:
        """Return a document as it is now."""
        found: Document = self.one(store.document, document.id)
        return found

    def complete(self, *chosen: Document) -> None:
        """Let both parties sign these documents."""
        for document in chosen:
            self.sign(document)
            self.sign(document, SlotRole.MINISTRY)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self.tools.database.reading() as session:
            return [tuple(row) for row in session.connection().execute(sa.text(sql))]

    def events(self) -> list[str]:
        """Return the types of all events in the order of their recording, as `document.frozen`."""
        query = "SELECT e.type FROM audit_event e ORDER BY e.id"
        return [str(row[0]).removeprefix("prasasti.").removesuffix(".v1") for row in self.rows(query)]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table of ours, to be compared."""
        names = sorted(SQLModel.metadata.tables)
        return {name: sorted(self.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def _wanted(job: str, only: tuple[JobName, ...]) -> bool:
    return not only or JobName(job.split(":", 1)[0]) in only


@contextmanager
def stage(settings: Settings) -> Iterator[Stage]:
    """Yield a stage on a fresh deployment: nothing is mailed or typeset; signatures are real, only archives stamped."""
    logging.getLogger("backend").setLevel(logging.DEBUG)
    tools = wiring.worker_tools(settings)
    tools.bench.close()
    renderer, postman = QuickRenderer(), PretendingPostman()
    pki = settings.keys / "testpki"
    sealer = Sealer(pki / "seal.key", pki / "seal.pem", None)
    bench = replace(tools.bench, renderer=anything(renderer), postman=anything(postman), sealer=sealer)
    tools = replace(tools, workshop=bench, signer=Pkcs12Signer(settings.keys / "people", None))
    organiser = staff.create_account(tools, STAFF, "Petugas Rekaan", AccountRole.ORGANISER, PASSWORD)
    try:
        yield Stage(settings, tools, renderer, postman, organiser)
    finally:
        tools.close()


def everything_under(folder: Path, *without: str) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of a folder with its bytes; folders named `without` are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not set(path.relative_to(folder).parts[:1]) & set(without):
            yield path, path.read_bytes()
