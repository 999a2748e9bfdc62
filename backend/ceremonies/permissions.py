"""Who may do what, and whose turn it is: pairs of `check_can_x` (raises) and `can_x` (tells). Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.ceremonies.ceremony import Ceremony, CeremonyStatus, Witness, WitnessStatus
from backend.ceremonies.document import Document, DocumentStatus, Slot, SlotRole, SlotStatus
from backend.errors import Forbidden, NotFound, Refusal
from backend.people.person import Account, AccountRole, Person


class NotOpenYet(Refusal):
    """Signing has not begun, or is paused."""

    code = "not-open-yet"
    status = 409
    message = "Penandatanganan belum dibuka atau sedang dijeda. Naskah sudah dapat dibaca."
    remedy = "Muat ulang halaman ini setelah seremoni dibuka."


class CeremonyOver(Refusal):
    """The ceremony was closed, sealed or cancelled."""

    code = "ceremony-over"
    status = 409
    message = "Seremoni sudah ditutup atau dibatalkan, sehingga tidak ada lagi yang dapat ditandatangani."
    remedy = "Hubungi petugas seremoni bila ada yang perlu ditanyakan."


class NotYourTurn(Refusal):
    """Another party signs first."""

    code = "not-your-turn"
    status = 409
    message = "Naskah ini masih menunggu tanda tangan pihak lain terlebih dahulu."
    remedy = "Kembalilah setelah pihak tersebut menandatangani."


class AlreadySigned(Refusal):
    """The slot has its signature."""

    code = "already-signed"
    status = 409
    message = "Naskah %(number)s sudah ditandatangani. Tidak ada yang ditandatangani dua kali."
    remedy = "Lihat tanda terima pada halaman selesai."


class NotInSigning(Refusal):
    """The document is not in signing: not invited yet, returned, declined, expired."""

    code = "not-in-signing"
    status = 409
    message = "Naskah %(number)s sedang tidak dapat ditandatangani."
    remedy = "Hubungi petugas seremoni untuk mengetahui keadaannya."


class NotIdentified(Refusal):
    """The visit has not been confirmed by a code."""

    code = "not-identified"
    status = 403
    message = "Identitas belum diperiksa pada kunjungan ini."
    remedy = "Mintalah kode sekali pakai, lalu masukkan enam angkanya."


class DocumentChanged(Refusal):
    """The document has another revision than the one that was read."""

    code = "document-changed"
    status = 409
    message = "Naskah %(number)s berubah sejak dibaca: ada revisi yang lebih baru."
    remedy = "Bacalah kembali naskahnya, lalu tandatangani revisi yang baru."


class ServerKeyRefused(Refusal):
    """A person's key on the server is allowed in rehearsals and tests only (DESIGN 6, PP 71/2019 article 63)."""

    code = "server-key-refused"
    status = 403
    message = "Kunci penanda tangan yang disimpan di server hanya boleh dipakai pada gladi atau uji coba."
    remedy = "Gunakan sertifikat elektronik milik penanda tangan sendiri untuk seremoni sungguhan."


class NothingToAttest(Refusal):
    """The head has not signed yet: there is nothing that the witness could have seen."""

    code = "nothing-to-attest"
    status = 409
    message = "Belum ada tanda tangan yang dapat disaksikan."
    remedy = "Muat ulang halaman ini setelah penandatanganan berlangsung."


class AlreadyAttested(Refusal):
    """The witness has spoken."""

    code = "already-attested"
    status = 409
    message = "Kesaksian ini sudah tercatat."
    remedy = "Tidak ada lagi yang perlu dilakukan."


class MinutesTooEarly(Refusal):
    """A completed document is still being archived: the minutes would not be final."""

    code = "minutes-too-early"
    status = 409
    message = "Masih ada %(count)s naskah yang sedang diarsipkan, sehingga berita acara belum dapat disegel."
    remedy = "Tunggu beberapa saat, lalu segel kembali."


class NotSealedYet(Refusal):
    """Evidence is handed out of a sealed ceremony only: before, its events are not counted."""

    code = "not-sealed-yet"
    status = 409
    message = "Berkas bukti baru dapat dibuat setelah berita acara seremoni ini disegel."
    remedy = "Tutuplah seremoni dan segel berita acaranya terlebih dahulu."


class BaseUrlMissing(Refusal):
    """The QR printed on every document needs the deployment's public address (DESIGN 12.5)."""

    code = "base-url-missing"
    status = 409
    message = "Alamat publik layanan (PRASASTI_BASE_URL) belum ditetapkan, padahal akan tercetak selamanya pada naskah."
    remedy = "Tetapkan alamatnya, jalankan ulang layanan, lalu bekukan naskah kembali."


# Names and offices are printed in the minutes; what somebody wrote in his own words, only who runs the ceremony shows.
_IN_EVIDENCE = {
    AccountRole.AUDITOR: frozenset({"name", "office"}),
    AccountRole.ORGANISER: frozenset({"name", "office", "reason", "note"}),
}


class ErasureTooEarly(Refusal):
    """The ceremony still needs to know who takes part: its minutes are not sealed."""

    code = "erasure-too-early"
    status = 409
    message = "Data pribadi belum dapat dihapus: seremoni ini belum selesai, dan berita acaranya belum disegel."
    remedy = "Segel berita acara atau batalkan seremoni terlebih dahulu."


