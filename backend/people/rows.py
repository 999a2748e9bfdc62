"""Tables of people: persons, links, visits, codes, accounts, sessions. No secret stands here, only hashes of them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from backend.database import Moment


class PersonRow(SQLModel, table=True):
    """One person in one ceremony."""

    __tablename__ = "person"
    id: UUID = Field(primary_key=True)
    ceremony_id: UUID = Field(index=True)
    pseudonym: str = Field(unique=True)
    part: str
    name: str
    office: str
    institution: str
    email: str
    salutation: str | None = None
    region: str | None = None
    language: str = "id"
    certificate_sha256: str | None = None


class LinkRow(SQLModel, table=True):
    """One person's link; the token itself is derived when it is sent."""

    __tablename__ = "link"
    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", unique=True)
    ceremony_id: UUID = Field(index=True)
    generation: int
    token_sha256: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Moment)
    void: bool = False


class VisitRow(SQLModel, table=True):
    """One browser that came through a link; `identified_at` is set by a matching code."""

    __tablename__ = "visit"
    secret_sha256: str = Field(primary_key=True)
    link_id: UUID = Field(foreign_key="link.id", index=True)
    generation: int
    created_at: datetime = Field(sa_type=Moment)
    identified_at: datetime | None = Field(default=None, sa_type=Moment)


class CodeRow(SQLModel, table=True):
    """The newest one-time code of a link, as an HMAC."""

    __tablename__ = "one_time_code"
    link_id: UUID = Field(primary_key=True, foreign_key="link.id")
    digest: str
    made_at: datetime = Field(sa_type=Moment)
    tries: int = 0


class AccountRow(SQLModel, table=True):
    """One member of staff; `password` is an argon2id hash."""

    __tablename__ = "account"
    id: UUID = Field(primary_key=True)
    pseudonym: str = Field(unique=True)
    email: str = Field(unique=True)
    name: str
    role: str
    password: str


class StaffSessionRow(SQLModel, table=True):
    """One logged-in browser of a member of staff."""

    __tablename__ = "staff_session"
    secret_sha256: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
