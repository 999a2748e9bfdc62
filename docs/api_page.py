"""Writes docs/reference/api.md from the routes, refusals and tables of the code."""

import inspect
from collections.abc import Iterable, Mapping

from fastapi.routing import APIRoute

from backend.errors import NotFound, Refusal
from backend.languages import catalogue
from backend.verification.etsi_terms import SUB
from backend.verification.published import OF_A_FILE, OF_A_SIGNATURE
from backend.verification.verdict import NOTES, TABLE
from backend.web import api, public, quota, visitor
from backend.web.error_pages import Broken, Malformed, WrongMethod

REFUSALS: tuple[type[Refusal], ...] = (
    public.FileMissing,
    api.OneFileOnly,
    public.FileTooLarge,
    quota.BodyTooLarge,
    quota.UploadTooSlow,
    quota.TooManyChecks,
    Malformed,
    WrongMethod,
    NotFound,
    Broken,
)
INTRODUCTION = """\
Public: no account, no cookie, no token. Nothing sent is stored, logged beyond its hash, or appended to the audit log.
A verdict is never an HTTP error: a file that fails, or is no PDF, is answered with 200 and says so.

```sh
curl -F file=@naskah.pdf https://HOST/api/v1/verify
curl -H 'Content-Type: application/pdf' --data-binary @naskah.pdf 'https://HOST/api/v1/verify?format=xml'
```
"""


def page(note: str) -> str:
    """Return the reference of the API as Markdown; `note` says by what it was written."""
    parts = ["# API", note, INTRODUCTION, *map(_route, _routes()), _limits(), _errors()]
    parts += ["## The JSON\n\nOf a file:\n", _table(("field", "meaning"), OF_A_FILE)]
    parts += ["Of each signature:\n", _table(("field", "meaning"), OF_A_SIGNATURE)]
    return "\n".join([*parts, _reasons(), _notes()])


def _routes() -> list[APIRoute]:
    return [route for route in api.router.routes if isinstance(route, APIRoute)]


def _route(route: APIRoute) -> str:
    told = inspect.getdoc(route.endpoint) or ""
    return f"## `{' '.join(sorted(route.methods or ()))} {route.path}`\n\n{told}\n"


def _limits() -> str:
    return (
        "## Limits\n\n"
        f"- one file, at most {public.LARGEST // 1_000_000} MB\n"
        f"- {visitor.UPLOADS.amount} checks a minute from one address; 429 carries `Retry-After` in seconds\n"
        f"- {quota.SLOWEST:.0f} seconds for the whole request to arrive\n"
    )


def _errors() -> str:
    english = catalogue("en")
    rows = ((f"`{kind.code}`", f"{kind.status}", english.get(kind.message, kind.message)) for kind in REFUSALS)
    head = 'An error is `{"code", "message", "remedy", "reference"}`; only `code` is meant for programs, and stays.\n'
    return f"## Errors\n\n{head}\n{_rows(('code', 'HTTP', 'meaning'), rows)}"


def _reasons() -> str:
    english = catalogue("en")
    rows = (
        (f"`{reason}`", str(row.verdict), english.get(row.sentence, row.sentence), f"`{SUB[reason]}`")
        for reason, row in TABLE.items()
    )
    head = "The last column is the sub-indication in the XML of ETSI TS 119 102-2 V1.4.1.\n"
    return f"## Reasons\n\n{head}\n{_rows(('code', 'leads to', 'meaning', 'in ETSI XML'), rows)}"


def _notes() -> str:
    english = catalogue("en")
    rows = ((f"`{note}`", english.get(text, text)) for note, text in NOTES.items())
    return f"## Notes\n\n{_rows(('code', 'meaning'), rows)}"


def _table(head: tuple[str, str], meanings: Mapping[str, str]) -> str:
    return _rows(head, ((f"`{name}`", meaning) for name, meaning in meanings.items()))


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(line)} |" for line in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines) + "\n"
