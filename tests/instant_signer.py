"""A signer for tests that asks nothing: keys lie in memory, `begin` signs. Passes the contract of all signers."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.hazmat.primitives.serialization import pkcs12

from backend import clock
from backend.signing.apply import Place, apply
from backend.signing.identity import Identity, from_key
from backend.signing.signer import Answer, Assignment, Challenge, KeyMissing, Signed, WrongCertificate
from backend.signing.timestamps import Timestamps


class InstantSigner:
    """Signs with the identity that `keys` holds under the name of the key."""

    name = "instant"

    def __init__(
        self,
        keys: Mapping[str, Identity],
        timestamps: Timestamps | None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Keep the keys."""
        self._keys = keys
        self._timestamps = timestamps
        self._now = now

    def begin(self, assignment: Assignment) -> Challenge | Signed:
        """Sign at once."""
        identity = self._keys.get(assignment.key)
        if identity is None:
            raise KeyMissing(key=assignment.key)
        if assignment.certificate_sha256 not in {None, identity.sha256}:
            raise WrongCertificate(name=identity.name)
        place = Place(assignment.pdf, assignment.field, assignment.face)
        return apply(place, identity, self._timestamps, self._now)

    def finish(self, challenge: Challenge, answer: Answer) -> Signed:
        """Sign as `begin` does; there is never a challenge to finish."""
        done = self.begin(challenge.assignment)
        if isinstance(done, Challenge) or not answer.secret:
            raise TypeError("an instant signer asks nothing")
        return done


def identity_of(p12: bytes, passphrase: str) -> Identity:
    """Return the identity in a key file."""
    store = pkcs12.load_pkcs12(p12, passphrase.encode())
    if store.cert is None:
        raise ValueError("no certificate")
    return from_key(store.key, store.cert.certificate, [c.certificate for c in store.additional_certs])
