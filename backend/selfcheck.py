"""What a deployment checks before it serves, in plain words: address, keys and certificates, database, fonts, log."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from cryptography import x509

from backend import clock, install, migrations
from backend.audit import cosigning, roles, sequencer
from backend.audit.checkpoint import PublicKey
from backend.database import Database
from backend.documents import template
from backend.errors import Refusal
from backend.languages import translate
from backend.settings import Settings, bundled

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Finding:
    """One thing found; `fatal` ones keep the server from starting, or, if `readable`, from doing more than showing."""

    text: str
    fatal: bool
    facts: dict[str, object] = field(default_factory=dict, hash=False)
    readable: bool = False

    def told(self, language: str) -> str:
        """Return the finding in the reader's language, with how grave it is."""
        grade = translate("GALAT" if self.fatal else "PERHATIAN", language)
        return f"{grade}: {translate(self.text, language) % self.facts}"


def check(settings: Settings) -> list[Finding]:
    """Return everything worth saying about this deployment, an empty list when all is well."""
    if not (settings.keys / "deployment.id").exists():
        return [
            Finding(
                "Folder data %(folder)s belum disiapkan. Jalankan `prasasti install`.", True, {"folder": settings.data}
            )
        ]
    parts: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _address,
        _certificates,
        _database,
        _fonts,
        _log,
        _cosigners,
    )
    return [finding for part in parts for finding in part(settings)]


def _address(settings: Settings) -> Iterator[Finding]:
    if not settings.base_url:
        yield Finding("PRASASTI_BASE_URL belum ditetapkan: naskah belum dapat dibekukan.", False)
    elif not settings.base_url.startswith(("http://", "https://")):
        yield Finding("PRASASTI_BASE_URL bukan alamat http atau https: %(url)s.", True, {"url": settings.base_url})
    if settings.development and settings.secure and settings.base_url:
        yield Finding("Mode pengembangan memperlihatkan semua surat dan tautan; matikan untuk alamat publik.", True)
    if settings.test_keys:
        yield Finding("Sertifikat uji coba dipakai: semua halaman dan naskah bertanda UJI COBA - TIDAK SAH.", False)


def _certificates(settings: Settings) -> Iterator[Finding]:
    if settings.test_keys:
        files = sorted((settings.keys / "testpki").glob("*.pem"))
    elif settings.seal_key is None or settings.seal_certificate is None or not settings.seal_key.exists():
        yield Finding("Kunci atau sertifikat segel kementerian tidak ditemukan.", True)
        return
    else:
        files = [settings.seal_certificate]
    for file in files:
        yield from _expiry(file)


def _expiry(file: Path) -> Iterator[Finding]:
    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except ValueError:
        return
    for certificate in certificates:
        name = certificate.subject.rfc4514_string()
        left = certificate.not_valid_after_utc - clock.now()
        facts: dict[str, object] = {"name": name, "until": certificate.not_valid_after_utc.date()}
        if left < timedelta(0):
            yield Finding("Sertifikat %(name)s sudah kedaluwarsa sejak %(until)s.", True, facts)
        elif left < SOON:
            yield Finding("Sertifikat %(name)s berakhir %(until)s.", False, facts)


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url)
    try:
        stored, newest = migrations.revisions(bundled("alembic"), database.read_engine, settings.database_url)
        with database.reading() as session:
            rewritable = roles.may_rewrite(session.connection())
    finally:
        database.close()
    if rewritable:
        user = sa.make_url(settings.database_url).username or ""
        yield Finding(
            "Pengguna basis data %(user)s dapat mengubah tabel rekam jejak. Pisahkan perannya (docs/postgresql.md).",
            False,
            {"user": user},
        )
    if stored != newest:
        facts: dict[str, object] = {"stored": stored, "newest": newest}
        yield Finding(
            "Basis data pada revisi %(stored)s, seharusnya %(newest)s. Jalankan `prasasti install`.", True, facts
        )


def _fonts(_settings: Settings) -> Iterator[Finding]:
    shared = bundled("templates") / "mou" / template.SHARED
    expected = (shared / "fonts.sha256").read_text("ascii").strip()
    found = template.hash_of(shared / "fonts", shared / "fonts", suffix=".otf")
    if found != expected:
        facts: dict[str, object] = {"found": found, "expected": expected}
        yield Finding("Fon templat berubah: sidiknya %(found)s, seharusnya %(expected)s.", True, facts)


def _log(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url)
    vkey = (settings.keys / "log.vkey").read_text("utf-8").strip()
    try:
        sequencer.check_start(database, vkey, install.checkpoint_file(settings))
    except Refusal as refusal:
        yield Finding(refusal.message, True, refusal.facts, readable=True)
    finally:
        database.close()


def _cosigners(settings: Settings) -> Iterator[Finding]:
    vkey = (settings.keys / "log.vkey").read_text("utf-8")
    try:
        policy = cosigning.load_policy(install.policy_file(settings), PublicKey.from_text(vkey))
    except Refusal as refusal:
        yield Finding(refusal.message, True, refusal.facts)
        return
    if not policy.cosigners:
        yield Finding("Belum ada penjaga log di lembaga lain yang menandatangani bersama rekam jejak.", False)
