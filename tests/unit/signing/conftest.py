"""A test authority for the tests of signing, made once."""

from collections.abc import Callable, Iterator

import pytest

from backend.signing.archive import Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.revocation import Revocations
from backend.signing.seal import Sealer
from backend.signing.signer import Answer, Assignment, Challenge
from backend.signing.trust import Trust
from tests.authority import FACE, HEAD, OFFICIAL, PASSPHRASE, Authority, People, document, people, running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Yield a running test authority."""
    with running(tmp_path_factory.mktemp("authority") / "testpki") as served:
        yield served


@pytest.fixture(scope="session")
def parties(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> People:
    """Return two people and a seal of the authority."""
    return people(authority, tmp_path_factory.mktemp("people") / "keys")


@pytest.fixture(scope="session")
def trust(authority: Authority) -> Trust:
    """Return the trust in this authority only."""
    return Trust([authority.anchor])


@pytest.fixture(scope="session")
def sealed(authority: Authority, parties: People) -> bytes:
    """Return a document with the ministry's seal."""
    return Sealer(parties.seal.key, parties.seal.certificate, authority.timestamps).seal(document()).pdf


@pytest.fixture(scope="session")
def signer(authority: Authority, parties: People) -> Callable[[bytes, str, str], bytes]:
    """Return a function that signs (PDF, field, key) with a key file."""
    pkcs12 = Pkcs12Signer(parties.folder, authority.timestamps)

    def sign(pdf: bytes, field: str, key: str) -> bytes:
        challenge = pkcs12.begin(Assignment(pdf, field, FACE, None, key))
        assert isinstance(challenge, Challenge)
        return pkcs12.finish(challenge, Answer(PASSPHRASE)).pdf

    return sign


@pytest.fixture(scope="session")
def signed(sealed: bytes, signer: Callable[[bytes, str, str], bytes]) -> bytes:
    """Return the sealed document with the signature of the head."""
    return signer(sealed, HEAD, "kepala")


@pytest.fixture(scope="session")
def completed(signed: bytes, signer: Callable[[bytes, str, str], bytes]) -> bytes:
    """Return the document with the signatures of both parties."""
    return signer(signed, OFFICIAL, "pejabat")


@pytest.fixture
def archivist(authority: Authority, trust: Trust) -> Archivist:
    """Return an archivist who remembers nothing yet."""
    return Archivist(authority.timestamps, Revocations(authority.fetcher), trust)
