"""`prasasti verify`: order, lines, JSON and exit status, through the real pool of processes."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.verification.command import Order, run, status
from backend.verification.knowledge import BadLogExport, from_export
from backend.verification.verdict import Verdict
from tests.unit.verification.conftest import World


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("naskah")
    (made / "b").mkdir()
    (made / "b" / "lengkap.pdf").write_bytes(world.files["archived"])
    (made / "a.pdf").write_bytes(world.files["basic"])
    (made / "c.pdf").write_bytes(world.files["plain"])
    (made / "bukan.txt").write_bytes(b"halo")
    (made / "trust.pem").write_bytes(world.pki.root.pem)
    return made


def _run(folder: Path, paths: Sequence[Path], *, json: bool = False, language: str = "id") -> tuple[int, str]:
    out = io.StringIO()
    order = Order(paths=paths, trust=[folder / "trust.pem"], form="json" if json else "lines", language=language)
    code = run(order, out, sys.stderr)
    return code, out.getvalue()


def test_a_folder_is_read_recursively_in_order_and_only_for_pdfs(folder: Path) -> None:
    code, said = _run(folder, [folder])
    lines = said.splitlines()
    assert code == 2
    assert [line.split(": ")[0] for line in lines] == [
        str(folder / name) for name in ("a.pdf", "b/lengkap.pdf", "c.pdf")
    ]
    assert lines[1].endswith("Lulus pemeriksaan · B-LTA")
    assert "Tidak bertanda tangan" in lines[2]


def test_files_keep_the_order_given_and_json_is_one_array(folder: Path) -> None:
    code, said = _run(folder, [folder / "c.pdf", folder / "b" / "lengkap.pdf"], json=True)
    found = json.loads(said)
    assert code == 3
    assert [one["file"] for one in found] == [str(folder / "c.pdf"), str(folder / "b" / "lengkap.pdf")]
    assert [one["verdict"] for one in found] == ["unsigned", "passed"]
    assert found[1]["signatures"][1]["anchor_class"] == "other"


def test_english_is_spoken_on_request(folder: Path) -> None:
    _, said = _run(folder, [folder / "a.pdf"], language="en")
    assert "Cannot be determined" in said
    assert "no valid proof" in said


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["passed", "passed"], 0),
        (["passed", "unreadable", "unsigned", "indeterminate", "failed"], 1),
        (["unreadable", "unsigned", "indeterminate"], 2),
        (["unreadable", "unsigned", "passed"], 3),
        (["unreadable", "passed"], 4),
    ],
)
def test_the_exit_status_is_the_worst_that_counts(verdicts: list[str], expected: int) -> None:
    assert status(Verdict(one) for one in verdicts) == expected


def test_a_missing_path_an_empty_folder_and_a_bad_anchor_are_usage_errors(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(folder, [tmp_path / "tiada.pdf"])[0] == 64
    assert _run(folder, [tmp_path])[0] == 64
    assert _run(folder, [])[0] == 64
    order = Order(paths=[folder / "a.pdf"], trust=[folder / "bukan.txt"])
    assert run(order, io.StringIO(), sys.stderr) == 64
    assert "tiada.pdf" in capsys.readouterr().err


def test_without_anchors_of_ones_own_the_shipped_ones_are_used_and_none_is_confirmed(folder: Path) -> None:
    out = io.StringIO()
    assert run(Order(paths=[folder / "b"]), out, sys.stderr) == 2
    assert "issuer-unknown" in out.getvalue()


def test_the_module_is_a_command_and_imports_no_server(folder: Path) -> None:
    program = (
        "import sys; from backend.verification.__main__ import main; "
        f"sys.argv = ['x', {str(folder / 'b')!r}, '--trust', {str(folder / 'trust.pem')!r}]; code = main(); "
        "alien = {'fastapi', 'sqlmodel', 'sqlalchemy', 'jinja2', 'dbos', 'pydantic_settings'} & set(sys.modules); "
        "print(sorted(alien)); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_wrong_option_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "backend.verification", "--tidak-ada"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 64


def test_an_export_of_the_log_answers_whether_a_revision_was_recorded(
    folder: Path, world: World, tmp_path: Path
) -> None:
    from hashlib import sha256  # noqa: PLC0415  because only this test hashes a file

    known = sha256(world.files["archived"]).hexdigest()
    export = tmp_path / "log.jsonl"
    lines = [{"data": {"object": {"kind": "pdf", "sha256": known}}}, {"data": {"role": "system"}}]
    export.write_text("\n".join(json.dumps(line) for line in lines) + "\n", "utf-8")
    out = io.StringIO()
    run(Order(paths=[folder], trust=[folder / "trust.pem"], form="json", log=export), out, sys.stderr)
    assert [one["known_to_log"] for one in json.loads(out.getvalue())] == [False, True, False]


@pytest.mark.parametrize("content", ["bukan json", "[]", '{"x": 1}'])
def test_a_broken_export_is_refused(tmp_path: Path, content: str) -> None:
    export = tmp_path / "log.jsonl"
    export.write_text(content, "utf-8")
    with pytest.raises(BadLogExport):
        from_export(export)
