"""A running test authority and small PDFs with signature fields, for every test that signs something."""

import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from aiohttp import web

from backend.signing import testpki
from backend.signing.fetch import Fetcher
from backend.signing.testpki.serve import application
from backend.signing.timestamps import Timestamps

HEAD, OFFICIAL, SEAL = "pihak-kedua", "pihak-kesatu", "segel-kementerian"
PASSPHRASE = "sandi karangan 17"
FACE = b"BT /F1 9 Tf 5 80 Td (Ditandatangani secara elektronik) Tj ET"


@dataclass(frozen=True)
class Authority:
    """A test authority that answers on `port`, and what is needed to ask it."""

    folder: Path
    port: int
    fetcher: Fetcher
    timestamps: Timestamps

    @property
    def anchor(self) -> bytes:
        """Return the root certificate as PEM."""
        return testpki.trust_anchor(self.folder).read_bytes()


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[Authority]:
    """Make an authority in `folder` and serve it from a thread."""
    port = free_port()
    testpki.generate(folder, port)
    with served(folder, port), Fetcher() as fetcher:
        yield Authority(folder, port, fetcher, Timestamps(testpki.timestamp_url(folder), fetcher, pause=0.0))


@contextmanager
def served(folder: Path, port: int) -> Iterator[None]:
    """Serve the authority in `folder` from a thread until the end of the block."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application(folder), access_log=None)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def document(*, words: str = "NOTA KESEPAKATAN", names: tuple[str, str, str] = (SEAL, OFFICIAL, HEAD)) -> bytes:
    """Return a PDF of one page with the three fields of a document, every appearance unfiltered."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = resources
    page.obj.Contents = pdf.make_stream(f"BT /F1 14 Tf 72 760 Td ({words}) Tj ET".encode())
    boxes = dict(zip(names, ((0, 0, 0, 0), (72, 100, 272, 200), (322, 100, 522, 200)), strict=True))
    fields = [_field(pdf, page.obj, name, box, resources) for name, box in boxes.items()]
    page.obj.Annots = pdf.make_indirect(pikepdf.Array(fields))
    form = pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=3)
    pdf.Root.AcroForm = pdf.make_indirect(form)
    output = io.BytesIO()
    pdf.save(
        output,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
        static_id=True,
        force_version="1.7",
    )
    return output.getvalue()


def _field(
    pdf: pikepdf.Pdf, page: pikepdf.Object, name: str, box: tuple[int, ...], resources: pikepdf.Dictionary
) -> pikepdf.Object:
    width, height = box[2] - box[0], box[3] - box[1]
    appearance = pdf.make_stream(b"q Q")
    appearance.Type, appearance.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    appearance.BBox, appearance.Resources = pikepdf.Array([0, 0, width, height]), resources
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=name,
            F=132,
            Rect=pikepdf.Array(box),
            P=page,
            AP=pikepdf.Dictionary(N=appearance),
        )
    )


@dataclass(frozen=True)
class Person:
    """An invented person with a key file."""

    key: str
    name: str
    p12: bytes
    certificate_sha256: str


@dataclass(frozen=True)
class People:
    """The two parties of a document, with their key files in `folder`, and the seal."""

    folder: Path
    head: Person
    official: Person
    seal: testpki.Seal


def people(authority: Authority, folder: Path) -> People:
    """Issue key files for two invented people and a seal."""
    folder.mkdir()

    def person(key: str, name: str, organisation: str) -> Person:
        issued = testpki.issue_person(authority.folder, name, organisation, PASSPHRASE)
        (folder / f"{key}.p12").write_bytes(issued.p12)
        return Person(key, name, issued.p12, issued.certificate_sha256)

    return People(
        folder,
        person("kepala", "Karangwangi Rekaan", "Kabupaten Contoh"),
        person("pejabat", "Tirtasari Karangan", "Kementerian Contoh Digital"),
        testpki.issue_seal(authority.folder, "Kementerian Contoh Digital"),
    )
