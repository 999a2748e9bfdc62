"""`prasasti log cosigners | policy`: how the cosigners of this deployment stand, and the file that names them."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from backend import install
from backend.audit import cosigning
from backend.audit.checkpoint import PublicKey
from backend.audit.cosignature import CosignerKey
from backend.audit.cosigning import CosignerStanding, Standing
from backend.audit.note import InvalidNote
from backend.audit.policy import Cosigner, Policy
from backend.database import Database
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.settings import Settings, load_settings

_COUNT = "Penjaga log: %(given)s dari %(total)s menandatangani bersama (diminta %(needed)s)."
_NOBODY = "Penjaga log: belum ada. Hanya tanda terima yang membuktikan bahwa rekam jejak tidak ditulis ulang."
_COVERS = "  %(name)s: %(size)s entri, %(at)s UTC"
_BEHIND = "  %(name)s: belum untuk entri terbaru (terakhir %(size)s entri)"
_NEVER = "  %(name)s: belum pernah"
_TROUBLE = "    sebab terakhir: %(reason)s"
_CHANGED = "Tanda tangan penjaga log %(name)s di bawah titik periksa %(size)s entri telah diubah."


class NoCosignerKey(Refusal):
    """A line that should be the key of a cosigner is none."""

    code = "log-no-cosigner-key"
    status = 422
    message = "Baris ini bukan kunci penjaga log: %(line)s."
    remedy = "Salinlah kunci itu utuh dari surat lembaga penjaga log (nama+sidik+kunci, satu baris)."


def show(arguments: argparse.Namespace) -> int:
    """Print how many cosigners cover the log (or a ceremony up to its sealed minutes); exit status 1 below the quorum.

    Also 1 if a stored cosignature was changed. Raises NotFound for an unknown ceremony.
    """
    settings = load_settings()
    ceremony = UUID(arguments.ceremony) if arguments.ceremony else None
    lines, met, intact = told(settings, arguments.language, ceremony)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if met and intact else 1


def policy(arguments: argparse.Namespace) -> int:
    """Print a tlog-policy: the one in use, or one that asks `--needed` of the `--cosigner` named (all by default)."""
    settings = load_settings()
    if not arguments.cosigner:
        sys.stdout.write(cosigning.load_policy(install.policy_file(settings), _log_key(settings)).to_text())
        return 0
    cosigners = [Cosigner(name, _cosigner_key(vkey), url) for name, vkey, url in arguments.cosigner]
    needed = len(cosigners) if arguments.needed is None else arguments.needed
    sys.stdout.write(Policy.of(_log_key(settings), cosigners, needed).to_text())
    return 0


def told(settings: Settings, language: str, ceremony: UUID | None = None) -> tuple[list[str], bool, bool]:
    """Return what is to be said of the cosigners, whether the quorum is met, whether all that is stored verifies."""
    policy = cosigning.load_policy(install.policy_file(settings), _log_key(settings))
    if not policy.cosigners:
        return [translate(_NOBODY, language)], True, True
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            stands = _standing(session, policy, ceremony)
            changed = cosigning.unproven(session, policy)
    finally:
        database.close()
    lines = [translate(_COUNT, language, given=stands.given, total=stands.total, needed=stands.needed)]
    for one in stands.cosigners:
        lines += _line(one, language)
    lines += [translate(_CHANGED, language, name=name, size=size) for size, name in changed]
    return lines, stands.met, not changed


def _standing(session: Session, policy: Policy, ceremony: UUID | None) -> Standing:
    if ceremony is None:
        return cosigning.standing(session, policy)
    found = cosigning.ceremony_standing(session, policy, ceremony)
    if found is None:
        raise NotFound
    return found


def _line(one: CosignerStanding, language: str) -> list[str]:
    if one.covers and one.at is not None:
        lines = [translate(_COVERS, language, name=one.name, size=one.size, at=one.at.strftime("%Y-%m-%d %H:%M:%S"))]
    elif one.size:
        lines = [translate(_BEHIND, language, name=one.name, size=one.size)]
    else:
        lines = [translate(_NEVER, language, name=one.name)]
    return [*lines, translate(_TROUBLE, language, reason=one.trouble)] if one.trouble else lines


def _log_key(settings: Settings) -> PublicKey:
    return PublicKey.from_text((settings.keys / "log.vkey").read_text("utf-8"))


def _cosigner_key(word: str) -> CosignerKey:
    """Return the key of a line, or of a file that holds one."""
    line = Path(word).read_text("utf-8") if Path(word).is_file() else word
    try:
        return CosignerKey.from_text(line)
    except InvalidNote as error:
        raise NoCosignerKey(line=line.strip()[:80]) from error
