"""Rewrites what is not signed in a signature value, as other signers write it; the signature itself stays good."""

import re
from collections.abc import Callable
from typing import Any

from asn1crypto import cms

RANGE = re.compile(rb"/ByteRange ?\[([0-9 ]+)\]")


def gap(pdf: bytes) -> tuple[int, int]:
    """Return from where to where the first signature value stands in the file, its brackets included."""
    found = RANGE.search(pdf)
    assert found
    _, first, second, _ = (int(number) for number in found[1].split())
    return first, second


def with_value(pdf: bytes, der: bytes) -> bytes:
    """Return the file with another first signature value, padded with zeros."""
    first, second = gap(pdf)
    digits = der.hex().encode().ljust(second - first - 2, b"0")
    assert len(digits) == second - first - 2
    return pdf[:first] + b"<" + digits + b">" + pdf[second:]


def value(pdf: bytes) -> bytes:
    """Return the first signature value with its padding."""
    first, second = gap(pdf)
    return bytes.fromhex(pdf[first + 1 : second - 1].decode())


def rewritten(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Return the file after `change` was made to its SignedData."""
    info = cms.ContentInfo.load(value(pdf))
    change(info["content"])
    return with_value(pdf, info.dump(force=True))


def without_certificates(signed_data: Any) -> None:
    """Take all certificates out."""
    signed_data["certificates"] = cms.CertificateSet([])


def token_without_certificates(signed_data: Any) -> None:
    """Take the certificates out of the signature timestamp: some authorities send them only when asked."""
    attributes = signed_data["signer_infos"][0]["unsigned_attrs"]
    token = cms.ContentInfo.load(attributes[0]["values"][0].dump())
    without_certificates(token["content"])
    signed_data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
    )


def signed_twice_over(signed_data: Any) -> None:
    """Write the one signer twice, as podofo does with two of them."""
    infos = signed_data["signer_infos"]
    signed_data["signer_infos"] = cms.SignerInfos([infos[0], infos[0].copy()])
