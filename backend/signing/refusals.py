"""Why a returned revision is not accepted: one refusal per reason, each with its stable code. Decides nothing."""

from backend.errors import Refusal


class Unacceptable(Refusal):
    """A revision that came back is not what was asked for; nothing of it is stored."""

    code = "unacceptable"
    message = "Berkas bertanda tangan yang diterima tidak sesuai dengan naskah yang dikirim."
    remedy = "Unduh kembali naskahnya, lalu tandatangani berkas itu tanpa mengubahnya."


class Rewritten(Unacceptable):
    """The returned file does not start with the exact bytes that were sent."""

    code = "rewritten"
    message = "Berkas ditulis ulang: isinya tidak lagi diawali naskah yang dikirim."


class PdfUnreadable(Unacceptable):
    """The bytes are no PDF that can be read strictly."""

    code = "pdf-unreadable"
    message = "Berkas ini bukan PDF yang dapat dibaca dengan semestinya."
    remedy = "Unduh kembali naskahnya, lalu ulangi."


class SignatureCount(Unacceptable):
    """Not exactly one signature was added (or, for an archive, not exactly one document timestamp)."""

    code = "signature-count"
    message = "Jumlah tanda tangan yang ditambahkan %(count)s, seharusnya satu."


class WrongField(Unacceptable):
    """The signature stands in another field than the signatory's own."""

    code = "wrong-field"
    message = "Tanda tangan berada pada kolom %(found)s, seharusnya pada kolom %(expected)s."


class WrongSigner(Unacceptable):
    """The signature was made with another certificate than the one enrolled."""

    code = "wrong-signer"
    message = "Tanda tangan dibuat dengan sertifikat atas nama %(name)s, bukan sertifikat yang didaftarkan."
    remedy = "Tandatangani dengan sertifikat yang didaftarkan, atau mintalah petugas mendaftarkan sertifikat yang baru."


class CertificateExpired(Unacceptable):
    """The certificate is outside its validity at the moment of signing."""

    code = "certificate-expired"
    message = "Sertifikat atas nama %(name)s berlaku %(begin)s sampai %(end)s, jadi tidak berlaku saat ini."
    remedy = "Perbarui sertifikat pada penerbitnya, lalu tandatangani kembali."


class CertificateRevoked(Unacceptable):
    """The certificate, or one above it, was revoked before the signature."""

    code = "certificate-revoked"
    message = "Sertifikat atas nama %(name)s sudah dicabut."
    remedy = "Mintalah sertifikat yang baru kepada penerbitnya, lalu tandatangani kembali."


class IssuerUnknown(Unacceptable):
    """No chain leads from the certificate to an authority that this deployment trusts."""

    code = "issuer-unknown"
    message = "Sertifikat atas nama %(name)s tidak diterbitkan oleh penyelenggara yang dipercaya di sini."
    remedy = "Pakailah sertifikat dari penyelenggara sertifikasi elektronik yang diakui."


class SignatureInvalid(Unacceptable):
    """The signature does not fit the bytes, is malformed, or uses an algorithm that is too weak (`reason`)."""

    code = "signature-invalid"
    message = "Tanda tangan elektronik tidak cocok dengan isi berkas (%(reason)s)."
    remedy = "Tandatangani sekali lagi; bila terulang, hubungi petugas teknis."


class ChangedAppearance(Unacceptable):
    """The look of a page or of somebody else's field changed."""

    code = "changed-appearance"
    message = "Tampilan naskah berubah di luar kolom tanda tangan yang bersangkutan."


class ChangedContent(Unacceptable):
    """Something changed besides the field's value, its appearance and validation data."""

    code = "changed-content"
    message = "Isi naskah berubah di luar tanda tangan yang diminta."


class TrailingBytes(Unacceptable):
    """Bytes follow the last revision, or stand after the signature without being covered by it."""

    code = "trailing-bytes"
    message = "Ada data tambahan setelah tanda tangan yang tidak tercakup olehnya."


class TimestampInvalid(Unacceptable):
    """The timestamp token inside is broken or was made over other bytes."""

    code = "timestamp-invalid"
    message = "Stempel waktu pada tanda tangan ini tidak sah."
    remedy = "Tandatangani sekali lagi; bila terulang, hubungi petugas teknis."
