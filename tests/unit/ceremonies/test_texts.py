"""Texts that read models hand to pages are message ids: each has its English, and pages show it."""

import pytest

from backend.ceremonies.actions.erase import GROUNDS
from backend.ceremonies.queries import checks, dashboard, privacy, progress, trail, visits
from backend.languages import available, catalogue, translate
from backend.settings import bundled
from backend.templating import Templating

TEXTS = {
    *progress.WHAT.values(),
    progress.REFUSED,
    *dashboard.ATTENTION.values(),
    dashboard.REFUSED,
    dashboard.LOOK,
    *trail.ROLES.values(),
    *trail.OUTCOMES.values(),
    *trail.SUBJECTS.values(),
    *trail.WEIGHTS.values(),
    *trail.FIELDS.values(),
    *privacy.PARTS.values(),
    *GROUNDS.values(),
    *visits.GIST,
    checks.MINUTES,
}


@pytest.mark.parametrize("text", sorted(TEXTS))
def test_a_text_of_a_read_model_exists_in_every_language(text: str) -> None:
    assert [language for language in available()[1:] if text not in catalogue(language)] == []


def test_a_page_shows_a_message_id_in_its_language_and_still_escapes_data() -> None:
    templating = Templating(bundled("templates"), bundled("static"), {"en": catalogue("en")})
    shown = {
        "here": "/t/naskah/1",
        "view": "text",
        "document": {"title": "-", "number": "-", "region_name": "-", "pages": 1, "size": 1, "pdf_address": "/n/x.pdf"},
        "gist": [{"label": visits.GIST[0], "value": "-"}, {"label": "<b>100%</b>", "value": "-"}],
        "content": "",
        "words": 0,
        "images": [],
        "can_sign": True,
    }
    frame = {"csrf_token": "", "mark": "", "ministry": "-", "path": "/", "development": False}
    page = templating.render("pages/signatory/read.html", "en", **frame, **shown)
    assert f"<dt>{translate(visits.GIST[0], 'en')}</dt>" in page
    assert "<dt>&lt;b&gt;100%&lt;/b&gt;</dt>" in page
