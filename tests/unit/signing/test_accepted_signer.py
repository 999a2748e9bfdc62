"""Who may sign and when, and what an archive revision may add: the other half of the gate (DESIGN invariant 3)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from backend import clock
from backend.signing import testpki
from backend.signing.acceptance import Accepted, check_archived, check_signed
from backend.signing.archive import Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.fetch import Fetcher
from backend.signing.identity import Identity, from_key
from backend.signing.pdf import Update, signature_value
from backend.signing.refusals import (
    CertificateExpired,
    CertificateRevoked,
    ChangedAppearance,
    ChangedContent,
    IssuerUnknown,
    SignatureCount,
    SignatureInvalid,
    TimestampInvalid,
    TrailingBytes,
    WrongSigner,
)
from backend.signing.revocation import Revocations
from backend.signing.signer import Answer, Assignment, Challenge
from backend.signing.testpki.authority import load
from backend.signing.testpki.responder import Responder
from backend.signing.timestamps import Timestamps
from backend.signing.trust import Trust
from tests.authority import HEAD, PASSPHRASE, Authority, People, free_port, running
from tests.instant_signer import identity_of
from tests.unit.signing import forgery
from tests.unit.signing.services import service as stamping

Check = Callable[[bytes, bytes], Accepted]
Sign = Callable[[bytes, str, str], bytes]


@pytest.fixture(scope="module")
def head(parties: People) -> Identity:
    return identity_of(parties.head.p12, PASSPHRASE)


@pytest.fixture(scope="module")
def check(parties: People, trust: Trust) -> Check:
    def against(base: bytes, returned: bytes) -> Accepted:
        wanted = parties.head.certificate_sha256
        return check_signed(base, returned, field=HEAD, certificate_sha256=wanted, at=clock.now(), trust=trust)

    return against


def test_an_archive_revision_passes(completed: bytes, archivist: Archivist, trust: Trust) -> None:
    archived = archivist.archive(completed)
    assert check_archived(completed, archived.pdf, at=clock.now(), trust=trust).timestamp_at == archived.timestamp_at


def test_somebody_elses_signature_is_refused(sealed: bytes, signer: Sign, check: Check) -> None:
    with pytest.raises(WrongSigner):
        check(sealed, signer(sealed, HEAD, "pejabat"))


def test_an_unknown_issuer_is_refused_even_without_an_expected_certificate(
    sealed: bytes, signed: bytes, tmp_path: Path
) -> None:
    testpki.generate(tmp_path / "other", free_port())
    other = Trust([testpki.trust_anchor(tmp_path / "other").read_bytes()])
    with pytest.raises(IssuerUnknown):
        check_signed(sealed, signed, field=HEAD, certificate_sha256=None, at=clock.now(), trust=other)


@pytest.mark.parametrize("days", [-400, 4000])
def test_a_certificate_outside_its_validity_is_refused(sealed: bytes, signed: bytes, trust: Trust, days: int) -> None:
    at = clock.now() + timedelta(days=days)
    with pytest.raises(CertificateExpired):
        check_signed(sealed, signed, field=HEAD, certificate_sha256=None, at=at, trust=trust)


def test_a_revoked_certificate_is_refused_where_revocation_can_be_asked_after(sealed: bytes, tmp_path: Path) -> None:
    with running(tmp_path / "testpki") as authority:
        p12 = testpki.issue_person(authority.folder, "Rekaan", "Contoh", PASSPHRASE).p12
        identity = identity_of(p12, PASSPHRASE)
        signed = forgery.forged(sealed, identity, forgery.nothing)
        trusts = [Trust([authority.anchor], Revocations(authority.fetcher)) for _ in range(2)]

        def check(trust: Trust) -> None:
            check_signed(sealed, signed, field=HEAD, certificate_sha256=identity.sha256, at=clock.now(), trust=trust)

        check(trusts[0])
        certificate = x509.load_der_x509_certificate(identity.certificate)
        testpki.revoke(authority.folder, certificate, clock.now() - timedelta(minutes=1))
        with pytest.raises(CertificateRevoked):
            check(trusts[1])
    with Fetcher() as fetcher:
        check(
            Trust([authority.anchor], Revocations(fetcher))
        )  # nobody answers: the archive step will not go on without an answer


def test_a_token_over_other_bytes_is_refused(sealed: bytes, head: Identity, authority: Authority, check: Check) -> None:
    token = authority.timestamps.stamp(b"other bytes")
    returned = forgery.completed(forgery.prepared(sealed, forgery.nothing), head, token.der)
    with pytest.raises(TimestampInvalid):
        check(sealed, returned)


def test_a_token_of_a_stranger_proves_no_time(sealed: bytes, signed: bytes, head: Identity) -> None:
    only_the_signer = Trust([head.certificate])
    at = clock.now()
    accepted = check_signed(sealed, signed, field=HEAD, certificate_sha256=head.sha256, at=at, trust=only_the_signer)
    assert (accepted.level, accepted.timestamp_at) == ("B-B", None)


def test_a_token_from_the_future_is_refused(sealed: bytes, parties: People, authority: Authority, check: Check) -> None:
    ahead = clock.now() + timedelta(hours=1)
    with stamping(Responder(authority.folder, lambda: ahead).timestamp) as url:
        signer = Pkcs12Signer(parties.folder, Timestamps(url, authority.fetcher))
        challenge = signer.begin(Assignment(sealed, HEAD, None, None, parties.head.key))
        assert isinstance(challenge, Challenge)
        signed = signer.finish(challenge, Answer(PASSPHRASE))
    assert signed.level == "B-T"
    with pytest.raises(TimestampInvalid):
        check(sealed, signed.pdf)


def test_a_certificate_that_may_not_sign_is_refused(sealed: bytes, authority: Authority, trust: Trust) -> None:
    issuing = load(authority.folder, "issuing")
    identity = from_key(issuing.key, issuing.certificate, [])
    with pytest.raises(SignatureInvalid):
        check_signed(
            sealed,
            forgery.forged(sealed, identity, forgery.nothing),
            field=HEAD,
            certificate_sha256=None,
            at=clock.now(),
            trust=trust,
        )


def test_a_visible_field_is_no_document_timestamp(completed: bytes, authority: Authority, trust: Trust) -> None:
    for change in (forgery.visible_stamp, forgery.drawn_stamp):
        update = Update(completed)
        empty = update.prepare(signature_value(4096, None, "/ETSI.RFC3161"), change(update))
        stamped = empty.filled(authority.timestamps.stamp(*empty.content).der)
        with pytest.raises(ChangedContent):
            check_archived(completed, stamped, at=clock.now(), trust=trust)


def test_the_stamp_of_an_archive_is_of_a_trusted_authority_and_not_from_the_future(
    completed: bytes, archivist: Archivist, head: Identity, trust: Trust
) -> None:
    archived = archivist.archive(completed).pdf
    for at, trusted in ((clock.now(), Trust([head.certificate])), (clock.now() - timedelta(hours=1), trust)):
        with pytest.raises(TimestampInvalid):
            check_archived(completed, archived, at=at, trust=trusted)


def test_an_archive_revision_adds_a_stamp_and_nothing_else(
    completed: bytes, sealed: bytes, signed: bytes, archivist: Archivist, trust: Trust
) -> None:
    at = clock.now()
    for change in (forgery.open_action, forgery.stamp_over_page, forgery.new_field, forgery.page_words):
        for returned in (
            forgery.appended(archivist.archive(completed).pdf, change),
            archivist.archive(forgery.appended(completed, change)).pdf,
        ):
            with pytest.raises((ChangedAppearance, ChangedContent, TrailingBytes)):
                check_archived(completed, returned, at=at, trust=trust)
    with pytest.raises(SignatureCount):
        check_archived(sealed, signed, at=at, trust=trust)
    with pytest.raises(SignatureCount):
        check_archived(signed, archivist.archive(archivist.archive(signed).pdf).pdf, at=at, trust=trust)
