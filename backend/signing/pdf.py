"""Writes one signature into a PDF as an incremental update: field value, dictionary, appearance. Signs nothing.

The bytes before the update stay as they are. Nothing else is touched: no metadata, no version, no new field, except
the /Perms of a certification (ISO 32000-1 section 12.8). Reading and writing PDF objects is pyHanko's work.
"""

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_date, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.pdf_byterange import PdfByteRangeDigest

from backend.errors import Refusal
from backend.signing.reading import entry, open_pdf, signature_fields

FILL_FORMS = 2  # DocMDP: form filling and signatures only


class FieldUnusable(Refusal):
    """The document has no such signature field, or it is signed already."""

    code = "field-unusable"
    message = "Kolom tanda tangan %(field)s tidak ada pada naskah ini atau sudah ditandatangani."
    remedy = "Muat ulang halaman untuk melihat keadaan naskah yang terbaru."


@dataclass(frozen=True)
class Prepared:
    """A PDF whose signature is still a row of zeros between `start` and `end`, the two angle brackets included."""

    pdf: bytearray = field(repr=False)
    start: int
    end: int

    @property
    def content(self) -> tuple[memoryview, memoryview]:
        """Return the two parts that the signature covers: everything except /Contents."""
        view = memoryview(self.pdf)
        return view[: self.start], view[self.end :]

    @property
    def room(self) -> int:
        """Return how many bytes of DER fit."""
        return (self.end - self.start - 2) // 2

    def filled(self, container: bytes) -> bytes:
        """Return the finished PDF; raises ValueError when the container is larger than `room`."""
        if len(container) > self.room:
            raise ValueError("the signature is larger than the room reserved for it")
        digits = container.hex().encode()
        return b"".join(
            (
                memoryview(self.pdf)[: self.start + 1],
                digits.ljust(2 * self.room, b"0"),
                memoryview(self.pdf)[self.end - 1 :],
            )
        )


class _Writer(IncrementalPdfFileWriter):
    IO_CHUNK_SIZE = 1 << 20

    def _update_meta(self) -> None:
        """Leave the metadata alone: they are part of what was frozen."""


class Update:
    """One incremental update of a PDF; raises PdfUnreadable for bytes that pyHanko's strict reader refuses."""

    def __init__(self, pdf: bytes) -> None:
        self.base = pdf
        self.writer: IncrementalPdfFileWriter = _Writer.from_reader(open_pdf(pdf))

    @property
    def root(self) -> Any:
        """Return the catalogue."""
        return self.writer.root

    def field(self, name: str) -> Any:
        """Return an empty signature field; raises FieldUnusable when there is none of this name or it has a value."""
        for full, found in signature_fields(self.root):
            if full == name and "/V" not in found:
                return found
        raise FieldUnusable(field=name)

    def set_face(self, found: Any, face: bytes) -> None:
        """Put `face` into the stream that is the field's normal appearance; /BBox and /Resources stay."""
        stream = found["/AP"]["/N"]
        stream._data = face  # noqa: SLF001 because pyHanko streams have no setter
        stream._encoded_data = None  # noqa: SLF001 because the old encoded form would be written otherwise
        for key in ("/Filter", "/DecodeParms"):
            stream.pop(key, None)
        self.writer.update_container(stream)

    def write(self) -> bytes:
        """Return the whole file with the update at its end."""
        output = BytesIO()
        self.writer.write(output)
        return output.getvalue()

    def prepare(self, value: PdfByteRangeDigest, found: Any, *, certify: bool = False) -> Prepared:
        """Make `value` the field's value, write, and return the file with its /ByteRange filled in.

        `certify` makes it the certification signature with DocMDP permission 2 (ISO 32000-1 section 12.8.2.2).
        """
        found["/V"] = self.writer.add_object(value)
        self.writer.update_container(found)
        if certify:
            value[pdf_name("/Reference")] = generic.ArrayObject([_docmdp()])
            self.root[pdf_name("/Perms")] = generic.DictionaryObject({pdf_name("/DocMDP"): found.raw_get("/V")})
            self.writer.update_root()
        form = self.root["/AcroForm"]
        if entry(form, "/SigFlags") != 3:
            form["/SigFlags"] = generic.NumberObject(3)
            self.writer.update_container(form)
        self.writer.digest_aware_write = True
        output = BytesIO()
        self.writer.write(output)
        start, end = value.contents.offsets
        value.byte_range.fill_offsets(output, start, end, len(output.getbuffer()))
        return Prepared(bytearray(output.getbuffer()), start, end)


def signature_value(room: int, at: datetime | None, subfilter: str = "/ETSI.CAdES.detached") -> PdfByteRangeDigest:
    """Return a signature dictionary with `room` bytes for its container; `at` becomes /M, None for a timestamp."""
    value = PdfByteRangeDigest(bytes_reserved=2 * room)
    value[pdf_name("/Type")] = pdf_name("/Sig" if at else "/DocTimeStamp")
    value[pdf_name("/Filter")] = pdf_name("/Adobe.PPKLite")
    value[pdf_name("/SubFilter")] = pdf_name(subfilter)
    if at is not None:
        value[pdf_name("/M")] = pdf_date(at)
    return value


def prepare(pdf: bytes, name: str, value: PdfByteRangeDigest, *, face: bytes | None, certify: bool) -> Prepared:
    """Return `pdf` with `value` in its existing field `name`, ready for the container.

    `face` is the new content of the field's appearance, None keeps it. Raises FieldUnusable and PdfUnreadable.
    """
    update = Update(pdf)
    found = update.field(name)
    if face is not None:
        update.set_face(found, face)
    return update.prepare(value, found, certify=certify)


def _docmdp() -> generic.DictionaryObject:
    parameters = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/TransformParams"),
            pdf_name("/V"): pdf_name("/1.2"),
            pdf_name("/P"): generic.NumberObject(FILL_FORMS),
        }
    )
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/SigRef"),
            pdf_name("/TransformMethod"): pdf_name("/DocMDP"),
            pdf_name("/TransformParams"): parameters,
        }
    )
