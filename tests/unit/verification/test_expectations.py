"""What is expected of a file from outside it: by our log, and by the roots that are believed."""

from backend.verification.keys import sha256
from backend.verification.knowledge import LogKnowledge
from backend.verification.trust import from_certificates
from backend.verification.verdict import Reason, Verdict
from backend.verification.verify import verify
from tests.unit.verification.conftest import LATER, World
from tests.unit.verification.files import FIELDS
from tests.unit.verification.pki import Pki


def test_a_signer_whom_the_log_does_not_expect_fails(world: World) -> None:
    expected = {"Segel": sha256(world.ministry.certificate), FIELDS[0]: sha256(world.head.certificate)}
    known = LogKnowledge(recorded=False, expected={**expected, FIELDS[1]: sha256(world.official.certificate)})
    assert world.check(world.files["archived"], known=known).verdict is Verdict.PASSED
    other = LogKnowledge(recorded=False, expected={**expected, FIELDS[1]: sha256(world.head.certificate)})
    assert world.check(world.files["archived"], known=other).reasons == (Reason.SIGNER_UNEXPECTED,)
    fewer = LogKnowledge(recorded=False, expected=expected)
    assert world.check(world.files["archived"], known=fewer).verdict is Verdict.FAILED


def test_a_look_alike_root_does_not_help(world: World) -> None:
    """Another root of the same name is another root."""
    twin = Pki()
    report = verify(world.files["archived"], from_certificates([twin.root.certificate]), LATER)
    assert (report.verdict, report.reasons) == (Verdict.INDETERMINATE, (Reason.ISSUER_UNKNOWN,))
