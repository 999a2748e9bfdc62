"""Nothing changes unseen: each transaction of ours tells the log, and each way in says what it tells."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from backend.app import PARTS
from backend.audit.events import kinds
from backend.cli import parser
from docs.emitters import emitters
from tests.architecture.project import ROOT, text, written

ENGINE = ("backend/jobs/", "backend/audit/")
"""The queue's own bookkeeping and the log itself: neither decides anything about a ceremony."""
UNTOLD = {"_fresh_code": "a code is told when it is asked for and when its letter leaves"}
TELLING = {"commit", "record", "append"}

ROUTES = {
    "/masuk": "login.succeeded login.failed attempts.limited",
    "/keluar": "login.ended",
    "/bahasa": "",  # a cookie of the visitor's
    "/v/berkas": "",  # public checks tell the log nothing (invariant 7)
    "/api/v1/verify": "",
    "/seremoni/{ceremony_id}/{verb}": "document.freeze_requested invitation.requested ceremony.opened ceremony.paused "
    "ceremony.resumed ceremony.cancelled ceremony.closed minutes.requested permission.denied",
    "/seremoni/{ceremony_id}/daerah/{region}/kirim-ulang": "invitation.requested",
    "/seremoni/{ceremony_id}/daerah/{region}/bekukan": "document.freeze_requested",
    "/seremoni/{ceremony_id}/saksi/{person_id}/kirim-ulang": "invitation.requested",
    "/seremoni/{ceremony_id}/jejak/serah": "log.read",
    "/seremoni/{ceremony_id}/bukti": "bundle.exported",
    "/seremoni/{ceremony_id}/data-pribadi/{person_id}": "privacy.erased",
    "/t/buka": "link.opened attempts.limited",
    "/t/identitas/kode": "code.requested attempts.limited",
    "/t/identitas": "identity.checked identity.failed",
    "/t/bukan-saya": "link.disowned",
    "/t/naskah/{document_id}/setuju": "consent.given signature.signed signature.failed document.completed",
    "/t/naskah/{document_id}/{way}": "signature.declined document.returned",
    "/s/buka": "link.opened attempts.limited",
    "/s/identitas/kode": "code.requested attempts.limited",
    "/s/identitas": "identity.checked identity.failed",
    "/s/kesaksian": "witness.attested",
    "/s/tidak-dapat": "witness.declined",
    "/s/bukan-saya": "link.disowned",
}
"""What each POST tells the log, without `prasasti.` and `.v1`."""

COMMANDS = {
    "install": "log.opened schema.migrated key.registered config.changed",
    "user create": "account.created",
    "user remove": "account.removed",
    "ceremony create": "ceremony.created document.drafted ceremony.scheduled certificate.enrolled",
    "ceremony enrol-test-keys": "certificate.enrolled",
    "ceremony export": "bundle.exported",
    "person erase": "privacy.erased",
}
"""What commands tell that change something; all others only read, or work outside of a deployment's database."""


def _writing(path: Path) -> Iterator[tuple[str, ast.With, ast.Module]]:
    module = ast.parse(text(path))
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.With) and any("writing()" in ast.unparse(item.context_expr) for item in node.items):
                yield function.name, node, module


def _calls(node: ast.AST) -> set[str]:
    called = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in called}


def _tells(node: ast.AST, module: ast.Module) -> bool:
    """Tell whether a block records something, itself or through a function of its module."""
    called = _calls(node)
    inner = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name in called]
    return bool(called & TELLING) or any(_calls(one) & TELLING for one in inner)


def test_every_transaction_tells_the_log() -> None:
    silent = [
        (str(path), name)
        for path in written(".py")
        if path.parts[0] == "backend" and not str(path).startswith(ENGINE)
        for name, block, module in _writing(path)
        if name not in UNTOLD and not _tells(block, module)
    ]
    assert silent == []


def test_every_kind_of_event_is_made_somewhere() -> None:
    made = emitters()
    assert [kind.TYPE for kind in kinds() if kind.__name__ not in made] == []


def test_every_post_says_what_it_tells() -> None:
    routes = [route for part in PARTS for route in part.router.routes if isinstance(route, APIRoute)]
    assert {route.path for route in routes if "POST" in (route.methods or ())} == set(ROUTES)
    modules = {path.stem for path in (ROOT / "backend" / "web").glob("*.py") if "APIRouter(" in path.read_text("utf-8")}
    assert modules == {part.__name__.rsplit(".", 1)[1] for part in PARTS}, "every part of the web is looked at"


def test_every_command_that_is_named_exists() -> None:
    found = {action.dest: action for action in parser()._actions}["command"]
    assert found.choices is not None
    assert {name.split()[0] for name in COMMANDS} <= set(found.choices)


@pytest.mark.parametrize("told", [*ROUTES.values(), *COMMANDS.values()])
def test_what_they_tell_are_kinds_of_events(told: str) -> None:
    known = {kind.TYPE.removeprefix("prasasti.").removesuffix(".v1") for kind in kinds()}
    assert set(told.split()) <= known
