"""Writes the CMS container of one signature from constant DER pieces (ETSI EN 319 122-1, EN 319 142-1 section 6).

What is put in: content type, message digest, signing-certificate-v2, the certificates and, when there is one, the
signature timestamp. No signing-time: PAdES forbids it, the time stands in /M and in the token. SHA-256 throughout.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from asn1crypto import x509

from backend.signing import der
from backend.signing.identity import Identity


@dataclass(frozen=True)
class Container:
    """The constant parts of everything that one identity signs; `content` is the DER identifier of what is signed."""

    identity: Identity
    content: bytes = der.DATA

    @cached_property
    def _issuer_and_serial(self) -> tuple[bytes, bytes]:
        body = x509.Certificate.load(self.identity.certificate)["tbs_certificate"]
        return der.as_read(body["issuer"].chosen), body["serial_number"].dump()

    @cached_property
    def _certificate_reference(self) -> bytes:
        """ESSCertIDv2 with issuer and serial number (RFC 5035 section 4); SHA-256 is its default and so left out."""
        issuer, serial = self._issuer_and_serial
        general_names = der.sequence(der.explicit(4, issuer))
        digest = der.tlv(der.OCTETS, hashlib.sha256(self.identity.certificate).digest())
        reference = der.sequence(digest, der.sequence(general_names, serial))
        return der.sequence(der.SIGNING_CERTIFICATE_V2, der.set_of(der.sequence(der.sequence(reference))))

    def attributes(self, digest: bytes) -> bytes:
        """Return the signed attributes as the SET OF that is signed; `digest` is SHA-256 of the content."""
        return der.set_of(
            der.sequence(der.CONTENT_TYPE, der.set_of(self.content)),
            der.sequence(der.MESSAGE_DIGEST, der.set_of(der.tlv(der.OCTETS, digest))),
            self._certificate_reference,
        )

    def assemble(
        self, attributes: bytes, signature: bytes, *, token: bytes | None = None, enclosed: bytes | None = None
    ) -> bytes:
        """Return the ContentInfo in DER.

        `token` is a signature timestamp over `signature`; `enclosed` is the content itself, for a timestamp token.
        """
        issuer, serial = self._issuer_and_serial
        unsigned = b""
        if token is not None:
            unsigned = der.explicit(1, der.sequence(der.SIGNATURE_TIMESTAMP, der.set_of(token)))
        signer = der.sequence(
            der.integer(1),
            der.sequence(issuer, serial),
            der.SHA256,
            b"\xa0" + attributes[1:],  # the signed SET OF, stored with its implicit tag (RFC 5652 section 5.4)
            self.identity.algorithm,
            der.tlv(der.OCTETS, signature),
            unsigned,
        )
        body = self.content if enclosed is None else self.content + der.explicit(0, der.tlv(der.OCTETS, enclosed))
        signed = der.sequence(
            der.integer(1 if enclosed is None else 3),
            der.set_of(der.SHA256),
            der.sequence(body),
            der.explicit(0, b"".join(sorted({self.identity.certificate, *self.identity.chain}))),
            der.set_of(signer),
        )
        return der.sequence(der.SIGNED_DATA, der.explicit(0, signed))

    def sign(self, digest: bytes, *, enclosed: bytes | None = None) -> bytes:
        """Return a finished container without timestamp."""
        attributes = self.attributes(digest)
        return self.assemble(attributes, self.identity.sign(attributes), enclosed=enclosed)

    def size(self, token: int = 0) -> int:
        """Return how many bytes the container needs at most, with a token of `token` bytes."""
        bare = self.assemble(self.attributes(bytes(32)), bytes(self.identity.longest))
        return len(bare) + (token + 32 if token else 0)
