"""Catalogues: Indonesian texts are the message ids, every other language is a folder of .po files beside this one."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
DEFAULT = "id"


@cache
def available() -> tuple[str, ...]:
    """Return the codes of all languages, the default first: the folders beside this file."""
    found = sorted(p.name for p in FOLDER.iterdir() if p.is_dir() and any(p.glob("*.po")))
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return message id -> translated text of one language, all its .po files together."""
    texts: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    texts[str(message.id)] = str(message.string)
    return texts


def translate(text: str, language: str, **facts: object) -> str:
    """Return an Indonesian catalogue text in `language`, its `%(name)s` places filled when facts are given."""
    translated = catalogue(language).get(text, text) if language != DEFAULT else text
    return translated % facts if facts else translated
