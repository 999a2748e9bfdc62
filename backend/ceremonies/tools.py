"""What the actions work with. `wiring.py` fills it in; a test hands over fakes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.audit.checkpoint import PublicKey
from backend.audit.cosigning import load_policy
from backend.audit.log import Log
from backend.audit.policy import Policy
from backend.ceremonies.ceremony import MARK_REHEARSAL, MARK_TEST, Ceremony, Nature
from backend.database import Database
from backend.documents.render import Renderer
from backend.documents.vault import Vault
from backend.mail.delivery import Postman
from backend.mail.message import Stationery
from backend.signing.archive import Archivist
from backend.signing.seal import Sealer
from backend.signing.signer import Signer
from backend.signing.timestamps import Timestamps
from backend.signing.trust import Trust


@dataclass(frozen=True)
class LastCheckpoint:
    """The newest signed note of the log (C2SP), its origin and the public key that proves it."""

    origin: str
    note: str
    vkey: str


@dataclass(frozen=True)
class Workshop:
    """What only the worker holds: the ministry's seal, the renderer, the way to the mail server and the log's key.

    `anchor` takes a timestamp over the newest checkpoint if one is due; raises StampAway. `publish` asks the cosigners
    for whom that is due, and returns how many signed.
    """

    renderer: Renderer
    sealer: Sealer
    archivist: Archivist
    stationery: Stationery
    postman: Postman
    sender: str
    minutes: Path
    sequence: Callable[[], object]
    checkpoint: Callable[[], LastCheckpoint]
    anchor: Callable[[datetime], bool]
    publish: Callable[[datetime], int]

    def close(self) -> None:
        """End the processes and connections."""
        self.renderer.close()
        self.postman.close()


@dataclass(frozen=True)
class Tools:
    """What every process holds. `trust` decides which signatories' certificates are accepted."""

    database: Database
    log: Log
    vault: Vault
    signer: Signer
    timestamps: Timestamps
    templates: Path
    base_url: str
    link_key: bytes
    code_key: bytes
    trust: Trust
    test_keys: bool
    keys: Path
    log_policy: Path
    now: Callable[[], datetime]
    workshop: Workshop | None = None
    endings: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """End processes, connections and files, the workshop's first."""
        if self.workshop is not None:
            self.workshop.close()
        for end in self.endings:
            end()
        self.database.close()

    @property
    def bench(self) -> Workshop:
        """Return the workshop; raises RuntimeError in a process that has none (the web)."""
        if self.workshop is None:
            raise RuntimeError("this process holds no seal and no renderer")
        return self.workshop

    def policy(self) -> Policy:
        """Return whom this deployment asks for cosignatures, read anew: its log's key, and the file if there is one.

        Raises InvalidPolicy or PolicyForeign for a file that says nothing of this log.
        """
        key = PublicKey.from_text((self.keys / "log.vkey").read_text("utf-8").strip())
        return load_policy(self.log_policy, key)

    def mark(self, ceremony: Ceremony) -> str:
        """Return what every page and PDF of the ceremony must say about itself; empty only for the real thing."""
        if self.test_keys or ceremony.nature is Nature.TEST:
            return MARK_TEST
        return MARK_REHEARSAL if ceremony.nature is Nature.REHEARSAL else ""
