"""The refusals of this package."""

from backend.errors import Refusal


class DocumentRefusal(Refusal):
    """A document, template or file that cannot be made, read or found."""

    code = "document-refused"


class TemplateError(DocumentRefusal):
    """The template cannot be turned into a document; facts: file, line, column (from 1), reason."""

    code = "template-error"
    message = "Templat naskah keliru pada %(file)s baris %(line)s kolom %(column)s: %(reason)s"
    remedy = "Perbaiki templat pada tempat yang disebutkan, lalu ulangi."


class TemplateUnknown(DocumentRefusal):
    """No usable template lies at this place; facts: template, reason."""

    code = "template-unknown"
    message = "Templat %(template)s tidak dapat dibaca: %(reason)s"
    remedy = "Periksa berkas mou.toml dan isi folder templat."


class TemplateFieldMissing(DocumentRefusal):
    """Facts that the template requires are absent; facts: template, fields (names joined by commas)."""

    code = "field-missing"
    message = "Isian yang diperlukan templat %(template)s belum ada: %(fields)s"
    remedy = "Lengkapi isian tersebut, lalu ulangi."


class TemplateFieldInvalid(DocumentRefusal):
    """A fact is not of the type that the template declares; facts: field, expected."""

    code = "field-invalid"
    message = "Isian %(field)s tidak sesuai: seharusnya %(expected)s"
    remedy = "Perbaiki isian tersebut, lalu ulangi."


class GlyphMissing(DocumentRefusal):
    """A fact holds a character that the document's font does not have; facts: field, characters."""

    code = "glyph-missing"
    message = "Isian %(field)s memuat huruf yang tidak tersedia dalam fon naskah: %(characters)s"
    remedy = "Tuliskan isian tersebut dengan huruf Latin."


class VaultMissing(DocumentRefusal):
    """The vault holds no file of this SHA-256; facts: sha256."""

    code = "vault-missing"
    status = 404
    message = "Berkas dengan SHA-256 %(sha256)s tidak ada dalam penyimpanan."
    remedy = "Periksa kembali sidik berkas atau pulihkan penyimpanan dari cadangan."


class VaultDamaged(DocumentRefusal):
    """A stored file no longer has the bytes that its name promises; facts: sha256."""

    code = "vault-damaged"
    status = 500
    message = "Berkas dengan SHA-256 %(sha256)s dalam penyimpanan telah berubah."
    remedy = "Pulihkan berkas tersebut dari cadangan."


class PageMissing(DocumentRefusal):
    """The document has no such page; facts: page, pages."""

    code = "page-missing"
    status = 404
    message = "Halaman %(page)s tidak ada; naskah ini terdiri atas %(pages)s halaman."
    remedy = ""


class NotOurDocument(DocumentRefusal):
    """The PDF carries no record from which it could be rebuilt; facts: reason."""

    code = "regenerate-no-record"
    message = "Berkas ini tidak memuat data pembentuk naskah: %(reason)s"
    remedy = "Gunakan berkas nota kesepakatan yang dibuat oleh Prasasti."


class RecipeChanged(DocumentRefusal):
    """Template, fonts or engine differ from those recorded in the PDF; facts: part, recorded, present."""

    code = "regenerate-recipe"
    message = "Naskah tidak dapat dibentuk ulang: %(part)s tercatat %(recorded)s, yang tersedia %(present)s."
    remedy = "Gunakan templat, fon, dan versi perangkat lunak yang tercatat dalam berkas."
