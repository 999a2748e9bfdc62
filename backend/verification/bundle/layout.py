"""What lies where in an evidence bundle (`CEREMONY.asice`). Names only; who writes and who reads use the same ones.

ETSI EN 319 162-1 (ASiC-E). These names outlive every version of this program: new ones may come, none may change.
"""

import re

MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"
SUFFIX = ".asice"

MIMETYPE = "mimetype"
MANIFEST = "META-INF/ASiCManifest.xml"
TIMESTAMP = "META-INF/timestamp.tst"

EVENTS = "events.jsonl"
"""The leaves of the ceremony up to `minutes.sealed`, exact bytes, log order, one a line."""
INDEX = "events.idx"
"""The number in the log of each of those lines."""
SEAL_PROOF = "seal.tlog-proof"
"""That the last line of EVENTS stands in the log (c2sp.org/tlog-proof); its note carries the cosignatures."""
OPEN = "open.checkpoint"
SEAL = "seal.checkpoint"
"""The log's own notes that cover the opening and the seal, as they were stamped."""
RESPONSE = ".tsr"
"""Suffix of the timestamp over a checkpoint: an RFC 3161 token over exactly the bytes of that file."""
CONSISTENCY = "consistency.json"
"""`old`, `new`, `hashes`: that the log at SEAL extends the log at OPEN (RFC 6962 section 2.1.2)."""
LINK = "seal.consistency.json"
"""The same between SEAL and the checkpoint inside SEAL_PROOF, where these are not one and the same."""
ANCHORED = "open.anchored.json"
ANCHORED_PROOF = "open.anchored.tlog-proof"
"""The leaf in which the log recorded the timestamp over OPEN: whatever has a higher number came later."""
POLICY = "policy"
DISCLOSURES = "disclosures.jsonl"
README = "README.txt"
SCRIPT = "verify.sh"

DOCUMENTS = "documents/"
MINUTES = "documents/berita-acara.pdf"
RECEIPTS = "receipts/"
"""`<seq>.tlog-proof`: that the line of this number in INDEX stands there in the log; at least for the first one after
ANCHORED, on request for others. The other numbers of INDEX are told, not proved: their order is."""
LATER = "later/"
"""`<seq>.json` and `<seq>.tlog-proof`: leaves after the seal that belong to the evidence, such as erasures."""
CERTIFICATES = "certs/"
RECIPES = "recipes/"
"""Templates, layouts and fonts, packed, each under its SHA-256: what `prasasti regenerate` works with."""

REVISIONS = frozenset(f"prasasti.{kind}.v1" for kind in ("signature.signed", "document.completed", "document.archived"))
"""Events whose subject is a PDF that a party has signed: its newest one lies in DOCUMENTS."""

REQUIRED = (EVENTS, INDEX, SEAL_PROOF, OPEN, SEAL, CONSISTENCY, POLICY, DISCLOSURES, MINUTES)
KNOWN = frozenset({*REQUIRED, OPEN + RESPONSE, SEAL + RESPONSE, LINK, ANCHORED, ANCHORED_PROOF, README, SCRIPT})
PROOF = ".tlog-proof"
FOLDERS = {
    DOCUMENTS: (".pdf",),
    RECEIPTS: (PROOF,),
    LATER: (".json", PROOF),
    CERTIFICATES: (".pem",),
    RECIPES: (".zip",),
}
UNLISTED = frozenset({MIMETYPE, MANIFEST, TIMESTAMP})
"""The files that the manifest does not speak about: the container's own."""

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""How a file in a bundle may be named: nothing that climbs, hides, or means something to a shell."""


def is_known(name: str) -> bool:
    """Tell whether this version knows what a file of this name is for."""
    inside = any(name.startswith(folder) and name.endswith(suffixes) for folder, suffixes in FOLDERS.items())
    return name in KNOWN or inside


def media_type(name: str) -> str:
    """Return the media type under which the manifest lists a file."""
    types = {".pdf": "application/pdf", ".zip": "application/zip", ".json": "application/json"}
    return next((kind for suffix, kind in types.items() if name.endswith(suffix)), "application/octet-stream")
