"""What every signing backend promises: one signature more on exactly the bytes it was given, or a refusal."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from backend import clock
from backend.signing.acceptance import check_signed
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.pdf import FieldUnusable
from backend.signing.refusals import CertificateExpired
from backend.signing.signer import (
    Answer,
    Assignment,
    Challenge,
    KeyMissing,
    Signed,
    Signer,
    WrongCertificate,
    WrongPassphrase,
)
from backend.signing.timestamps import Timestamps
from backend.signing.trust import Trust
from tests.authority import FACE, HEAD, OFFICIAL, PASSPHRASE, Authority, People, document, free_port
from tests.instant_signer import InstantSigner, identity_of

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Backend:
    """How a backend is made, with which timestamps and clock, and what its signers answer."""

    make: Callable[[People, Timestamps | None, Now], Signer]
    answer: Answer | None


def _instant(people: People, timestamps: Timestamps | None, now: Now) -> Signer:
    keys = {person.key: identity_of(person.p12, PASSPHRASE) for person in (people.head, people.official)}
    return InstantSigner(keys, timestamps, now)


BACKENDS = {
    "pkcs12": Backend(lambda people, timestamps, now: Pkcs12Signer(people.folder, timestamps, now), Answer(PASSPHRASE)),
    "instant": Backend(_instant, None),
}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    return BACKENDS[request.param]


@pytest.fixture
def assignment(parties: People) -> Assignment:
    return Assignment(document(), HEAD, FACE, parties.head.certificate_sha256, parties.head.key)


def sign(signer: Signer, assignment: Assignment, answer: Answer | None) -> Signed:
    begun = signer.begin(assignment)
    if isinstance(begun, Signed):
        return begun
    assert begun.assignment == assignment
    assert answer is not None
    return signer.finish(begun, answer)


def test_the_signature_extends_the_given_bytes_and_is_accepted(
    backend: Backend, authority: Authority, parties: People, assignment: Assignment
) -> None:
    signer = backend.make(parties, authority.timestamps, clock.now)
    signed = sign(signer, assignment, backend.answer)
    assert signed.pdf.startswith(assignment.pdf)
    assert signed.base_sha256 == hashlib.sha256(assignment.pdf).hexdigest()
    assert signed.sha256 == hashlib.sha256(signed.pdf).hexdigest()
    assert (signed.level, signed.signer_name) == ("B-T", parties.head.name)
    accepted = check_signed(
        assignment.pdf,
        signed.pdf,
        field=HEAD,
        certificate_sha256=parties.head.certificate_sha256,
        at=clock.now(),
        trust=Trust([authority.anchor]),
    )
    assert (accepted.level, accepted.signed_at, accepted.timestamp_at) == ("B-T", signed.signed_at, signed.timestamp_at)
    assert FACE in signed.pdf[len(assignment.pdf) :]


def test_two_parties_sign_one_after_the_other_and_both_hold(
    backend: Backend, authority: Authority, parties: People, assignment: Assignment
) -> None:
    signer = backend.make(parties, authority.timestamps, clock.now)
    first = sign(signer, assignment, backend.answer)
    second = replace(assignment, pdf=first.pdf, field=OFFICIAL, certificate_sha256=None, key=parties.official.key)
    pdf = sign(signer, second, backend.answer).pdf
    root = x509.Certificate.load(pem.unarmor(authority.anchor)[2])
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    states = [validate_pdf_signature(s, ValidationContext(trust_roots=[root])) for s in found]
    assert sorted(s.field_name for s in found) == [HEAD, OFFICIAL]
    assert all(s.bottom_line and s.timestamp_validity is not None and s.timestamp_validity.valid for s in states)


def test_without_a_timestamp_service_the_signature_is_kept_and_says_so(
    backend: Backend, authority: Authority, parties: People, assignment: Assignment
) -> None:
    away = Timestamps(f"http://127.0.0.1:{free_port()}/tsa", authority.fetcher)
    for timestamps in (None, away):
        signed = sign(backend.make(parties, timestamps, clock.now), assignment, backend.answer)
        assert (signed.level, signed.timestamp_at) == ("B-B", None)


def test_a_signed_field_is_not_signed_again(
    backend: Backend, authority: Authority, parties: People, assignment: Assignment
) -> None:
    signer = backend.make(parties, authority.timestamps, clock.now)
    first = sign(signer, assignment, backend.answer)
    for wrong in (replace(assignment, pdf=first.pdf), replace(assignment, field=f"{HEAD}.lain")):
        with pytest.raises(FieldUnusable):
            sign(signer, wrong, backend.answer)


@pytest.mark.parametrize("key", ["tidak-ada", "", "../kepala", "kepala\0", "/kepala"])
def test_an_unknown_key_is_refused(backend: Backend, parties: People, assignment: Assignment, key: str) -> None:
    with pytest.raises(KeyMissing):
        backend.make(parties, None, clock.now).begin(replace(assignment, key=key))


def test_another_certificate_than_the_enrolled_one_is_refused(
    backend: Backend, parties: People, assignment: Assignment
) -> None:
    other = replace(assignment, certificate_sha256=parties.official.certificate_sha256)
    with pytest.raises(WrongCertificate):
        sign(backend.make(parties, None, clock.now), other, backend.answer)


@pytest.mark.parametrize("moment", [datetime(2020, 1, 1, tzinfo=UTC), clock.now() + timedelta(days=4000)])
def test_a_certificate_outside_its_validity_is_refused(
    backend: Backend, parties: People, assignment: Assignment, moment: datetime
) -> None:
    with pytest.raises(CertificateExpired):
        sign(backend.make(parties, None, lambda: moment), assignment, backend.answer)


def test_a_wrong_secret_is_refused_and_never_repeated(
    backend: Backend, parties: People, assignment: Assignment
) -> None:
    signer = backend.make(parties, None, clock.now)
    challenge = signer.begin(assignment)
    if not isinstance(challenge, Challenge):
        return
    wrong = Answer("rahasia yang keliru")
    with pytest.raises(WrongPassphrase) as refused:
        signer.finish(challenge, wrong)
    told = [wrong, challenge, refused.value, refused.value.facts, refused.value.__cause__]
    assert not any("keliru" in repr(thing) for thing in told)
