"""People between rows and facts. Rows stay in this folder; callers bring the session and its transaction."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from backend.people.identity import STAFF_LIFE, VISIT_LIFE, Code, secret_hash
from backend.people.links import Link, token_hash
from backend.people.person import ERASED, Account, AccountRole, Part, Person
from backend.people.rows import AccountRow, CodeRow, LinkRow, PersonRow, StaffSessionRow, VisitRow


@dataclass(frozen=True)
class Visit:
    """A browser that came through a link."""

    secret_sha256: str
    link: Link
    identified_at: datetime | None

    @property
    def identified(self) -> bool:
        """Tell whether a code was confirmed in this visit."""
        return self.identified_at is not None


def _person(row: PersonRow) -> Person:
    return Person(**{**row.model_dump(), "part": Part(row.part)})


def save_person(session: Session, person: Person) -> None:
    """Insert or update a person."""
    session.merge(PersonRow(**{**asdict(person), "part": str(person.part)}))


def person(session: Session, person_id: UUID) -> Person | None:
    """Return one person, or None."""
    row = session.get(PersonRow, person_id)
    return _person(row) if row else None


def people_of(session: Session, ceremony_id: UUID) -> dict[UUID, Person]:
    """Return all people of a ceremony by id."""
    rows = session.exec(select(PersonRow).where(PersonRow.ceremony_id == ceremony_id))
    return {row.id: _person(row) for row in rows}


def _link(row: LinkRow) -> Link:
    return Link(**row.model_dump())


def save_link(session: Session, link: Link) -> None:
    """Insert or update a link."""
    session.merge(LinkRow(**asdict(link)))


def link_by_token(session: Session, token: str) -> Link | None:
    """Return the link that a token opens, or None."""
    row = session.exec(select(LinkRow).where(LinkRow.token_sha256 == token_hash(token))).first()
    return _link(row) if row else None


def link_of(session: Session, person_id: UUID) -> Link | None:
    """Return a person's link, or None when he was never invited."""
    row = session.exec(select(LinkRow).where(LinkRow.person_id == person_id)).first()
    return _link(row) if row else None


def invited_to(session: Session, ceremony_id: UUID) -> tuple[UUID, ...]:
    """Return the people of a ceremony who hold a link that still counts."""
    rows = session.exec(select(LinkRow.person_id).where(LinkRow.ceremony_id == ceremony_id, ~col(LinkRow.void)))
    return tuple(rows.all())


def link(session: Session, link_id: UUID) -> Link | None:
    """Return one link, or None."""
    row = session.get(LinkRow, link_id)
    return _link(row) if row else None


def begin_visit(session: Session, secret: str, of: Link, at: datetime) -> None:
    """Remember a browser that came through a link, under the hash of its secret."""
    row = VisitRow(secret_sha256=secret_hash(secret), link_id=of.id, generation=of.generation, created_at=at)
    session.add(row)


def visit(session: Session, secret: str, at: datetime) -> Visit | None:
    """Return a live visit: its link is of the same generation, not void, and the visit not too old."""
    row = session.get(VisitRow, secret_hash(secret))
    if row is None or at - row.created_at > VISIT_LIFE:
        return None
    found = link(session, row.link_id)
    if found is None or found.void or found.generation != row.generation or at >= found.expires_at:
        return None
    return Visit(row.secret_sha256, found, row.identified_at)


def mark_identified(session: Session, secret_sha256: str, at: datetime) -> None:
    """Remember that a code was confirmed in this visit."""
    row = session.get(VisitRow, secret_sha256)
    if row is not None:
        row.identified_at = at
        session.add(row)


def save_code(session: Session, code: Code) -> None:
    """Keep the newest code of a link; an older one is worthless from now on."""
    session.merge(CodeRow(**asdict(code)))


def lock_code(session: Session, link_id: UUID) -> Code | None:
    """Return a link's code, its row locked so that tries are counted one by one."""
    row = session.exec(select(CodeRow).where(CodeRow.link_id == link_id).with_for_update()).first()
    return Code(**row.model_dump()) if row else None


def drop_code(session: Session, link_id: UUID) -> None:
    """Forget a code: each works once."""
    session.exec(sa.delete(CodeRow).where(col(CodeRow.link_id) == link_id))


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.pseudonym, row.email, row.name, AccountRole(row.role))


def add_account(session: Session, account: Account, password_hash: str) -> None:
    """Insert a staff account."""
    row = AccountRow(**{**asdict(account), "role": str(account.role)}, password=password_hash)
    session.add(row)


def account_by_email(session: Session, email: str) -> tuple[Account, str] | None:
    """Return an account and its password hash, or None."""
    row = session.exec(select(AccountRow).where(AccountRow.email == email.strip().lower())).first()
    return (_account(row), row.password) if row else None


def any_organiser(session: Session) -> Account | None:
    """Return the first organiser, for acts of the command line; None before there is one."""
    row = session.exec(select(AccountRow).where(AccountRow.role == AccountRole.ORGANISER).order_by(col(AccountRow.id)))
    found = row.first()
    return _account(found) if found else None


def begin_session(session: Session, secret: str, account: Account, at: datetime) -> None:
    """Remember a logged-in browser under the hash of its secret."""
    session.add(StaffSessionRow(secret_sha256=secret_hash(secret), account_id=account.id, created_at=at))


def staff(session: Session, secret: str, at: datetime) -> Account | None:
    """Return the account of a live session, or None."""
    row = session.get(StaffSessionRow, secret_hash(secret))
    if row is None or at - row.created_at > STAFF_LIFE:
        return None
    found = session.get(AccountRow, row.account_id)
    return _account(found) if found else None


def end_session(session: Session, secret: str) -> None:
    """Forget a logged-in browser."""
    session.exec(sa.delete(StaffSessionRow).where(col(StaffSessionRow.secret_sha256) == secret_hash(secret)))


def named(session: Session, pseudonyms: Collection[str]) -> dict[str, str]:
    """Return the names behind pseudonyms, of people and of staff, as far as there are any (erased ones are empty)."""
    names: dict[str, str] = {}
    for rows in (PersonRow, AccountRow):
        found = select(rows.pseudonym, rows.name).where(col(rows.pseudonym).in_(list(pseudonyms)))
        names |= dict(session.exec(found).all())
    return names


def forget(session: Session, person_id: UUID) -> None:
    """Replace what is personal about a person by ERASED or nothing; his link is void, his visits and codes are gone.

    Office, institution and region stay: they say which party acted, and are printed in the documents.
    """
    row = session.get(PersonRow, person_id)
    if row is None:
        return
    row.name, row.email, row.salutation = ERASED, "", None
    session.add(row)
    of = session.exec(select(LinkRow).where(LinkRow.person_id == person_id)).first()
    if of is not None:
        of.void = True
        session.add(of)
        session.exec(sa.delete(VisitRow).where(col(VisitRow.link_id) == of.id))
        session.exec(sa.delete(CodeRow).where(col(CodeRow.link_id) == of.id))


def remove_account(session: Session, account: Account) -> None:
    """Delete a staff account and its sessions."""
    session.exec(sa.delete(StaffSessionRow).where(col(StaffSessionRow.account_id) == account.id))
    session.exec(sa.delete(AccountRow).where(col(AccountRow.id) == account.id))
