"""One sealed ceremony whose evidence tests take apart, forge and put together again, stamped like the real one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.audit.policy import Policy
from backend.ceremonies.actions import export, seal_minutes
from backend.clock import now
from backend.documents import asic
from backend.people.person import Account
from backend.verification.bundle import container, layout
from backend.verification.bundle.examine import Examination, examine
from backend.verification.bundle.findings import Point, Result
from backend.verification.trust import Anchors, from_files
from backend.verification.verdict import Verdict
from tests.integration.ceremonies.stage import Stage

RECIPIENT, REASON = "Auditor Rekaan, Badan Pemeriksa Rekaan", "Pemeriksaan rekaan"
Files = dict[str, bytes]


def seal(on: Stage, regions: int = 1) -> None:
    """Play a ceremony to its sealed minutes, with the log numbered, signed and stamped at opening and seal."""
    on.open(regions)
    stamp(on)
    on.complete(*on.documents())
    on.close()
    on.work()
    seal_minutes.request_minutes(on.tools, on.account, on.ceremony)
    on.work()
    stamp(on)


def stamp(on: Stage) -> None:
    """Do once what the worker does all the time: number, sign, stamp, and number the record of the stamp."""
    on.tools.bench.sequence()
    on.tools.bench.anchor(on.tools.now())
    on.tools.bench.sequence()


def take(on: Stage, account: Account | None = None) -> bytes:
    """Return the evidence of the stage's ceremony."""
    bundle = export.export(on.tools, account or on.account, on.ceremony, RECIPIENT, REASON)
    data = b"".join(bundle.chunks)
    assert len(data) == bundle.length
    return data


@dataclass(frozen=True)
class Kit:
    """The evidence as exported, and what an auditor keeps: his policy and his root. `stamped` makes a real token."""

    data: bytes
    policy: Policy
    root: Path
    stamped: Callable[[bytes], bytes]
    folder: Path

    @property
    def anchors(self) -> Anchors:
        """Return what the auditor believes about certificates."""
        return from_files([self.root])

    def files(self) -> Files:
        """Return everything that the manifest lists, by name in the order of the container."""
        path = self.write(self.data)
        found = container.read(path)
        with path.open("rb") as file:
            read = {name: b"".join(container.pieces(file, entry)) for name, entry in found.entries.items()}
        return {name: content for name, content in read.items() if name not in layout.UNLISTED}

    def write(self, data: bytes) -> Path:
        """Write a container to a file."""
        path = self.folder / "bukti.asice"
        path.write_bytes(data)
        return path

    def forged(self, files: Mapping[str, bytes], *, stamped: bool = True) -> bytes:
        """Return a container over files, its manifest made anew and stamped by the same authority: a careful forger."""
        parts = [asic.part(name, content) for name, content in files.items()]
        manifest = asic.manifest(parts, layout.TIMESTAMP)
        parts.append(asic.part(layout.MANIFEST, manifest))
        if stamped:
            parts.append(asic.part(layout.TIMESTAMP, self.stamped(manifest)))
        return b"".join(asic.stream(layout.MEDIA_TYPE, parts))

    def examine(self, data: bytes, policy: Policy | None = None) -> Examination:
        """Return what our verifier says of a container, without the signatures inside the PDFs."""
        return examine(self.write(data), policy or self.policy, self.anchors, now())


def told(examination: Examination) -> dict[Point, Result]:
    """Return the results by point."""
    return {result.point: result for result in examination.results}


def wrong(examination: Examination) -> dict[str, set[str]]:
    """Return the points that do not hold, with the codes of what was found."""
    return {
        str(result.point): {str(finding.code) for finding in result.findings}
        for result in examination.results
        if result.verdict is not Verdict.PASSED
    }


def lines(*bodies: bytes) -> bytes:
    """Return events as the file of events holds them."""
    return b"".join(body + b"\n" for body in bodies)


def flipped(data: bytes, places: Iterable[int]) -> bytes:
    """Return bytes with single bits turned."""
    changed = bytearray(data)
    for place in places:
        changed[place // 8 % len(changed)] ^= 1 << place % 8
    return bytes(changed)
