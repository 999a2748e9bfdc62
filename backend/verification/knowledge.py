"""What our own log can say of a file, handed in from outside: verification asks no database and no server."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.errors import Refusal


class BadLogExport(Refusal):
    """A file given as an export of the log is none."""

    code = "bad-log-export"
    message = "Berkas ekspor rekam jejak %(file)s tidak dapat dibaca."
    remedy = "Berikan berkas ekspor rekam jejak: satu entri JSON pada setiap baris."


@dataclass(frozen=True)
class LogKnowledge:
    """What the log knows of one file.

    `recorded`: its SHA-256 is that of a recorded revision. `expected`: for a document the log knows, the SHA-256 of
    the certificate (hex) that each field may be signed with; None where the log expects nobody in particular.
    """

    recorded: bool
    expected: Mapping[str, str] | None = None


KnownToLog = Callable[[str], LogKnowledge | None]


def from_export(path: Path) -> KnownToLog:
    """Return what an export of the log knows: one leaf body (event) a line, `data.object.sha256` of kind pdf.

    Raises BadLogExport. The export is believed as given; `prasasti log verify` is what proves it.
    """
    recorded: set[str] = set()
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    subject = json.loads(line)["data"].get("object") or {}
                    if subject.get("kind", "pdf") == "pdf" and subject.get("sha256"):
                        recorded.add(str(subject["sha256"]).lower())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLogExport(file=str(path)) from error
    return lambda sha256: LogKnowledge(recorded=sha256 in recorded)
