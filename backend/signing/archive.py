"""Makes a signed PDF last: embeds revocation data for every signature in it, then stamps the whole (PAdES B-LTA).

Two revisions in one step (EN 319 142-1 section 6, levels LT and LTA): the document security store, then one invisible
document timestamp that covers it. Everything is checked before it is embedded; if a service is away, nothing is done.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from backend import clock
from backend.errors import Refusal
from backend.signing.pdf import Update, signature_value
from backend.signing.reading import entry, signature_fields
from backend.signing.refusals import SignatureInvalid
from backend.signing.revocation import Evidence, NoProof, Revocations
from backend.signing.signed_data import Broken, SignedData, read
from backend.signing.timestamps import BadToken, TimestampAway, Timestamps, read_token
from backend.signing.trust import Trust

FIELD = "stempel-waktu-arsip"
RFC3161 = "/ETSI.RFC3161"
OUTSIDE = -9999  # an untagged widget must lie off the page (PDF/UA-1) and may not be hidden (PDF/A-3)


class ArchiveUnavailable(Refusal):
    """A timestamp or revocation service is away; the same call may be repeated later."""

    code = "archive-unavailable"
    status = 503
    message = "Layanan stempel waktu atau status sertifikat belum dapat dihubungi (%(service)s)."
    remedy = "Pengarsipan diulang secara otomatis; tidak ada yang perlu dilakukan."


@dataclass(frozen=True)
class Archived:
    """A new revision and its hashes (hex); `level` holds for every signature in it, `timestamp_at` is the stamp's."""

    pdf: bytes = field(repr=False)
    base_sha256: str
    sha256: str
    level: str
    timestamp_at: datetime


@dataclass
class _Use:
    """When a certificate was used, first and last; `certificates` are its own first, then what may lie above it."""

    certificates: tuple[bytes, ...]
    first: datetime
    last: datetime


