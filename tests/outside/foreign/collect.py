"""Writes the small set of foreign files that everybody's tests check: python -m tests.outside.foreign.collect.

Run by hand when the matrix changes; it needs Java, Maven, Node and npm (see README.md).
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from backend import clock
from backend.clock import to_text
from tests.authority import running
from tests.needs import outside
from tests.outside.foreign.compare import by_dss
from tests.outside.foreign.makers import Workshop, make
from tests.outside.foreign.matrix import Job, jobs
from tests.outside.foreign.people import people

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "tests" / "unit" / "verification" / "foreign"
CHOSEN = (
    *(
        f"{maker}-{level}-classic-ada-p256"
        for maker in ("dss", "libpdf", "pyhanko")
        for level in ("B-B", "B-T", "B-LT", "B-LTA")
    ),
    "dss-B-LT-linear-ada-rsa-certify",
    "dss-B-LTA-pdf2-baru-p256-certify",
    "pdfbox-B-B-packed-baru-rsa-visible",
    "pdfbox-B-T-classic-baru-p384-visible-certify",
    "pdfbox-adbe.pkcs7.detached",
    "pdfbox-adbe.pkcs7.sha1",
    "pdfbox-archive",
    "pdfbox-archive-stamped",
    "pdfbox-bare",
    "pdfbox-ber-stamped",
    "pdfbox-ed25519",
    "pdfbox-ess1",
    "pdfbox-pss",
    "pdfbox-SHA1",
    "pdfbox-locked",
    "openpdf-sha1-visible",
    "openpdf-x509",
    "signpdf-plain",
    "signpdf-pdf-lib",
    "pdfbox-B-T-linear-ada-rsa-certify+extended-lta",
    "dss-B-B-classic-ada-p256+libpdf",
    "libpdf-B-LTA-classic-ada-p256+dss-lta",
    "pyhanko-B-LTA-classic-ada-p256+libpdf-lta",
)


def main() -> None:
    """Make all, judge all by EU DSS, keep the chosen ones with what it says of them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        workshop = Workshop(outside(""), folder)
        workshop.build()
        with running(folder / "authority") as authority:
            made = make(_needed(), workshop, authority, people(authority.folder, folder))
        missing = {name: made.get(name) for name in CHOSEN if made.get(name) != "ok"}
        if missing:
            raise SystemExit(str(missing))
        anchor = folder / "authority" / "root.pem"
        judged = by_dss(workshop, anchor, CHOSEN)
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir()
        shutil.copy(anchor, KEPT / "root.pem")
        for name in CHOSEN:
            shutil.copy(workshop.path(name), KEPT)
        files: dict[str, Any] = {
            name: {field: vars(said) for field, said in judged[name].items()} for name in sorted(CHOSEN)
        }
        told = {"at": to_text(clock.now()), "judge": "EU DSS 6.4, offline, with root.pem", "files": files}
        (KEPT / "expected.json").write_text(json.dumps(told, indent=1) + "\n")


def _needed() -> list[Job]:
    """Return the chosen jobs and those that they extend, in their order."""
    known = {job.name: job for job in jobs()}
    wanted: set[str] = set()
    for name in CHOSEN:
        while name in known and name not in wanted:
            wanted.add(name)
            name = known[name].base  # noqa: PLW2901  because it climbs down to the plain file
    return [job for job in jobs() if job.name in wanted]


if __name__ == "__main__":
    main()