class AlreadyErased(Refusal):
    """There is nothing left to erase."""

    code = "already-erased"
    status = 409
    message = "Data pribadi orang ini sudah dihapus."
    remedy = "Tidak ada lagi yang perlu dilakukan."


_LINK_DAYS = timedelta(days=30)
_OVER = {CeremonyStatus.CLOSED, CeremonyStatus.SEALED, CeremonyStatus.CANCELLED}


def can(check: Callable[..., object], *facts: object, **more: object) -> bool:
    """Tell whether a `check_can_x` lets it pass: one rule for the button on a page and the POST behind it."""
    try:
        check(*facts, **more)
    except Refusal:
        return False
    return True


def check_can_organise(account: Account) -> None:
    """Only organisers change anything; raises Forbidden."""
    if account.role is not AccountRole.ORGANISER:
        raise Forbidden


def check_is_open(ceremony: Ceremony) -> None:
    """Raise CeremonyOver or NotOpenYet unless signing is open now."""
    if ceremony.status in _OVER:
        raise CeremonyOver
    if ceremony.status is not CeremonyStatus.OPEN:
        raise NotOpenYet


def check_is_not_over(ceremony: Ceremony) -> None:
    """Raise CeremonyOver when nothing more may happen in the ceremony."""
    if ceremony.status in _OVER:
        raise CeremonyOver


def check_can_read(document: Document, person: Person) -> Slot | None:
    """Return the person's slot in the document; raises NotFound for a document that is not his."""
    slot = document.slot_of(person.id)
    if slot is None or document.current is None:
        raise NotFound
    return slot


def check_can_sign(ceremony: Ceremony, document: Document, person: Person, *, identified: bool) -> Slot:
    """Return the slot that the person may sign now, or raise the first reason why not."""
    slot = check_can_read(document, person)
    if slot is None:
        raise NotFound
    if slot.status is SlotStatus.SIGNED:
        raise AlreadySigned(number=document.number)
    check_is_open(ceremony)
    if document.status is not DocumentStatus.IN_SIGNING:
        raise NotInSigning(number=document.number)
    if not identified:
        raise NotIdentified
    if document.turn != slot:
        raise NotYourTurn
    return slot


def check_unchanged(document: Document, read_sha256: str) -> None:
    """Raise DocumentChanged unless the newest revision is the one that was read."""
    if document.current is None or document.current.sha256 != read_sha256:
        raise DocumentChanged(number=document.number)


def check_key_place(ceremony: Ceremony, backend: str) -> None:
    """Raise ServerKeyRefused when a real ceremony would use a person's key held on the server."""
    if backend == "pkcs12" and ceremony.counts:
        raise ServerKeyRefused


def check_can_refuse(ceremony: Ceremony, document: Document, person: Person) -> Slot:
    """Return the slot in which the person may decline or ask for a correction; before he signs, until it is over."""
    slot = check_can_read(document, person)
    if slot is None:
        raise NotFound
    check_is_not_over(ceremony)
    if slot.status is SlotStatus.SIGNED:
        raise AlreadySigned(number=document.number)
    if document.status is not DocumentStatus.IN_SIGNING:
        raise NotInSigning(number=document.number)
    return slot


def what_to_attest(document: Document) -> str:
    """Return the SHA-256 that the head has signed; raises NothingToAttest before (never earlier, issue 3)."""
    slot = document.slot_for(SlotRole.HEAD)
    if slot is None or slot.signed_sha256 is None:
        raise NothingToAttest
    return slot.signed_sha256


def check_can_attest(ceremony: Ceremony, witness: Witness, *, identified: bool) -> None:
    """Raise the first reason why the witness may not attest now."""
    check_is_open(ceremony)
    if not identified:
        raise NotIdentified
    if witness.status in {WitnessStatus.ATTESTED, WitnessStatus.DECLINED}:
        raise AlreadyAttested


def check_can_seal_minutes(documents: tuple[Document, ...]) -> None:
    """Raise MinutesTooEarly while completed documents wait for their archive."""
    waiting = sum(d.status is DocumentStatus.COMPLETED for d in documents)
    if waiting:
        raise MinutesTooEarly(count=waiting)


def check_can_export(ceremony: Ceremony, account: Account) -> Ceremony:
    """Return the ceremony whose evidence this account may hand out; raises Forbidden or NotSealedYet."""
    if account.role not in _IN_EVIDENCE:
        raise Forbidden
    if ceremony.status is not CeremonyStatus.SEALED:
        raise NotSealedYet
    return ceremony


def fields_in_evidence(account: Account) -> frozenset[str]:
    """Return which personal fields this account may put into a bundle; addresses never leave, whoever asks."""
    return _IN_EVIDENCE.get(account.role, frozenset())


def check_can_freeze(ceremony: Ceremony, base_url: str) -> None:
    """Raise when documents may not be frozen: no public address, or the ceremony is over."""
    if not base_url:
        raise BaseUrlMissing
    check_is_not_over(ceremony)


def check_can_erase(account: Account, ceremony: Ceremony, person: Person) -> None:
    """Raise Forbidden, ErasureTooEarly or AlreadyErased unless the account may erase this person's data now."""
    check_can_organise(account)
    if ceremony.status not in {CeremonyStatus.SEALED, CeremonyStatus.CANCELLED}:
        raise ErasureTooEarly
    if person.erased:
        raise AlreadyErased


def link_until(ceremony: Ceremony) -> datetime:
    """Return until when links work: thirty days after the ceremony's day, so that receipts can be fetched."""
    return ceremony.starts_at + _LINK_DAYS