class _Uses:
    """Who signed or stamped in a file, and when that is proven to have happened; `now` where nothing proves it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._found: dict[bytes, _Use] = {}

    def __iter__(self) -> Iterator[_Use]:
        return iter(self._found.values())

    def add(self, certificates: tuple[bytes, ...], at: datetime | None) -> None:
        """Note one use."""
        moment = at or self._now
        use = self._found.setdefault(certificates[0], _Use(certificates, moment, moment))
        use.first, use.last = min(use.first, moment), max(use.last, moment)


class Archivist:
    """Archives with one timestamp authority, against the anchors that this deployment trusts."""

    def __init__(
        self,
        timestamps: Timestamps,
        revocations: Revocations,
        trust: Trust,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._timestamps = timestamps
        self._revocations = revocations
        self._trust = trust
        self._now = now

    def archive(self, pdf: bytes) -> Archived:
        """Return `pdf` at PAdES-BASELINE-LTA for all its signatures.

        Raises ArchiveUnavailable (try again later), CertificateRevoked, CertificateExpired, IssuerUnknown,
        SignatureInvalid, PdfUnreadable.
        """
        try:
            update = Update(pdf)
            uses = _uses(update, self._now())
            uses.add(self._timestamps.certificates, None)
            _embed(update, [self._proofs(use) for use in uses])
            stamped, at = self._stamped(update.write())
        except NoProof as error:
            raise ArchiveUnavailable(service=error.url) from error
        except TimestampAway as error:
            raise ArchiveUnavailable(service=error.reason) from error
        return _archived(pdf, stamped, "B-LTA", at)

    def stamp(self, pdf: bytes) -> Archived:
        """Return `pdf` with a document timestamp only: what a signature at B-B lacked. Raises ArchiveUnavailable."""
        try:
            stamped, at = self._stamped(pdf)
        except TimestampAway as error:
            raise ArchiveUnavailable(service=error.reason) from error
        return _archived(pdf, stamped, "B-T", at)

    def _proofs(self, use: _Use) -> tuple[tuple[bytes, ...], Evidence]:
        """Return the checked chain of a use, and proofs that nothing in it was revoked by then."""
        own, *pool = use.certificates
        self._trust.path(own, pool, use.first)
        path = self._trust.path(own, pool, use.last)
        return path, self._revocations.evidence(path, use.last)

    def _stamped(self, pdf: bytes) -> tuple[bytes, datetime]:
        while True:
            update = Update(pdf)
            room = self._timestamps.room
            if not room:
                raise TimestampAway("pause")
            value = signature_value(room + 32, None, RFC3161)
            prepared = update.prepare(value, _invisible_field(update))
            token = self._timestamps.stamp(*prepared.content)
            if len(token.der) <= prepared.room:
                return prepared.filled(token.der), token.at


def _uses(update: Update, now: datetime) -> _Uses:
    """Return the uses of every signature, token and document timestamp of a file; raises SignatureInvalid."""
    view, uses, proven = memoryview(update.base), _Uses(now), None
    signed = [(f["/V"]["/ByteRange"][3], f["/V"]) for _, f in signature_fields(update.root) if "/V" in f]
    try:
        # newest first: the smallest part after /Contents; a document timestamp proves what lies before it
        for _, value in sorted(signed, key=itemgetter(0)):
            a, b, c, d = (int(n) for n in value["/ByteRange"])
            content, contents = (view[a : a + b], view[c : c + d]), bytes(value["/Contents"])
            if value["/SubFilter"] == RFC3161:
                stamp = read_token(contents, content)
                proven = stamp.at
                uses.add(stamp.certificates, stamp.at)
            else:
                _add_signature(uses, read(contents, content), proven)
    except (Broken, BadToken, ValueError, TypeError) as error:
        raise SignatureInvalid(reason=str(error)) from error
    return uses


def _add_signature(uses: _Uses, signed: SignedData, proven: datetime | None) -> None:
    at = proven
    if signed.token is not None:
        token = read_token(signed.token, [signed.signature])
        uses.add(token.certificates, token.at)
        at = token.at
    uses.add(signed.certificates, at)


def _embed(update: Update, proofs: Sequence[tuple[tuple[bytes, ...], Evidence]]) -> None:
    """Write chains and proofs into the document security store; one that is there keeps what it has."""
    evidence = sum((found for _, found in proofs), Evidence())
    certificates = sorted({certificate for path, _ in proofs for certificate in path})
    certificates += sorted(set(evidence.responders) - set(certificates))
    if "/DSS" not in update.root:
        update.root[pdf_name("/DSS")] = update.writer.add_object(generic.DictionaryObject())
        update.writer.update_root()
    store = update.root["/DSS"]
    for key, values in (("/Certs", certificates), ("/OCSPs", evidence.ocsps), ("/CRLs", evidence.crls)):
        kept = [*entry(store, key, ())]
        there = {bytes(reference.get_object().data) for reference in kept}
        new = [generic.StreamObject(stream_data=value) for value in values if value not in there]
        if kept or new:
            store[pdf_name(key)] = generic.ArrayObject([*kept, *(update.writer.add_object(stream) for stream in new)])
    update.writer.update_container(store)


def _invisible_field(update: Update) -> Any:
    """Add a field outside the first page for a document timestamp, and return it."""
    taken = {name for name, _ in signature_fields(update.root)}
    name = next(n for n in (FIELD, *(f"{FIELD}-{i}" for i in range(2, 100))) if n not in taken)
    page_reference, _ = update.writer.find_page_for_modification(0)
    widget = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string(name),
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(OUTSIDE)] * 4),
            pdf_name("/P"): page_reference,
        }
    )
    reference = update.writer.add_object(widget)
    fields = update.root["/AcroForm"]["/Fields"]
    fields.append(reference)
    update.writer.update_container(fields)
    update.writer.register_annotation(page_reference, reference)
    return widget


def _archived(base: bytes, pdf: bytes, level: str, at: datetime) -> Archived:
    return Archived(pdf, hashlib.sha256(base).hexdigest(), hashlib.sha256(pdf).hexdigest(), level, at)
