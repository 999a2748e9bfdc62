"""The files of an evidence bundle, by where they come from: the log, the vault, the deployment. Changes nothing."""

import json
import re
import string
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import rfc8785
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlmodel import Session

from backend import regions
from backend.audit import cosigning, excerpt
from backend.audit.checkpoint import PublicKey
from backend.audit.excerpt import Excerpt, Leaf, Stamped, Step
from backend.audit.note import b64
from backend.ceremonies import permissions, store
from backend.ceremonies.ceremony import Ceremony
from backend.ceremonies.document import Document
from backend.ceremonies.tools import Tools
from backend.documents.asic import Part
from backend.people.person import Account
from backend.verification.bundle import layout

File = tuple[str, bytes]
FOLDER = "evidence"


def of_log(found: Excerpt) -> Iterator[File]:
    """Yield events, their numbers, and what proves them."""
    yield layout.EVENTS, b"".join(leaf.body + b"\n" for leaf in found.leaves)
    yield layout.INDEX, "".join(f"{leaf.seq}\n" for leaf in found.leaves).encode()
    yield layout.SEAL_PROOF, found.proof.to_text().encode()
    yield from _checkpoint(layout.OPEN, found.opened)
    yield from _checkpoint(layout.SEAL, found.sealed)
    yield layout.CONSISTENCY, _step(found.steps[0])
    if found.steps[1].old != found.steps[1].new:
        yield layout.LINK, _step(found.steps[1])
    if found.anchored:
        leaf, proof = found.anchored
        yield layout.ANCHORED, leaf.body
        yield layout.ANCHORED_PROOF, proof.to_text().encode()
    if found.after:
        leaf, proof = found.after
        yield f"{layout.RECEIPTS}{leaf.seq}{layout.PROOF}", proof.to_text().encode()


def of_later(found: Excerpt, session: Session) -> Iterator[File]:
    """Yield what happened after the seal and belongs to the evidence, each with its proof."""
    for leaf, proof in excerpt.receipts(session, list(found.later)):
        yield f"{layout.LATER}{leaf.seq}.json", leaf.body
        yield f"{layout.LATER}{leaf.seq}{layout.PROOF}", proof.to_text().encode()


def of_disclosures(tools: Tools, session: Session, found: Excerpt, account: Account) -> File:
    """Return the personal values that this account may hand out; the rest stays a digest."""
    shown = permissions.fields_in_evidence(account)
    disclosed: dict[UUID, Any] = {}
    for start in range(0, len(found.leaves), 500):
        disclosed |= tools.log.disclosed(session, [leaf.id for leaf in found.leaves[start : start + 500]])
    lines = [
        rfc8785.dumps({"event": str(leaf.id), "disclosure": one.text}) + b"\n"
        for leaf in found.leaves
        for one in disclosed.get(leaf.id, ())
        if one.field in shown
    ]
    return layout.DISCLOSURES, b"".join(lines)


def of_deployment(tools: Tools, ceremony: Ceremony, found: Excerpt) -> Iterator[File]:
    """Yield copies for orientation (policy, certificates of the stamps), how to check, and the script that checks."""
    yield layout.POLICY, _policy(tools).encode()
    for number, certificate in enumerate(_certificates(found), start=1):
        yield f"{layout.CERTIFICATES}stempel-waktu-{number}.pem", certificate
    folder = tools.templates.parent / FOLDER
    readme = string.Template((folder / layout.README).read_text("utf-8"))
    facts = {"title": " ".join(ceremony.title.split()), "ceremony": ceremony.id, "mark": tools.mark(ceremony)}
    yield layout.README, readme.substitute(facts).encode()
    yield layout.SCRIPT, (folder / layout.SCRIPT).read_bytes()


def of_vault(tools: Tools, session: Session, ceremony: Ceremony, found: Excerpt) -> Iterator[Part]:
    """Yield the PDFs that the events name, and the recipes of those documents; raises VaultMissing.

    What was signed by a party goes along also where it was never completed.
    """
    documents = {document.id: document for document in store.documents_of(session, ceremony.id)}
    recipes: set[str] = set()
    for document_id, sha256 in newest_files(found.leaves).items():
        document = documents.get(document_id)
        if document is None:
            continue
        if document.recipe_sha256:
            recipes.add(document.recipe_sha256)
        yield _stored(tools, f"{layout.DOCUMENTS}{_plain(document)}.pdf", sha256)
    yield _stored(tools, layout.MINUTES, ceremony.minutes_sha256 or "")
    for sha256 in sorted(recipes):
        yield _stored(tools, f"{layout.RECIPES}{sha256}.zip", sha256)


def newest_files(leaves: Sequence[Leaf]) -> dict[UUID, str]:
    """Return the SHA-256 of each document's newest revision, for the documents that a party has signed."""
    signed: dict[UUID, str] = {}
    for leaf in leaves:
        envelope = json.loads(leaf.body)
        _, _, document = envelope.get("subject", "").partition("document/")
        about = envelope["data"].get("object", {})
        if document and about.get("kind") == "pdf" and leaf.type in layout.REVISIONS:
            signed[UUID(document)] = about["sha256"]
    return signed


def _stored(tools: Tools, name: str, sha256: str) -> Part:
    size = tools.vault.size(sha256)
    return Part(name, sha256, size, layout.media_type(name), partial(tools.vault.get, sha256))


def _plain(document: Document) -> str:
    name = regions.by_code(document.region).full_name
    return f"{document.region}-{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')}"


def _checkpoint(name: str, stamped: Stamped) -> Iterator[File]:
    yield name, stamped.note.encode()
    if stamped.tsr is not None:
        yield name + layout.RESPONSE, stamped.tsr


def _step(step: Step) -> bytes:
    """Return a consistency proof as JSON, a hash a line, so that a shell can read it."""
    told = {"old": step.old, "new": step.new, "hashes": [b64(digest) for digest in step.hashes]}
    return json.dumps(told, indent=0).encode() + b"\n"


def _policy(tools: Tools) -> str:
    key = PublicKey.from_text((tools.keys / "log.vkey").read_text("utf-8"))
    return cosigning.load_policy(tools.log_policy, key).to_text()


def _certificates(found: Excerpt) -> list[bytes]:
    """Return the certificates inside the stamps (PEM), each once."""
    seen: dict[bytes, None] = {}
    for stamped in (found.opened, found.sealed):
        if stamped.tsr is not None:
            signed = tsp.TimeStampResp.load(stamped.tsr)["time_stamp_token"]["content"]
            seen |= dict.fromkeys(choice.chosen.dump() for choice in signed["certificates"])
    return [x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in seen]
