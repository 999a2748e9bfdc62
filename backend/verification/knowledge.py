"""What our own log can say of a file, handed in from outside: verification asks no database and no server."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import Refusal


class BadLogExport(Refusal):
    """A file given as an export of the log is none."""

    code = "bad-log-export"
    message = "Berkas ekspor rekam jejak %(file)s tidak dapat dibaca."
    remedy = "Berikan berkas ekspor rekam jejak: satu entri JSON pada setiap baris."


@dataclass(frozen=True)
class LogKnowledge:
    """What the log knows of one file, or of the recorded revision with which it begins.

    `recorded`: the file's SHA-256 is that of a recorded revision. `expected`: for a document the log knows, the SHA-256
    of the certificate (hex) that each field may be signed with, empty where it is not known yet; None where the log
    expects nobody in particular. `signers`: the certificates with which a completed document was signed, in any field.
    """

    recorded: bool
    expected: Mapping[str, str] | None = None
    signers: frozenset[str] | None = None

    def expects(self, field: str, certificate: str) -> bool:
        """Tell whether this certificate (SHA-256, hex) may have signed this field, as far as the log can tell."""
        named = self.expected is None or self.expected.get(field) in ("", certificate)
        return named and (self.signers is None or certificate in self.signers)


KnownToLog = Callable[[bytes], LogKnowledge | None]
END = re.compile(rb"%%EOF(\r\n|\r|\n)?")
MOST_ENDS = 64
SIGNED = frozenset({"prasasti.document.frozen.v1", "prasasti.signature.signed.v1"})
COMPLETED = "prasasti.document.completed.v1"


def beginnings(pdf: bytes) -> Iterator[str]:
    """Yield the SHA-256 of everything up to each end-of-file marker, with and without the line end after it.

    A revision that somebody extended is among them: nobody can begin with a revision who does not hold it.
    """
    digest, done = hashlib.sha256(), 0
    view = memoryview(pdf)
    for count, end in enumerate(END.finditer(pdf)):
        if count == MOST_ENDS:
            return
        for place in dict.fromkeys((end.start() + len(b"%%EOF"), end.end())):
            digest.update(view[done:place])
            done = place
            yield digest.hexdigest()


class _Export:
    """The entries of an exported log, as far as they are about files and who signed them."""

    def __init__(self) -> None:
        self.documents: dict[str, str | None] = {}
        self.signers: dict[str, set[str]] = defaultdict(set)
        self.completed: set[str] = set()

    def add(self, entry: dict[str, Any]) -> None:
        """Keep one event; raises KeyError, TypeError or AttributeError where it is none."""
        data, kind, document = entry["data"], entry.get("type"), entry.get("subject")
        subject = data.get("object") or {}
        if subject.get("kind", "pdf") == "pdf" and subject.get("sha256"):
            self.documents.setdefault(
                str(subject["sha256"]).lower(), document if kind in {*SIGNED, COMPLETED} else None
            )
        if document and kind in SIGNED:
            self.signers[document].add(str(data["x"]["certificate_sha256"]).lower())
        if document and kind == COMPLETED:
            self.completed.add(document)

    def knowledge(self, pdf: bytes) -> LogKnowledge:
        """Return what is known of a file: itself, or the longest of its beginnings that was recorded."""
        if hashlib.sha256(pdf).hexdigest() in self.documents:
            return LogKnowledge(recorded=True)
        begun = next((one for one in reversed(list(beginnings(pdf))) if self.documents.get(one)), None)
        document = self.documents[begun] if begun else None
        known = document is not None and document in self.completed
        return LogKnowledge(recorded=False, signers=frozenset(self.signers[document]) if document and known else None)


def from_export(path: Path) -> KnownToLog:
    """Return what an export of the log knows: one leaf body (event) a line, `data.object.sha256` of kind pdf.

    Raises BadLogExport. The export is believed as given; `prasasti log verify` is what proves it.
    """
    export = _Export()
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    export.add(json.loads(line))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLogExport(file=str(path)) from error
    return export.knowledge
