"""An auditor's visit: takes the evidence of a sealed ceremony away, and checks it with what he keeps himself."""

import json
import secrets
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from demo.browser import Staff
from demo.server import Deployment, ServerFailed

AUDITOR = "auditor@pemeriksa.contoh.invalid"
RECIPIENT = "Auditor Contoh, Badan Pemeriksa Contoh"
REASON = "Pemeriksaan atas seremoni uji coba"
_PASSWORD_BYTES = 15
_UNDERSTOOD = (0, 1, 2, 4)


@dataclass(frozen=True)
class Judged:
    """What `prasasti verify` says of the evidence: its verdict, each point's verdict and what is wrong, in one line."""

    verdict: str
    line: str

    @property
    def passed(self) -> bool:
        """Tell whether every point holds."""
        return self.verdict == "passed"


def take(deployment: Deployment, ceremony: str, file: Path, policy: Path) -> None:
    """Let an auditor log in, ask for the evidence on the ceremony's page, and save it as `file`.

    The policy comes from the log's public page: an auditor compares it with the printed minutes, once, and keeps it.
    """
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    words = ("user", "create", AUDITOR, "--name", "Auditor Contoh", "--role", "auditor")
    deployment.run(*words, typed=password + "\n")
    with closing(Staff(deployment.base_url, AUDITOR, password)) as auditor:
        here = f"/seremoni/{ceremony}/bukti"
        auditor.browser.open(f"/seremoni/{ceremony}")
        if here not in auditor.browser.page.links:
            raise ServerFailed("the page of the sealed ceremony offers no evidence")
        auditor.browser.open(here)
        auditor.browser.save(here, file, recipient=RECIPIENT, reason=REASON)
        policy.write_bytes(auditor.browser.fetch("/log/kebijakan"))


def verify(deployment: Deployment, file: Path, policy: Path, trust: Path) -> Judged:
    """Check the evidence as its recipient does: with a policy and a root that did not come with it."""
    done = deployment.command("verify", str(file), "--policy", str(policy), "--trust", str(trust), "--json")
    if done.returncode not in _UNDERSTOOD:
        raise ServerFailed(f"prasasti verify ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}")
    report = json.loads(done.stdout)
    points = report["points"]
    wrong = [f"{point['point']}: {found['code']}" for point in points for found in point["findings"]]
    held = sum(point["verdict"] == "passed" for point in points)
    line = f"{report['verdict']}, {held} of {len(points)} points hold" + "".join(f"; {one}" for one in wrong[:10])
    return Judged(report["verdict"], line)
