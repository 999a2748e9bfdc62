"""`prasasti verify` over many files: a table that opens safely, progress for who looks on, and an early end."""

import csv
import dataclasses
import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.verification.command import Order, run
from backend.verification.output import COLUMNS, Csv, JsonArray
from backend.verification.report import Report, SignatureReport
from backend.verification.verdict import Reason, Verdict
from tests.unit.verification.conftest import World


class Terminal(io.StringIO):
    """A stream on which somebody looks on."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("banyak")
    for number in range(6):
        (made / f"{number}.pdf").write_bytes(world.files["archived"])
    (made / "9.pdf").write_bytes(world.files["plain"])
    (made / "trust.pem").write_bytes(world.pki.root.pem)
    return made


def _order(folder: Path, form: str = "lines") -> Order:
    return Order(paths=[folder], trust=[folder / "trust.pem"], form=form, language="en")


def test_a_table_has_a_row_for_each_file_and_says_what_the_json_says(folder: Path) -> None:
    out = io.StringIO()
    assert run(_order(folder, "csv"), out, io.StringIO()) == 3
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["verdict"] for row in rows] == ["passed"] * 6 + ["unsigned"]
    assert (rows[0]["signatures"], rows[0]["timestamps"], rows[0]["levels"]) == ("2", "1", "B-LTA")
    assert rows[0]["signers"] == "Rr. Contoh Wulandari; Contoh Hartono"


def test_nothing_in_a_table_is_taken_for_a_formula() -> None:
    out = io.StringIO()
    table = Csv(out, "id")
    found = SignatureReport(field="x", signer='=HYPERLINK("http://contoh.invalid")', reasons=(Reason.ISSUER_UNKNOWN,))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    report = Report(sha256="00", verdict=Verdict.INDETERMINATE, checked_at=at, signatures=(found,))
    table.write("+cmd\n.pdf", report)
    row = next(csv.DictReader(io.StringIO(out.getvalue())))
    assert (row["file"], row["signers"]) == ("'+cmd\\n.pdf", '\'=HYPERLINK("http://contoh.invalid")')
    assert set(row) == set(COLUMNS)


def test_many_files_are_summed_up_beside_the_results(folder: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    run(_order(folder), out, err)
    assert err.getvalue() == "7 files: 6 Passed the check, 1 Not signed\n"
    assert len(out.getvalue().splitlines()) == 7


def test_on_a_terminal_one_line_tells_how_far_it_is_and_goes_away(folder: Path) -> None:
    err = Terminal()
    run(_order(folder), io.StringIO(), err)
    told = err.getvalue().split("\r")
    assert "7 of 7 files, about 0 seconds left\x1b[K" in told
    assert told[-1].startswith("\x1b[K7 files: ")


def test_an_array_without_elements_is_still_json() -> None:
    out = io.StringIO()
    JsonArray(out, "id").end()
    assert out.getvalue() == "[]\n"


def test_an_interrupted_check_tells_what_it_found(folder: Path, world: World, tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number:03}.pdf").write_bytes(world.files["archived"] + b"\n" * number)
    command = [sys.executable, "-m", "backend.verification", "--json", str(tmp_path), "--trust"]
    running = subprocess.Popen(
        [*command, str(folder / "trust.pem")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    first = running.stdout.readline() + running.stdout.readline()
    time.sleep(0.2)
    os.kill(running.pid, signal.SIGINT)
    rest, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert (first + rest).strip().endswith("]")
    assert "dari 400 berkas" in told
    assert "Traceback" not in told


def test_a_reader_who_leaves_is_no_fault_of_ours(folder: Path) -> None:
    command = f"{sys.executable} -m backend.verification {folder} --trust {folder / 'trust.pem'} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_an_evidence_bundle_is_checked_alone(folder: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "seremoni.asice"
    bundle.write_bytes(b"PK\3\4 not much of a bundle")
    err = io.StringIO()
    assert run(Order(paths=[bundle, folder]), io.StringIO(), err) == 64
    assert run(Order(paths=[bundle], form="csv"), io.StringIO(), err) == 64
    assert err.getvalue().count("diperiksa tersendiri") == 2
    out = io.StringIO()
    assert run(Order(paths=[bundle], trust=[folder / "trust.pem"]), out, err) == 4
    assert out.getvalue().startswith(f"{bundle}: ")


def test_a_container_that_is_called_a_pdf_spoils_no_list(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"PK\3\4")
    out = io.StringIO()
    assert run(Order(paths=[tmp_path / "a.pdf", folder / "9.pdf"]), out, io.StringIO()) == 3
    assert "(not-a-pdf)" in out.getvalue().splitlines()[0]


def test_each_file_gets_an_etsi_report_that_is_named_after_it(folder: Path, tmp_path: Path) -> None:
    order = dataclasses.replace(_order(folder), xml=tmp_path / "laporan")
    assert run(order, io.StringIO(), io.StringIO()) == 3
    made = sorted(path.name for path in (tmp_path / "laporan").iterdir())
    assert len(made) == 7
    assert made[0].startswith("0-")
    assert b"urn:etsi:019102:mainindication:total-passed" in (tmp_path / "laporan" / made[0]).read_bytes()


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_checked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    out, err = io.StringIO(), io.StringIO()
    assert run(dataclasses.replace(_order(folder), xml=tmp_path / "berkas"), out, err) == 64
    assert out.getvalue() == ""
    assert "Reports cannot be written" in err.getvalue()
