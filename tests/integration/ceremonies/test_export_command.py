"""`prasasti ceremony export`: the same evidence as from the page, in a private file, never over another one."""

from uuid import uuid4

import pytest

from backend.cli import main
from backend.verification.bundle import container, layout
from tests.integration.ceremonies.stage import Stage
from tests.integration.evidence.kit import REASON, RECIPIENT, seal


@pytest.fixture
def _environment(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = on.settings
    monkeypatch.setenv("PRASASTI_DATA", str(settings.data))
    monkeypatch.setenv("PRASASTI_DATABASE", settings.database)
    monkeypatch.setenv("PRASASTI_BASE_URL", settings.base_url)
    monkeypatch.setenv("PRASASTI_TESTPKI_PORT", str(settings.testpki_port))


@pytest.mark.usefixtures("_environment")
def test_the_command_writes_the_evidence_once(on: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    seal(on)
    file = on.settings.data.parent / "bukti.asice"
    words = ["ceremony", "export", str(on.ceremony), str(file), "--recipient", RECIPIENT, "--reason", REASON]
    assert main(words) == 0
    assert layout.MINUTES in container.read(file).entries
    assert file.stat().st_mode & 0o777 == 0o600
    assert on.events()[-1] == "bundle.exported"
    assert main(words) == 1
    assert "[file-exists]" in capsys.readouterr().err
    assert on.events().count("bundle.exported") == 1


@pytest.mark.usefixtures("_environment")
def test_what_is_not_sealed_or_unknown_is_refused_and_leaves_no_file(
    on: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    on.open()
    file = on.settings.data.parent / "bukti.asice"
    for ceremony, code in ((on.ceremony, "not-sealed-yet"), (uuid4(), "not-found"), ("x", "not-found")):
        words = ["ceremony", "export", str(ceremony), str(file), "--recipient", RECIPIENT, "--reason", REASON]
        assert main(words) == 1
        assert f"[{code}]" in capsys.readouterr().err
    assert not file.exists()
