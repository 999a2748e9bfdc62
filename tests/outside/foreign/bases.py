"""The plain files to be signed: cross-reference tables and streams, object streams, linearised, locked, old and new."""

import io

import pikepdf
from pikepdf import ObjectStreamMode

from tests.unit.verification.files import plain

PLAIN: dict[str, object] = {
    "static_id": True,
    "compress_streams": False,
    "object_stream_mode": ObjectStreamMode.disable,
}
LOCK = pikepdf.Encryption(owner="pemilik karangan", user="", R=4)


def bases() -> dict[str, bytes]:
    """Return the files by name; all but `bare` and `old` have the empty fields Pihak1 and Pihak2."""
    fields, bare = plain(), _without_form(plain(()))
    return {
        "classic": fields,
        "packed": _saved(fields, object_stream_mode=ObjectStreamMode.generate, compress_streams=True),
        "linear": _saved(fields, linearize=True, object_stream_mode=ObjectStreamMode.generate),
        "pdf2": _saved(fields, force_version="2.0", object_stream_mode=ObjectStreamMode.generate),
        "locked": _saved(fields, encryption=LOCK, static_id=False),
        "bare": bare,
        "old": _saved(bare, force_version="1.3"),
    }


def _saved(pdf: bytes, **options: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, **{**PLAIN, **options})  # type: ignore[arg-type]  # because the options are of several types
    return out.getvalue()


def _without_form(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.Root["/AcroForm"]
        opened.save(out, **PLAIN)  # type: ignore[arg-type]  # because the options are of several types
    return out.getvalue()
