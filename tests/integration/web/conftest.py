"""One served deployment for all tests of the web; each plays a ceremony of its own on it."""

from collections.abc import Iterator

import pytest

from backend.ceremonies.actions import staff
from backend.people.person import AccountRole
from backend.web import receipts, visitor
from tests.deployments import mould
from tests.integration.ceremonies.stage import PASSWORD, stage
from tests.integration.web.house import AUDITOR, House, application, serving


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield a served deployment with an organiser and an auditor."""
    folder = tmp_path_factory.mktemp("house")
    with mould(folder / "mould") as made, made.copy(folder / "data", "sqlite") as settings, stage(settings) as on:
        staff.create_account(on.tools, AUDITOR, "Auditor Rekaan", AccountRole.AUDITOR, PASSWORD)
        app = application(settings)
        with pytest.MonkeyPatch.context() as patch, serving(app) as address:
            patch.setattr(receipts, "PATIENCE", 0.0)  # the stage is the worker: waiting for it would only take time
            yield House(on, app, address)


@pytest.fixture
def house(built: House) -> House:
    """Return the deployment, with every visitor's attempts forgotten."""
    visitor._limiter.storage.reset()
    return built
