"""What `prasasti verify`, run as a process of its own, says about the collected files, and the table that tells it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.server import Deployment, ServerFailed

_UNDERSTOOD = range(5)
# Of levels of signatures the lowest speaks for the file.
_LEVELS = ("none", "B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Verdict:
    """One file: its verdict, the reasons, who signed (not the seal), and the lowest level reached."""

    file: Path
    verdict: str
    reasons: tuple[str, ...]
    signers: tuple[str, ...]
    level: str

    @property
    def passed(self) -> bool:
        """Tell whether the file verifies."""
        return self.verdict == "passed"


def verify(deployment: Deployment, files: list[Path], trust: Path) -> list[Verdict]:
    """Return a verdict for each file, in their order; raises ServerFailed when the command gives no judgement."""
    done = deployment.command("verify", "--json", "--trust", str(trust), *map(str, files))
    if done.returncode not in _UNDERSTOOD:
        raise ServerFailed(f"prasasti verify ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}")
    found = [_verdict(entry) for entry in json.loads(done.stdout)]
    if len(found) != len(files):
        raise ServerFailed(f"prasasti verify judged {len(found)} of {len(files)} files")
    return found


def _verdict(entry: dict[str, Any]) -> Verdict:
    kept = [signature for signature in entry["signatures"] if signature["kind"] != "timestamp"]
    levels = [signature["level"] or "none" for signature in kept]
    return Verdict(
        file=Path(entry["file"]),
        verdict=entry["verdict"],
        reasons=tuple(entry["reasons"]),
        signers=tuple(signature["signer"] for signature in kept if signature["kind"] == "signature"),
        level=min(levels, key=_LEVELS.index, default="none"),
    )


def show(console: Console, documents: list[dict[str, Any]], verdicts: list[Verdict]) -> None:
    """Print one table: region, number, signers, level reached, verdict."""
    table = Table(title="Documents, as prasasti verify judges them", title_justify="left")
    for heading in ("Region", "Document number", "Signers", "Level", "Verdict"):
        table.add_column(heading, overflow="fold")
    for document, verdict in zip(documents, verdicts, strict=True):
        said = " ".join((verdict.verdict, *verdict.reasons))
        table.add_row(
            str(document["region_name"]), str(document["number"]), "\n".join(verdict.signers), verdict.level, said
        )
    console.print(table)
