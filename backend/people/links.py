"""Links to people: a token is derived, never stored; the row keeps its hash (DESIGN 12.3). Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from backend.errors import Refusal


class LinkUnknown(Refusal):
    """No link has this token: mistyped, forged, or replaced by a newer one."""

    code = "link-unknown"
    status = 404
    message = "Tautan ini tidak dikenal atau sudah diganti dengan tautan yang lebih baru."
    remedy = "Bukalah tautan dari surat undangan yang terakhir, atau hubungi petugas seremoni."


class LinkExpired(Refusal):
    """The link's day is over."""

    code = "link-expired"
    status = 410
    message = "Tautan ini sudah kedaluwarsa."
    remedy = "Mintalah tautan baru kepada petugas seremoni."


class LinkVoid(Refusal):
    """The person reached said that the link was not meant for him."""

    code = "link-void"
    status = 410
    message = "Tautan ini sudah ditutup karena penerimanya menyatakan bukan yang dituju."
    remedy = "Hubungi petugas seremoni untuk memperoleh tautan baru."


@dataclass(frozen=True)
class Link:
    """One person's way into one ceremony. A new generation makes every older token worthless."""

    id: UUID
    person_id: UUID
    ceremony_id: UUID
    generation: int
    token_sha256: str
    expires_at: datetime
    void: bool = False

    def renewed(self, key: bytes, expires_at: datetime) -> Self:
        """Return the next generation of this link, valid until `expires_at`."""
        generation = self.generation + 1
        digest = token_hash(derive_token(key, self.id, generation))
        return replace(self, generation=generation, token_sha256=digest, expires_at=expires_at, void=False)


def derive_token(key: bytes, link_id: UUID, generation: int) -> str:
    """Return the token of a link's generation: HMAC-SHA256 over id and generation, base64url without padding."""
    message = link_id.bytes + generation.to_bytes(4, "big")
    return base64.urlsafe_b64encode(hmac.digest(key, message, "sha256")).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """Return the SHA-256 (hex) under which a token is looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(key: bytes, link_id: UUID, person_id: UUID, ceremony_id: UUID, expires_at: datetime) -> Link:
    """Return the first generation of a link."""
    digest = token_hash(derive_token(key, link_id, 1))
    return Link(link_id, person_id, ceremony_id, 1, digest, expires_at)


def check_usable(link: Link | None, at: datetime) -> Link:
    """Return the link if it may be used at `at`; raises LinkUnknown, LinkVoid or LinkExpired."""
    if link is None:
        raise LinkUnknown
    if link.void:
        raise LinkVoid
    if at >= link.expires_at:
        raise LinkExpired
    return link
