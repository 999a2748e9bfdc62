"""`prasasti cosigner init | trust | vkey | show | serve`: a cosigner's folder and its small server.

It runs at another institution: neither the database nor the settings of a deployment are touched (docs/cosigner.md).
"""

import argparse
import logging
import sys
from pathlib import Path

from backend.audit.cosigner import CosignerService, Latest
from backend.errors import Refusal
from backend.languages import translate

_MADE = "Penjaga log siap di %(folder)s. Sampaikan kunci berikut kepada kementerian melalui surat resmi:"
_NEXT = "Langkah berikutnya: `prasasti cosigner trust %(folder)s KUNCI`, lalu `prasasti cosigner serve %(folder)s`."
_TRUSTED = "Rekam jejak %(origin)s kini dijaga."
_NOTHING = "Rekam jejak %(origin)s belum pernah dikirim ke penjaga log ini."
_LATEST = "Rekam jejak %(origin)s: %(size)s entri, ditandatangani bersama pada %(at)s UTC."
_TWO_PASTS = "PERINGATAN: rekam jejak %(origin)s menandatangani dua masa lalu yang berbeda (%(count)s bukti)."
_SERVING = "Penjaga log %(name)s menunggu di http://%(host)s:%(port)s"


class NameUnfit(Refusal):
    """A cosigner's name is one word: it stands in signature lines and keys."""

    code = "cosigner-name"
    status = 422
    message = "Nama penjaga log harus satu kata tanpa spasi dan tanpa tanda tambah: %(name)s."
    remedy = "Pakailah bentuk seperti alamat, misalnya penjaga.bpk.go.id/prasasti."


class AddressTaken(Refusal):
    """The server cannot listen there."""

    code = "cosigner-address-taken"
    status = 503
    message = "Penjaga log tidak dapat menunggu di %(host)s:%(port)s: alamat itu sedang dipakai atau tidak ada."
    remedy = "Sebutkan alamat lain dengan --host dan --port, dan beri tahu kementerian alamat yang baru."


def init(arguments: argparse.Namespace) -> int:
    """Make a cosigner's folder and print its public key, the one line that the ministry needs."""
    try:
        service = CosignerService.create(Path(arguments.folder), arguments.name)
    except ValueError as error:
        raise NameUnfit(name=arguments.name) from error
    sys.stderr.write(translate(_MADE, arguments.language, folder=arguments.folder) + "\n")
    sys.stdout.write(service.key.public.to_text() + "\n")
    sys.stderr.write(translate(_NEXT, arguments.language, folder=arguments.folder) + "\n")
    return 0


def trust(arguments: argparse.Namespace) -> int:
    """Watch over one more log; a running server knows it at once."""
    key = CosignerService(Path(arguments.folder)).trust(arguments.vkey)
    sys.stdout.write(translate(_TRUSTED, arguments.language, origin=key.name) + "\n")
    return 0


def vkey(arguments: argparse.Namespace) -> int:
    """Print the cosigner's public key again."""
    sys.stdout.write(CosignerService(Path(arguments.folder)).key.public.to_text() + "\n")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print what was cosigned last of every log; exit status 1 if a log was caught with two pasts."""
    service = CosignerService(Path(arguments.folder))
    known = {one.origin: one for one in service.latest()}
    for origin in sorted({*service.logs(), *known}):
        for line in _told(origin, known.get(origin), arguments.language):
            sys.stdout.write(line + "\n")
    return int(any(one.contradictions for one in known.values()))


def serve(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    from backend.audit import serving

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    service = CosignerService(Path(arguments.folder))
    service.logs()

    def ready(port: int) -> None:
        facts = {"name": service.key.name, "host": arguments.host, "port": port}
        sys.stderr.write(translate(_SERVING, arguments.language, **facts) + "\n")
        sys.stderr.flush()

    try:
        serving.run(service, arguments.host, arguments.port, ready)
    except OSError as error:
        raise AddressTaken(host=arguments.host, port=arguments.port) from error
    return 0


def _told(origin: str, latest: Latest | None, language: str) -> list[str]:
    if latest is None:
        return [translate(_NOTHING, language, origin=origin)]
    at = latest.at.strftime("%Y-%m-%d %H:%M:%S")
    lines = [translate(_LATEST, language, origin=origin, size=latest.size, at=at)]
    if latest.contradictions:
        lines.append(translate(_TWO_PASTS, language, origin=origin, count=len(latest.contradictions)))
        lines += [f"\n{note}" for note in latest.contradictions]
    return lines
