"""Runs the foreign signers over a list of jobs: Java and Node programs, built on first use, and pyHanko in here."""

import asyncio
import io
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import aiohttp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from tests.authority import Authority
from tests.outside.foreign.bases import bases
from tests.outside.foreign.matrix import Job
from tests.outside.foreign.people import PASSPHRASE, Person

HERE = Path(__file__).parent
IN_JAVA, IN_NODE = frozenset({"dss", "pdfbox", "openpdf"}), frozenset({"libpdf", "signpdf"})
NEW, BOX = "Baru", (72, 600, 272, 650)


class Unbuilt(Exception):
    """The programs could not be built: their libraries could not be fetched, or our source does not fit them."""


@dataclass(frozen=True)
class Workshop:
    """Where the programs are built, once, and where the files lie."""

    built: Path
    folder: Path

    def build(self) -> None:
        """Build the Java programs and fetch the Node packages; what is there already is kept. Raises Unbuilt."""
        java, node = self.built / "java", self.built / "node"
        if not (java / "lib").exists():
            _run("mvn", "-q", "-B", "-ntp", "-f", str(HERE / "java" / "pom.xml"), f"-DbuildDirectory={java}", "package")
        if not (node / "node_modules").exists():
            shutil.copytree(HERE / "node", node, dirs_exist_ok=True)
            _run("npm", "ci", "--no-audit", "--no-fund", "--prefix", str(node))

    def java(self, program: str, *arguments: str) -> list[list[str]]:
        """Run one of the Java programs; return the columns of its lines."""
        built = self.built / "java"
        return _run("java", "-cp", f"{built / 'foreign-1.jar'}{os.pathsep}{built / 'lib' / '*'}", program, *arguments)

    def node(self, listed: Path) -> list[list[str]]:
        """Run the Node program over a list of jobs."""
        node = self.built / "node"
        shutil.copy(HERE / "node" / "sign.mjs", node)
        return _run("node", str(node / "sign.mjs"), str(listed))

    def path(self, name: str) -> Path:
        """Return the file of a job or a base."""
        return self.folder / f"{name}.pdf"


def _run(*command: str) -> list[list[str]]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unbuilt(f"{command[0]}: {(done.stdout + done.stderr)[-600:]}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def make(jobs: Iterable[Job], workshop: Workshop, authority: Authority, people: dict[str, Person]) -> dict[str, str]:
    """Make all files; return by job what its maker said: `ok`, or why it could not."""
    for name, pdf in bases().items():
        workshop.path(name).write_bytes(pdf)
    said: dict[str, str] = {}
    waiting = list(jobs)
    while waiting:
        ready = [job for job in waiting if workshop.path(job.base).exists()]
        if not ready:
            return said | {job.name: f"{job.base} was not made" for job in waiting}
        for language, group in groupby(sorted(ready, key=_language), key=_language):
            said |= _round(language, list(group), workshop, authority, people)
        waiting = [job for job in waiting if job not in ready]
    return said


def _language(job: Job) -> str:
    return "java" if job.maker in IN_JAVA else "node" if job.maker in IN_NODE else "python"


def _round(
    language: str, jobs: list[Job], workshop: Workshop, authority: Authority, people: dict[str, Person]
) -> dict[str, str]:
    if language == "python":
        return {job.name: asyncio.run(_by_pyhanko(job, workshop, authority, people[job.key])) for job in jobs}
    listed = workshop.folder / f"{language}.jobs"
    listed.write_text("".join(_line(job, workshop, authority, people[job.key]) for job in jobs))
    rows = workshop.java("Sign", str(listed)) if language == "java" else workshop.node(listed)
    said = {row[0]: row[1] for row in rows}
    for job in jobs:
        if said.get(job.name) != "ok":
            workshop.path(job.name).unlink(missing_ok=True)
    return said


def _line(job: Job, workshop: Workshop, authority: Authority, person: Person) -> str:
    address = f"http://127.0.0.1:{authority.port}"
    values = {
        "name": job.name,
        "maker": job.maker,
        "in": str(workshop.path(job.base)),
        "out": str(workshop.path(job.name)),
        "p12": str(person.alone if job.maker == "signpdf" else person.p12),
        "passphrase": PASSPHRASE,
        "root": str(authority.folder / "root.pem"),
        "level": job.level,
        "field": job.field,
        "format": job.format,
        "tsa": f"{address}/tsa",
        "ocsp": f"{address}/ocsp",
        "crl": f"{address}/crl/root.crl",
        **dict.fromkeys(job.more, "yes"),
        **job.values,
    }
    return "\t".join(f"{key}={value}" for key, value in values.items()) + "\n"


async def _by_pyhanko(job: Job, workshop: Workshop, authority: Authority, person: Person) -> str:
    root = load_cert_from_pemder(str(authority.folder / "root.pem"))
    async with aiohttp.ClientSession() as session:
        backend = AIOHttpFetcherBackend(session)
        context = ValidationContext([root], allow_fetching=True, revocation_mode="require", fetcher_backend=backend)
        stamper = HTTPTimeStamper(f"http://127.0.0.1:{authority.port}/tsa", session=session)
        signer = signers.SimpleSigner.load_pkcs12(str(person.p12), passphrase=PASSPHRASE.encode())
        out = io.BytesIO()
        await signers.PdfSigner(
            _meta(job, context),
            signer,
            timestamper=None if job.level == "B-B" else stamper,
            new_field_spec=None if job.field else fields.SigFieldSpec(NEW, box=BOX if "visible" in job.more else None),
        ).async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(workshop.path(job.base).read_bytes())),
            existing_fields_only=bool(job.field),
            output=out,
        )
    workshop.path(job.name).write_bytes(out.getvalue())
    return "ok"


def _meta(job: Job, context: ValidationContext) -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=job.field or NEW,
        certify="certify" in job.more,
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=job.level in {"B-LT", "B-LTA"},
        use_pades_lta=job.level == "B-LTA",
        validation_context=context,
    )
