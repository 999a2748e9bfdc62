"""The reader of CMS against asn1crypto, which builds everything: where it reads at all, both must read the same."""

import asn1crypto.cms
import pytest
from asn1crypto import core
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.verification import arithmetic, cms, der
from backend.verification.document import open_document, quietly
from backend.verification.keys import Unknown
from tests.unit.verification.conftest import World


@pytest.fixture(scope="module")
def values(world: World) -> list[bytes]:
    """Return the CMS of all signatures and document timestamps of an archived file, without padding."""
    found = []
    for field in open_document(world.files["archived"]).fields():
        contents = bytes(quietly(quietly(field.dictionary, "/V"), "/Contents"))
        found.append(contents[: der.read(contents).end])
    return found


def _compare(encoded: bytes) -> bool:
    """Hold both readers against each other; return whether ours read anything."""
    try:
        ours = cms.read(encoded)
    except (cms.Malformed, Unknown):
        return False
    theirs = asn1crypto.cms.ContentInfo.load(encoded)["content"]
    info = theirs["signer_infos"][0]
    written = info["signed_attrs"].dump()
    assert ours.content_type == theirs["encap_content_info"]["content_type"].dotted
    assert ours.signature == info["signature"].native
    assert ours.digest_name == info["digest_algorithm"]["algorithm"].native
    assert ours.info.attributes_der is not None
    assert ours.info.attributes_der.whole == written
    assert [*ours.attributes] == [one["type"].dotted for one in info["signed_attrs"]]
    assert [one.whole for one in ours.attributes.values()] == [one["values"][0].dump() for one in info["signed_attrs"]]
    assert [name for name, _ in ours.info.unsigned] == [
        one["type"].dotted for one in info["unsigned_attrs"] for _ in one["values"]
    ]
    content = theirs["encap_content_info"]["content"]
    assert ours.content == (None if isinstance(content, core.Void) else bytes(content))
    return True


def test_both_read_all_signatures_alike(values: list[bytes]) -> None:
    assert len(values) == 4
    assert all(_compare(one) for one in values)


@settings(max_examples=300, deadline=None)
@given(
    which=st.integers(0, 3),
    edits=st.lists(
        st.tuples(st.integers(0, 1 << 16), st.integers(0, 2), st.binary(max_size=2)), min_size=1, max_size=3
    ),
)
def test_whatever_is_done_to_the_bytes_they_never_read_different_things(
    values: list[bytes], which: int, edits: list[tuple[int, int, bytes]]
) -> None:
    changed = bytearray(values[which])
    for place, width, put in edits:
        at = place % len(changed)
        changed[at : at + width] = put
    _compare(bytes(changed))


def test_indefinite_lengths_and_strings_in_pieces_are_read(world: World) -> None:
    """OpenSSL writes such containers when it streams; the content in them comes in pieces."""
    key = world.head.key
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"naskah").add_signer(world.head.certificate, key, hashes.SHA256())
    strict = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    loose = _indefinitely(der.read(strict))
    assert cms.read(loose).content == cms.read(strict).content == b"naskah"
    assert der.distinguished(der.read(loose)) == der.distinguished(der.read(strict))
    assert arithmetic.check(cms.read(loose), None) == arithmetic.check(cms.read(strict), None) == []


def _indefinitely(found: der.Element) -> bytes:
    """Write every constructed value without length, and each OCTET STRING in two pieces, but never what is signed."""
    if found.tag == der.OCTETS and found.content == b"naskah":
        return b"\x24\x80\x04\x03nas\x04\x03kah\0\0"
    constructed = found.tag in {der.SEQUENCE, der.SET, cms.EXPLICIT} and b"naskah" in found.whole
    if not constructed:
        return found.whole
    return bytes((found.tag, 0x80)) + b"".join(_indefinitely(child) for child in der.children(found)) + b"\0\0"


@pytest.mark.parametrize(
    "broken", [b"", b"\x30", b"\x30\x05\x02\x01", b"\x30\x80\x02\x01\x01", b"\x1f\x81\x01\x00", b"\x04\x80\x00\x00"]
)  # fmt: skip
def test_what_ends_too_early_is_refused(broken: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        der.children(der.read(broken))
    with pytest.raises(cms.Malformed):
        cms.read(broken)


@pytest.mark.parametrize("oid", ["1.2.840.113549.1.9.16.2.47", "2.999.3", "0.4.0.1862.1.6", "1.3.6.1.5.5.7.16.2"])
def test_object_identifiers_are_told_in_dots(oid: str) -> None:
    assert der.oid(der.read(core.ObjectIdentifier(oid).dump())) == oid
