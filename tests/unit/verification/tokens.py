"""A signature that carries the timestamp of another: made with pyHanko's own TSA, which stamps whatever it is told."""

import hashlib
from typing import Any

from asn1crypto import tsp
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.unit.verification.files import Signing, plain, sign
from tests.unit.verification.pki import NOW, Member, Pki


class _Elsewhere(DummyTimeStamper):
    """Stamps other bytes than it is asked to."""

    def request_tsa_response(self, req: tsp.TimeStampReq) -> Any:
        req["message_imprint"]["hashed_message"] = hashlib.sha256(b"isi lain").digest()
        return super().request_tsa_response(req)


class _Careless(Member):
    """A TSA with such a stamper."""

    def stamper(self, at: Any = NOW) -> DummyTimeStamper:
        return _Elsewhere(self.asn1, self.asn1_key, None, fixed_dt=at)


def with_token_of(head: Member, pki: Pki) -> bytes:
    """Return a file signed by `head` whose token is over other bytes."""
    tsa = _Careless(pki.tsa.certificate, pki.tsa.key, pki.tsa.issuer)
    return sign(plain(), head, Signing(stamp=tsa))
