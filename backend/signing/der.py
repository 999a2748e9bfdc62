"""DER in pieces: tag, length, value, and the identifiers that our CMS containers use. Knows bytes only."""

from contextlib import suppress
from typing import Any

from asn1crypto import cms, core, crl, ocsp, parser, pkcs12, tsp, x509

SEQUENCE, SET, INTEGER, OCTETS = 0x30, 0x31, 0x02, 0x04
GENERALIZED_TIME = 0x18


def tlv(tag: int, body: bytes) -> bytes:
    """Return one DER element: tag, definite length in its shortest form, body (X.690 section 10.1)."""
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE of elements that are DER already."""
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF in the order that DER wants: sorted by encoding (X.690 section 11.6)."""
    return tlv(SET, b"".join(sorted(parts)))


def explicit(number: int, body: bytes) -> bytes:
    """Return a constructed context-specific element `[number]`."""
    return tlv(0xA0 | number, body)


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    return bytes(core.Integer(value).dump())


def identifier(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER from its dotted form."""
    return bytes(core.ObjectIdentifier(dotted).dump())


def first(data: bytes) -> bytes:
    """Return the first element of `data`, without the padding behind it; raises ValueError."""
    _, _, _, header, content, trailer = parser.parse(data)
    return bytes(header + content + trailer)


def as_read(value: Any, tag: int = SEQUENCE) -> bytes:
    """Return an element of asn1crypto's as it was read.

    Its own `dump` takes a length whose last byte is 0x80 for an indefinite one, and encodes everything anew: for one
    container in 256 that takes minutes.
    """
    return tlv(tag, bytes(value.contents))


DATA = identifier("1.2.840.113549.1.7.1")
SIGNED_DATA = identifier("1.2.840.113549.1.7.2")
TST_INFO = identifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE = identifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = identifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = identifier("1.2.840.113549.1.9.16.2.47")
SIGNATURE_TIMESTAMP = identifier("1.2.840.113549.1.9.16.2.14")
SHA256 = sequence(identifier("2.16.840.1.101.3.4.2.1"))
RSA_WITH_SHA256 = sequence(identifier("1.2.840.113549.1.1.11"), b"\x05\x00")
ECDSA_WITH_SHA256 = sequence(identifier("1.2.840.10045.4.3.2"))


def _set_up(kind: type[Any]) -> None:
    """Use every ASN.1 type once: asn1crypto sets each up at its first use, and two threads at once break that."""
    for each in kind.__subclasses__():
        with suppress(Exception):  # because some types cannot be made empty; they are set up all the same
            each()
        _set_up(each)


# While this module is imported no other thread uses it; the modules named bring their types with them.
_MODULES = (cms, crl, ocsp, pkcs12, tsp, x509)
_set_up(core.Asn1Value)
