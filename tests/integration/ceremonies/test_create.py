"""A ceremony of the whole country is created in one go: no event of it is too long for the log."""

from pathlib import Path

from backend.audit import reader
from backend.ceremonies.actions import create
from tests import ceremony_file
from tests.integration.ceremonies.stage import Stage

ALL = 508
CREATED_AND_SCHEDULED = 2


def test_all_regions_fit_into_the_log(on: Stage, tmp_path: Path) -> None:
    file = ceremony_file.write(tmp_path / "negeri", ALL)
    made = create.create(on.tools, on.account, file)
    with on.tools.database.reading() as session:
        assert reader.count_events(session, made) == ALL + CREATED_AND_SCHEDULED
