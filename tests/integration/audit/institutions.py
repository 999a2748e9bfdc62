"""Other institutions around a deployment: cosigners in folders, reached without a network, and what may go wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backend import clock
from backend.audit import canonical, cosigning, reader
from backend.audit.cosigner import CosignerService
from backend.audit.policy import Cosigner, Policy
from backend.audit.posting import NoReply, Reply
from backend.audit.publishing import Publisher
from tests.integration.audit.deployment import Deployment, signed

START = clock.now().replace(microsecond=0)
Answering = Callable[[bytes], Reply | NoReply]


def honest(service: CosignerService) -> Answering:
    """Return how a cosigner answers that does what it should."""

    def answer(body: bytes) -> Reply:
        said = service.add_checkpoint(body)
        return Reply(said.status, said.media_type.partition(";")[0], said.text.encode())

    return answer


@dataclass
class Institutions:
    """Cosigners of one log by name. `answering` may be exchanged to let one of them lie; `sent` counts requests."""

    folder: Path
    deployment: Deployment
    needed: int = 1
    services: dict[str, CosignerService] = field(default_factory=dict)
    answering: dict[str, Answering] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=clock.now)

    def add(self, name: str) -> CosignerService:
        """Found one that trusts the deployment's log."""
        CosignerService.create(self.folder / name, f"penjaga.{name}.invalid").trust(self.deployment.vkey)
        self.services[name] = CosignerService(self.folder / name, lambda: self.at)
        self.answering[name] = honest(self.services[name])
        return self.services[name]

    @property
    def policy(self) -> Policy:
        """Return the policy that names all of them."""
        named = [Cosigner(name, one.key.public, f"https://{name}.invalid") for name, one in self.services.items()]
        return Policy.of(self.deployment.key.public, named, self.needed)

    def publisher(self) -> Publisher:
        """Return the worker's part, as after a restart."""
        return Publisher(self.deployment.database, self.deployment.log, self.policy, self.post)

    def run(self, publisher: Publisher, at: datetime) -> int:
        """Let the worker look at the moment `at`, which everybody's clock shows."""
        self.at = at
        return publisher.run(at)

    def post(self, requests: Sequence[tuple[str, bytes]]) -> list[Reply | NoReply]:
        """Carry requests to them."""
        names = [url.removeprefix("https://").partition(".")[0] for url, _ in requests]
        self.sent += names
        return [self.answering[name](body) for name, (_, body) in zip(names, requests, strict=True)]

    def standing(self) -> cosigning.Standing:
        """Return what the pages would show."""
        with self.deployment.database.reading() as session:
            return cosigning.standing(session, self.policy)

    def trouble(self, name: str) -> str | None:
        """Return what is wrong with one of them, as the pages would show it."""
        return next(one.trouble for one in self.standing().cosigners if one.name == name)


def grow(deployment: Deployment, count: int = 3) -> None:
    """Let something happen, numbered and under a checkpoint."""
    deployment.record(*(signed() for _ in range(count)))
    deployment.drain_and_sign()


def told(deployment: Deployment) -> list[tuple[str, str | None]]:
    """Return what the log tells of cosigning: (cosigner and kind, reason)."""
    deployment.drain_and_sign()
    with deployment.database.reading() as session:
        leaves = [canonical.parse(line.rstrip(b"\n")) for line in reader.export_jsonl(session)]
    return [
        (f"{e['data']['x']['cosigner'].split('.')[1]} {e['type'].split('.')[2]}", e["data"].get("reason"))
        for e in leaves
        if e["type"] in cosigning.OWN
    ]


def kept(deployment: Deployment) -> list[tuple[int, str]]:
    """Return size and institution of every cosignature that was stored."""
    return sorted((row[0], row[1].split(".")[1]) for row in deployment.rows("SELECT size, name FROM audit_cosignature"))
