"""Opens a PDF for signing and acceptance, strictly, and reads its signature dictionaries without their hex strings.

pyHanko reads a hex string byte by byte, which is half of the cost of looking at a signature. Here the digits are
decoded at once and the dictionary is parsed without them; in any doubt pyHanko reads it all.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import read_object_header

from backend.signing.refusals import PdfUnreadable, Unacceptable

DEEPEST_FIELD = 8
CONTENTS = re.compile(rb"/Contents\s*<([0-9A-Fa-f]*)>")


@contextmanager
def strictly() -> Iterator[None]:
    """Turn whatever a parser raises on hostile bytes into PdfUnreadable; refusals pass."""
    try:
        yield
    except Unacceptable:
        raise
    except (
        Exception
    ) as error:  # because pyHanko and asn1crypto raise a dozen kinds, and none of them may pass as success
        raise PdfUnreadable from error


def open_pdf(pdf: bytes) -> PdfFileReader:
    """Return a strict reader; raises PdfUnreadable, also for an encrypted file."""
    with strictly():
        reader = PdfFileReader(BytesIO(pdf))
        if reader.encrypted:
            raise PdfUnreadable
        for _, found in signature_fields(reader.root):
            _prime(reader, pdf, found)
        return reader


def signature_fields(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield the signature fields of a document with their full names, in document order."""
    if "/AcroForm" in root and "/Fields" in root["/AcroForm"]:
        yield from _walk(root["/AcroForm"]["/Fields"], "", depth=0)


def entry(container: Any, key: str, otherwise: Any = None) -> Any:
    """Return the object under `key`, references followed; pyHanko's own `get` does not follow them."""
    return container[key] if key in container else otherwise  # noqa: SIM401 because `get` is another thing here


def _walk(fields: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > DEEPEST_FIELD:
        raise PdfUnreadable
    for found in fields:
        node = found.get_object()
        name = f"{prefix}{node['/T']}" if "/T" in node else prefix.rstrip(".")
        if entry(node, "/FT") == "/Sig":
            yield name, node
        elif "/Kids" in node:
            yield from _walk(node["/Kids"], f"{name}.", depth + 1)


def _prime(reader: PdfFileReader, pdf: bytes, found: Any) -> None:
    """Put the value of a signature field into the reader's cache."""
    reference = found.raw_get("/V") if "/V" in found else None
    if not isinstance(reference, generic.IndirectObject):
        return
    place = reader.xrefs[reference.reference]
    if not isinstance(place, int):
        return
    end = pdf.find(b"endobj", place)
    digits = CONTENTS.search(pdf, place, end)
    if digits is None or len(digits[1]) % 2:
        return
    stream = BytesIO(pdf[place : digits.start(1)] + pdf[digits.end(1) : end])
    if read_object_header(stream, strict=True) != (reference.idnum, reference.generation):
        return
    value = generic.read_object(stream, generic.Reference(reference.idnum, reference.generation, reader))
    rest = stream.read().strip()
    if rest or not isinstance(value, generic.DictionaryObject) or len(value.get("/Contents", b"?")):
        return  # the digits belonged to something else
    value[generic.pdf_name("/Contents")] = generic.ByteStringObject(bytes.fromhex(digits[1].decode()))
    reader.cache_indirect_object(reference.generation, reference.idnum, value)
