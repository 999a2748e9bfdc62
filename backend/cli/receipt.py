"""`prasasti log check`: a receipt is checked with the base dependencies alone; no server, no database, no network."""

import argparse
import sys
from pathlib import Path

from backend.audit import canonical, merkle
from backend.audit.checkpoint import PublicKey
from backend.audit.events import kinds
from backend.audit.note import InvalidNote
from backend.audit.policy import Examined, Policy
from backend.audit.proof import InvalidProof, TlogProof
from backend.errors import Refusal
from backend.languages import translate

QUORUM_MISSED = 2
UNKNOWN_KIND = "Peristiwa yang belum dikenal versi ini"


class FileUnreadable(Refusal):
    """A file that was named cannot be read, or holds no text."""

    code = "file-unreadable"
    message = "Berkas %(file)s tidak dapat dibaca."
    remedy = "Periksa nama berkas dan izinnya."


class LeafInvalid(Refusal):
    """The file is no leaf of a log: other bytes than were recorded, or another file."""

    code = "log-leaf-invalid"
    message = "Berkas %(file)s bukan butir rekam jejak, atau isinya sudah berubah."
    remedy = "Pakailah berkas butir yang diterima bersama buktinya, tanpa diubah."


class KeyInvalid(Refusal):
    """The key that was given is no key of a log."""

    code = "log-key-invalid"
    message = "Kunci rekam jejak yang diberikan tidak sah."
    remedy = "Salinlah satu baris kunci dari halaman /log, dari berita acara, atau dari pengelola."


def check(arguments: argparse.Namespace) -> int:
    """Tell what a receipt proves: its place, who signed the checkpoint, how many cosigners did.

    Returns 0, or 2 when fewer cosigners signed than the policy asks for. Raises InvalidProof, InvalidPolicy or one of
    the refusals above for what proves nothing.
    """
    policy = _policy(arguments)
    proof = TlogProof.from_text(_read(arguments.proof).decode("utf-8", "replace"))
    leaf = _leaf(arguments.leaf)
    examined = proof.verify(merkle.leaf_hash(leaf), policy)
    for line in _told(proof, examined, canonical.parse(leaf), arguments.language):
        sys.stdout.write(line + "\n")
    return 0 if examined.met else QUORUM_MISSED


def _policy(arguments: argparse.Namespace) -> Policy:
    if arguments.policy:
        return Policy.from_text(_read(arguments.policy).decode("utf-8", "replace"))
    try:
        return Policy.of(PublicKey.from_text(arguments.key), (), 0)
    except InvalidNote as error:
        raise KeyInvalid from error


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise FileUnreadable(file=name) from error


def _leaf(name: str) -> bytes:
    leaf = _read(name)
    try:
        canonical.parse(leaf)
    except canonical.NotCanonical as error:
        raise LeafInvalid(file=name) from error
    return leaf


def _told(proof: TlogProof, examined: Examined, envelope: dict[str, object], language: str) -> list[str]:
    checkpoint = examined.checkpoint
    titles = {kind.TYPE: kind.TOLD for kind in kinds()}
    title = translate(titles.get(str(envelope["type"]), UNKNOWN_KIND), language)
    cosigned = translate(
        "Penjaga log: %(given)s dari %(total)s ikut menandatangani, diminta %(needed)s.",
        language,
        given=len(examined.cosigned),
        total=examined.total,
        needed=examined.needed,
    )
    return [
        translate(
            "Butir %(index)s dari %(size)s ada dalam rekam jejak %(origin)s.",
            language,
            index=proof.index + 1,
            size=checkpoint.size,
            origin=checkpoint.origin,
        ),
        f"{title} · {envelope['time']} · {envelope['type']}",
        cosigned,
        *(f"  {one.name} · {one.at:%Y-%m-%dT%H:%M:%SZ}" for one in examined.cosigned),
        translate("Lulus: bukti cocok dengan butirnya.", language)
        if examined.met
        else translate(
            "Belum dapat dipastikan: penjaga log yang ikut menandatangani belum cukup. Bukti yang lebih baru dapat "
            "diunduh dari halaman selesai, beberapa saat setelah tanda tangan.",
            language,
        ),
    ]


__all__ = ["FileUnreadable", "InvalidProof", "KeyInvalid", "LeafInvalid", "check"]
