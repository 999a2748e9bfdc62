"""Nothing is fetched on behalf of a file: no seed value, no AIA, no OCSP or CRL address, no remote stream."""

import socket

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from backend.verification.trust import Anchors, from_certificates
from backend.verification.verdict import Reason
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import plain, sign
from tests.unit.verification.pki import AUTHORITY, Kind, Pki, issue, name
from tests.unit.verification.raw import Revision, body, revise, stream

ADDRESS = "http://127.0.0.1:9/"


@pytest.fixture(scope="module")
def inviting() -> tuple[bytes, Anchors]:
    """A file whose certificates give addresses for everything, whose issuer is missing, and which asks for more.

    A field asks its signer for a timestamp and a certificate (seed value), the store has its stream in another place.
    """
    pki = Pki()
    address = x509.UniformResourceIdentifier(ADDRESS)
    methods = (AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS)
    access = x509.AuthorityInformationAccess([x509.AccessDescription(method, address) for method in methods])
    lists = x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])
    hidden = issue(name("CA Tersembunyi"), AUTHORITY, pki.root)
    head = issue(name("Contoh Alamat"), Kind(extra=((access, False), (lists, False))), hidden)
    head.issuer = None
    base = plain()
    here = ADDRESS.encode()
    seed = b"/SV << /Type /SV /TimeStamp << /URL (%s) /Ff 1 >> /Cert << /URL (%s) >> >> >>" % (here, here)
    outside = stream(b"", b"/F << /FS /URL /F (%s) >>" % here)
    store = b"/DSS << /Certs [300 0 R] /OCSPs [300 0 R] /CRLs [300 0 R] >> >>"
    asking = revise(base, Revision({3: body(base, 3)[:-2] + seed, 300: outside, 1: body(base, 1)[:-2] + store}))
    return sign(asking, head), from_certificates([pki.root.certificate])


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch, inviting: tuple[bytes, Anchors], world: World) -> list[str]:
    """Take the network away once the files are made, and remember who wanted it."""
    assert inviting
    assert world.files
    wanted: list[str] = []

    def refuse(*_: object, **__: object) -> None:
        wanted.append("network")
        raise OSError

    for way in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, way, refuse)
    return wanted


def test_no_address_in_a_file_is_ever_asked(cut_off: list[str], inviting: tuple[bytes, Anchors]) -> None:
    pdf, anchors = inviting
    report = verify(pdf, anchors, LATER)
    assert Reason.ISSUER_UNKNOWN in report.reasons
    assert report.signatures[0].intact
    assert cut_off == []


def test_good_files_need_no_network_either(cut_off: list[str], world: World) -> None:
    assert world.check(world.files["archived"]).reasons == ()
    assert cut_off == []
