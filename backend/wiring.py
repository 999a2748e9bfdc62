"""Settings to concrete parts: the only file that chooses an implementation. The web gets no seal and no log key."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from backend import clock, install
from backend.audit import sequencer
from backend.audit.anchoring import Anchoring
from backend.audit.cosigning import load_policy
from backend.audit.log import Log
from backend.audit.publishing import Publisher
from backend.audit.rights import authorizer
from backend.audit.standing import Guard
from backend.ceremonies.tools import LastCheckpoint, Tools, Workshop
from backend.confined import Limits
from backend.database import Database
from backend.documents.render import Renderer
from backend.documents.vault import Vault
from backend.errors import Refusal
from backend.mail.delivery import MailServer, Postman
from backend.mail.message import Stationery
from backend.settings import Settings, bundled
from backend.signing import anchoring, testpki
from backend.signing.archive import Archivist
from backend.signing.backends.pkcs12 import Pkcs12Signer
from backend.signing.fetch import Fetcher
from backend.signing.revocation import Revocations
from backend.signing.seal import Sealer
from backend.signing.timestamps import Timestamps
from backend.signing.trust import Trust
from backend.verification.trust import Anchors, from_files, from_folder

PEOPLE_KEYS = "people"


class TrustMissing(Refusal):
    """A deployment with its own seal does not say which signatories' certificates it accepts."""

    code = "trust-missing"
    status = 503
    message = "PRASASTI_TRUST belum menunjuk berkas sertifikat induk para penanda tangan."
    remedy = "Tetapkan berkas PEM yang sudah dipastikan kementerian, lalu jalankan ulang layanan."


class TimestampMissing(Refusal):
    """A deployment with its own seal names no timestamp authority."""

    code = "timestamp-missing"
    status = 503
    message = "PRASASTI_TIMESTAMP_URL belum ditetapkan, padahal naskah diarsipkan dengan stempel waktu."
    remedy = "Tetapkan alamat layanan stempel waktu, lalu jalankan ulang layanan."


def timestamps(settings: Settings, fetcher: Fetcher) -> Timestamps:
    """Return the timestamp authority of this deployment: the configured one, else the test authority's."""
    url = settings.timestamp_url
    if not url and settings.test_keys:
        url = testpki.timestamp_url(settings.keys / "testpki")
    if not url:
        raise TimestampMissing
    return Timestamps(url, fetcher)


def trust(settings: Settings, fetcher: Fetcher) -> Trust:
    """Return what decides about signatories: the anchors of their chains, and revocation asked for at signing.

    PP 71/2019 article 62(1): the state of a certificate is checked when it is used.
    """
    path = settings.trust
    if path is None:
        if not settings.test_keys:
            raise TrustMissing
        path = testpki.trust_anchor(settings.keys / "testpki")
    roots = [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(path.read_bytes())]
    return Trust(roots, Revocations(fetcher))


def anchors(settings: Settings) -> Anchors:
    """Return the anchors of the public check: the confirmed ones of `keys/trust`, and the test root if it is in use."""
    confirmed = from_folder(bundled("keys") / "trust").anchors
    own = from_files([testpki.trust_anchor(settings.keys / "testpki")]).anchors if settings.test_keys else ()
    return Anchors((*confirmed, *own))


def web_tools(settings: Settings) -> Tools:
    """Return what the web process works with."""
    fetcher = Fetcher()
    database = Database(settings.database_url, authorizer(sequencer=False))
    return _tools(settings, fetcher, database, _log(settings, database))


def worker_tools(settings: Settings) -> Tools:
    """Return what the worker works with: also the ministry's seal, the renderer, the mail server, the log's key."""
    database = Database(settings.worker_database_url, authorizer(sequencer=True))
    fetcher = Fetcher()
    log = _log(settings, database)
    return _tools(settings, fetcher, database, log, _workshop(settings, fetcher, database, log))


def _log(settings: Settings, database: Database) -> Log:
    vkey = (settings.keys / "log.vkey").read_text("utf-8").strip()
    guard = Guard(database, vkey, install.checkpoint_file(settings))
    return Log(install.deployment(settings), install.secret(settings.keys, "disclosure.key"), guard)


def _tools(
    settings: Settings, fetcher: Fetcher, database: Database, log: Log, workshop: Workshop | None = None
) -> Tools:
    keys, stamps = settings.keys, timestamps(settings, fetcher)
    return Tools(
        database=database,
        log=log,
        vault=Vault(settings.vault),
        signer=Pkcs12Signer(keys / PEOPLE_KEYS, stamps),
        timestamps=stamps,
        templates=bundled("templates") / "mou",
        base_url=settings.base_url.rstrip("/"),
        link_key=install.secret(keys, "link.key"),
        code_key=install.secret(keys, "code.key"),
        trust=trust(settings, fetcher),
        test_keys=settings.test_keys,
        keys=keys,
        log_policy=install.policy_file(settings),
        now=clock.now,
        workshop=workshop,
        endings=(fetcher.close,),
    )


def _workshop(settings: Settings, fetcher: Fetcher, database: Database, log: Log) -> Workshop:
    key = sequencer.load_or_create_key(install.log_key_file(settings), install.origin(settings))
    outside = install.checkpoint_file(settings)
    stamps = timestamps(settings, fetcher)
    seal_key, certificate = _seal(settings)
    return Workshop(
        renderer=Renderer(processes=2, limits=Limits(wall=120.0)),
        sealer=Sealer(seal_key, certificate, stamps),
        archivist=Archivist(stamps, Revocations(fetcher), trust(settings, fetcher)),
        stationery=Stationery(bundled("templates")),
        postman=Postman(_mail_server(settings)),
        sender=settings.smtp_from,
        minutes=bundled("templates") / "minutes" / "berita-acara",
        sequence=lambda: sequencer.drain_and_sign(database, key, outside),
        checkpoint=lambda: LastCheckpoint(key.name, outside.read_text("utf-8"), key.public.to_text()),
        anchor=Anchoring(database, log, key.name, anchoring.name_of(stamps.url), anchoring.stamper(stamps)).run,
        publish=Publisher(database, log, load_policy(install.policy_file(settings), key.public)).run,
    )


def _mail_server(settings: Settings) -> MailServer:
    file = settings.smtp_password_file
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        tls=settings.smtp_tls,
        username=settings.smtp_user or None,
        password=file.read_text("utf-8").strip() if file else None,
    )


def _seal(settings: Settings) -> tuple[Path, Path]:
    if settings.seal_key is not None and settings.seal_certificate is not None:
        return settings.seal_key, settings.seal_certificate
    seal = testpki.issue_seal(settings.keys / "testpki", settings.ministry)
    return seal.key, seal.certificate
