"""The reader of last resort: pyHanko reads what is spelled oddly, locked or hybrid; its values become ours.

It is twenty times slower and forgives more. What it refuses stays refused.
"""

import re
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionData, XRefSectionMetaInfo, XRefSectionType

from backend.verification import fastread
from backend.verification.pdf.sections import Packed, Section
from backend.verification.pdf.values import FALSE, TRUE, Body, Name, Reference, String

fastread.install()

# pyHanko reads a number of a million digits in twenty seconds; nobody writes one of a hundred thousand.
ENDLESS = re.compile(rb"(?<![0-9A-Fa-f<])[+-]?\d{100000}|\.\d{100000}")


class Foreign(Body):
    """A stream that pyHanko read, and will decode."""

    __slots__ = ("stream",)

    def __init__(self, entries: dict[str, Any], stream: generic.StreamObject) -> None:
        """Keep pyHanko's stream."""
        super().__init__(entries, bytes(stream.encoded_data), Reference(0, 0))
        self.stream = stream


class Slow:
    """One file, read by pyHanko when it is first asked for anything."""

    def __init__(self, pdf: bytes) -> None:
        """Keep the bytes, which end with `%%EOF`."""
        self._pdf = pdf

    @cached_property
    def _reader(self) -> PdfFileReader:
        if ENDLESS.search(self._pdf):
            raise ValueError(ENDLESS.pattern)
        return PdfFileReader(BytesIO(self._pdf + b"\n"), strict=False)

    def sections(self) -> list[Section]:
        """Return the sections of cross-references, oldest first; raises whatever pyHanko raises."""
        xrefs = self._reader.xrefs
        found = []
        for revision in range(xrefs.total_revisions):
            section = _section(xrefs.get_xref_data(revision), xrefs.get_xref_container_info(revision))
            if xrefs.get_xref_container_info(revision).xref_section_type is not XRefSectionType.STREAM:
                section.start = self._pdf.rfind(b"xref", 0, section.start)  # pyHanko says where the rows are
            section.trailer = raw(self._reader.get_historical_resolver(revision).trailer_view)
            found.append(section)
        return found

    def unlock(self) -> bool:
        """Try the empty password, with which every viewer opens a file that is locked only against changes."""
        try:
            self._reader.decrypt("")
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            return False
        handler = self._reader.security_handler
        return bool(handler and handler.is_authenticated())

    def get_object(self, ref: Reference, revision: int) -> Any:
        """Return the raw value of an object as it stood in a revision; raises whatever pyHanko raises."""
        wanted = generic.Reference(ref.idnum, ref.generation, self._reader)
        return raw(self._reader.get_historical_resolver(revision).get_object(wanted))


def _section(data: XRefSectionData, told: XRefSectionMetaInfo) -> Section:
    return Section(
        told.start_location,
        told.end_location,
        {},
        dict(data.standard_xrefs),
        {number: Packed(at.obj_stream_id, at.ix_in_stream) for number, at in data.xrefs_in_objstm.items()},
        dict(data.freed),
        _section(data.hybrid.xref_data, data.hybrid.meta_info) if data.hybrid is not None else None,
    )


def raw(value: Any) -> Any:
    """Return one of pyHanko's values as ours, decrypted where it was encrypted."""
    if isinstance(value, generic.DecryptedObjectProxy):
        return raw(value.decrypted)
    if isinstance(value, generic.IndirectObject):
        return Reference(value.idnum, value.generation)
    if isinstance(value, generic.DictionaryObject):
        return _dictionary(value)
    if isinstance(value, generic.ArrayObject):
        return [raw(item) for item in list.__iter__(value)]
    return _atom(value)


def _dictionary(value: generic.DictionaryObject) -> Any:
    entries: dict[str, Any] = {Name(key): raw(_entry(value, key)) for key in value}
    if not isinstance(value, generic.StreamObject):
        return entries
    return Foreign(entries, value)


def _entry(value: generic.DictionaryObject, key: str) -> Any:
    """Return an entry unresolved; the signature value alone is never encrypted (ISO 32000-2 clause 7.6.2)."""
    plain = key == "/Contents" and "/ByteRange" in value
    return value.raw_get(key, generic.EncryptedObjAccess.RAW if plain else generic.EncryptedObjAccess.TRANSPARENT)


def _atom(value: Any) -> Any:
    if isinstance(value, generic.NameObject):
        return Name(value)
    if isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        return String(value.original_bytes)
    if isinstance(value, generic.BooleanObject):
        return TRUE if value else FALSE
    if isinstance(value, generic.NumberObject):
        return int(value)
    return Decimal(value) if isinstance(value, generic.FloatObject) else None
