"""Minutes: the berita acara of a ceremony as PDF/A-3a + PDF/UA-1, its log attached, with one field for the seal."""

from datetime import datetime
from pathlib import Path

from backend.documents import template as templates
from backend.documents.blocks import Block
from backend.documents.fields import prepare
from backend.documents.refusals import TemplateError
from backend.documents.render import SEAL_LABEL, compact, culprit, press_of, qr_code, record_of, title_of
from backend.documents.template import SHARED, Facts, Template

ABOUT = "minutes.toml"
MIME = {".json": "application/json", ".jsonl": "application/jsonl"}


def load(folder: Path) -> Template:
    """Return the template of the minutes; it shares typst parts and fonts with the agreements beside it."""
    root = folder.parent.parent
    return templates.read(folder, folder / ABOUT, root, root / "mou" / SHARED)


def render_minutes(folder: Path, facts: Facts, when: datetime, *, mark: str, attachments: dict[str, bytes]) -> bytes:
    """Return the unsealed minutes, the same bytes every time; `attachments` are texts or bytes by file name.

    Raises TemplateFieldMissing, TemplateFieldInvalid, GlyphMissing, TemplateError.
    """
    template = load(folder)
    templates.check_facts(template, facts)
    facts = templates.only_declared(template, facts)
    templates.check_facts(template, facts)
    record = record_of(template, facts, when, mark)
    # The facts alone say everything here; the blocks of 508 regions would be the same again, ten times as long.
    blocks: list[Block] = record.pop("blocks")
    inputs = {
        "record": compact(record),
        "blocks": compact(blocks),
        "files": compact([_file(name, data) for name, data in sorted(attachments.items())]),
        "qr": qr_code(facts["verifikasi"]["url"]),
        "title": title_of(template, facts),
    }
    try:
        body = press_of(template).print(folder / "layout.typ", inputs, when)
    except TemplateError as error:
        raise culprit(facts, error) from error
    return prepare(body, {}, b"", SEAL_LABEL).pdf


def _file(name: str, data: bytes) -> dict[str, object]:
    """Return an attachment as the layout takes it: a text, or the numbers of its bytes."""
    try:
        content: str | list[int] = data.decode()
    except UnicodeDecodeError:
        content = list(data)
    return {"name": name, "mime": MIME.get(Path(name).suffix, "application/octet-stream"), "content": content}
