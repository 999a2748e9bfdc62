"""Every page with contexts that show each of its states; the frame that all of them share."""

from pathlib import Path

from backend.languages import available, catalogue
from backend.templating import Templating
from tests.unit.templating import examples_log, examples_people, examples_public, examples_staff
from tests.unit.templating.example_facts import Context, Example

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
FRAME: Context = {
    "csrf_token": "rahasia-contoh",
    "mark": "UJI COBA - TIDAK SAH",
    "ministry": "Kementerian Contoh Digital",
    "path": "/contoh",
}


def all_pages() -> list[Example]:
    """Return (page, name of the case, context) of every page, each at least once."""
    pages = [*examples_public.pages(), *examples_people.pages(), *examples_staff.pages(), *examples_log.pages()]
    return [(page, case, FRAME | context) for page, case, context in pages]


def templating() -> Templating:
    """Return the project's templates in every language."""
    return Templating(TEMPLATES, STATIC, {code: catalogue(code) for code in available()[1:]})
