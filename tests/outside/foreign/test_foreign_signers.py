"""Good files of other signers are not refused: EU DSS, PDFBox, @libpdf/core and others sign, EU DSS judges beside us.

They are built beforehand by `python -m tests.outside.foreign.prepare`; then a minute or two for the whole matrix.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from backend import clock
from tests.authority import running
from tests.needs import outside
from tests.outside.foreign.compare import Judged, by_dss, by_us, differences
from tests.outside.foreign.makers import Workshop, make
from tests.outside.foreign.matrix import Job, jobs
from tests.outside.foreign.people import people

pytestmark = [pytest.mark.needs("foreign-signers", "thorough"), pytest.mark.timeout(900)]

JOBS = jobs()


@dataclass(frozen=True)
class Made:
    """The files, what each maker said, the anchor, EU DSS's judgement, and when all that was."""

    workshop: Workshop
    said: dict[str, str]
    anchor: Path
    judged: dict[str, dict[str, Judged]]
    at: datetime


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    workshop = Workshop(outside(""), tmp_path_factory.mktemp("foreign"))
    keys = tmp_path_factory.mktemp("keys")
    with running(keys / "authority") as authority:
        said = make(JOBS, workshop, authority, people(authority.folder, keys))
    anchor = keys / "authority" / "root.pem"
    there = [job.name for job in JOBS if workshop.path(job.name).exists()]
    return Made(workshop, said, anchor, by_dss(workshop, anchor, there), clock.now())


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_a_foreign_signature_comes_out_as_eu_dss_judges_it(made: Made, job: Job) -> None:
    assert made.said[job.name] == "ok"
    ours = by_us(made.workshop, made.anchor, job.name, made.at)
    assert ours
    assert differences(job.name, ours, made.judged[job.name]) == []


@pytest.mark.parametrize("job", [job for job in JOBS if job.level in {"B-LT", "B-LTA"}], ids=lambda job: job.name)
def test_a_signature_that_brings_its_proofs_passes(made: Made, job: Job) -> None:
    """The newest one: pyHanko brings no proofs for the signatures of others before its own."""
    assert by_us(made.workshop, made.anchor, job.name, made.at)[-1].verdict == "passed"


@pytest.mark.parametrize("job", [job for job in JOBS if job.level in {"B-LT", "B-LTA"}], ids=lambda job: job.name)
def test_a_baseline_level_is_named_as_eu_dss_names_it(made: Made, job: Job) -> None:
    for one in by_us(made.workshop, made.anchor, job.name, made.at):
        theirs = made.judged[job.name][one.field].level
        assert one.level == (f"B-{theirs.rpartition('-')[2]}" if "BASELINE" in theirs else "none")
