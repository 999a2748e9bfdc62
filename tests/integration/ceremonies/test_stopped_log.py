"""While the log does not continue what was signed, no key is used, nothing is sent and nothing changes."""

from collections.abc import Callable

import pytest

from backend import install
from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.standing import LogBehind
from backend.ceremonies.actions import archive, conduct, freeze, request_code, send_mail, sign
from backend.ceremonies.document import SlotRole
from backend.ceremonies.tools import Tools
from backend.jobs.catalogue import JobName
from backend.people import store as people
from backend.signing.signer import Assignment, Signed
from tests.fakes import anything
from tests.integration.ceremonies.stage import Stage


def stop_log(on: Stage) -> Callable[[], None]:
    """Bring the log to where a restored backup leaves it; return what brings it back."""
    on.tools.bench.sequence()
    outside = install.checkpoint_file(on.settings)
    key = SigningKey.from_text(install.log_key_file(on.settings).read_text("utf-8"))
    kept = outside.read_text("utf-8")
    outside.write_text(key.sign(Checkpoint(key.name, 10_000, bytes(32)).to_text()), "utf-8")
    forget(on.tools)

    def go_on() -> None:
        outside.write_text(kept, "utf-8")
        forget(on.tools)

    return go_on


def forget(tools: Tools) -> None:
    """Let the guard look again now and not in a second."""
    assert tools.log._guard is not None
    tools.log._guard._until = 0.0


def test_no_key_is_used_for_a_signature_that_could_not_be_recorded(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    on.open()
    [document] = on.documents()
    visit = on.visit(on.person_of(document))
    asked: list[Assignment] = []
    signer = on.tools.signer

    def begin(assignment: Assignment) -> object:
        asked.append(assignment)
        return signer.begin(assignment)

    stand_in = type("Recording", (), {"name": signer.name, "begin": staticmethod(begin), "finish": signer.finish})
    monkeypatch.setattr(on, "tools", on.tools.__class__(**{**vars(on.tools), "signer": anything(stand_in())}))
    go_on = stop_log(on)
    before = on.dump()
    with pytest.raises(LogBehind):
        sign.sign(on.tools, visit, on.intent(document))
    assert asked == []
    assert on.dump() == before
    go_on()
    sign.sign(on.tools, visit, on.intent(document))
    assert len(asked) == 1


def test_the_ministrys_seal_and_the_archive_wait(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    on.create()
    freeze.freeze(on.tools, on.account, on.ceremony)
    [document] = on.documents()
    go_on = stop_log(on)
    sealed: list[bytes] = []
    real = on.tools.bench.sealer.seal

    def seal(pdf: bytes) -> Signed:
        sealed.append(pdf)
        return real(pdf)

    monkeypatch.setattr(on.tools.bench.sealer, "seal", seal)
    before = on.dump()
    with pytest.raises(LogBehind):
        freeze.freeze_document(on.tools, str(document.id))
    with pytest.raises(LogBehind):
        archive.archive(on.tools, str(document.id))
    with pytest.raises(LogBehind):
        conduct.conduct(on.tools, on.account, on.ceremony, "cancel")
    assert sealed == []
    assert on.dump() == before
    go_on()
    on.work(JobName.FREEZE)
    assert len(sealed) == 1


def test_no_letter_leaves_that_could_not_be_recorded(on: Stage) -> None:
    on.open()
    [document] = on.documents()
    request_code.request_code(on.tools, on.one(people.link_of, on.person_of(document, SlotRole.HEAD).id))
    waiting = [job.split(":")[1] for job in on.queued() if job.startswith((JobName.MAIL, JobName.CODE))]
    go_on = stop_log(on)
    for outbox in waiting:
        with pytest.raises(LogBehind):
            send_mail.send_mail(on.tools, outbox)
    assert on.postman.taken == []
    go_on()
    on.work(JobName.MAIL, JobName.CODE)
    assert len(on.postman.taken) == len(waiting)
