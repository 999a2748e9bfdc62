"""A template folder: what `mou.toml` says about itself, the hashes that identify it, and the facts it needs."""

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from backend import clock
from backend.documents.refusals import TemplateFieldInvalid, TemplateFieldMissing, TemplateUnknown

Facts = dict[str, Any]
SHARED = "_shared"
ADDRESS = re.compile(r"https?://\S+")
MAILBOX = re.compile(r"[^\s@]+@[^\s@]+")
CHOICES = {"zona": ("WIB", "WITA", "WIT")}


@dataclass(frozen=True)
class SlotSpec:
    """One expected signature: who (`head` or `ministry`), its PDF field, and its turn (`order` from 1)."""

    key: str
    field: str
    party: str
    label: str
    order: int
    side: int
    office: str
    person: str


@dataclass(frozen=True)
class FieldSpec:
    """One fact by its dotted name; `supplier` is who hands it over: kementerian, daerah, seremoni or sistem."""

    name: str
    type: str
    label: str
    example: str
    required: bool
    supplier: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A loaded template folder; `sha256` covers the folder and `shared`, `fonts_sha256` the fonts alone.

    `root` is the folder that a layout may read from, `shared` its folder of typst parts and fonts.
    """

    folder: Path
    root: Path
    shared: Path
    name: str
    title: str
    subject: str
    slots: tuple[SlotSpec, ...]
    fields: tuple[FieldSpec, ...]
    options: dict[str, Any] = field(hash=False)
    sha256: str = ""
    fonts_sha256: str = ""


def load(folder: Path) -> Template:
    """Return the template of a folder such as `templates/mou/smart-city`; raises TemplateUnknown."""
    return read(folder, folder / "mou.toml", folder.parent, folder.parent / SHARED)


def read(folder: Path, about: Path, root: Path, shared: Path) -> Template:
    """Return the template whose TOML file is `about`; raises TemplateUnknown."""
    try:
        with about.open("rb") as file:
            data = tomllib.load(file)
        slots = tuple(sorted((SlotSpec(**entry) for entry in data.get("slots", ())), key=lambda slot: slot.order))
        fields = tuple(
            FieldSpec(name=name, columns=tuple(entry.pop("columns", ())), **entry)
            for name, entry in data["fields"].items()
        )
        title, subject, options = data["title"], data["subject"], data["options"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TemplateUnknown(template=folder.name, reason=str(error)) from error
    return Template(
        folder=folder,
        root=root,
        shared=shared,
        name=folder.name,
        title=title,
        subject=subject,
        slots=slots,
        fields=fields,
        options=options,
        sha256=hash_of(root, folder, shared),
        fonts_sha256=hash_of(shared / "fonts", shared / "fonts", suffix=".otf"),
    )


def hash_of(base: Path, *folders: Path, suffix: str = "") -> str:
    """Return the SHA-256 (hex) over `path relative to base, space, sha256 of the file`, sorted, joined by LF."""
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name.endswith(suffix)}
    lines = sorted(f"{p.relative_to(base).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check_facts(template: Template, facts: Facts) -> None:
    """Raise TemplateFieldMissing naming every required fact that is absent, or TemplateFieldInvalid."""
    missing = [spec.name for spec in template.fields if spec.required and value_of(facts, spec.name) in (None, "", [])]
    if missing:
        raise TemplateFieldMissing(template=template.name, fields=", ".join(missing))
    for spec in template.fields:
        _check_type(spec, value_of(facts, spec.name))


def only_declared(template: Template, facts: Facts) -> Facts:
    """Return the declared facts alone, texts cleaned: what is not printed is never attached to a document."""
    kept: Facts = {}
    for spec in template.fields:
        value = cleaned(value_of(facts, spec.name))
        if spec.type == "records" and isinstance(value, list):
            value = [{key: row[key] for key in spec.columns if row.get(key)} for row in value]
        if value in (None, "", []):
            continue
        *path, last = spec.name.split(".")
        inner = kept
        for key in path:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return kept


def value_of(facts: Facts, name: str) -> Any:
    """Return the fact of a dotted name, None if there is none."""
    value: Any = facts
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def cleaned(value: Any) -> Any:
    """Return a fact without controls, bidi overrides and other invisible characters, white space made plain, NFC.

    A bidi control would turn round the rest of a printed line (notes/rendering.md 6.9).
    """
    if isinstance(value, str):
        visible = "".join(c for c in value if c.isspace() or unicodedata.category(c)[0] != "C")
        return unicodedata.normalize("NFC", " ".join(visible.split()))
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    return value


def _check_type(spec: FieldSpec, value: Any) -> None:
    if value in (None, ""):
        return
    if spec.type == "lines":
        sound, expected = isinstance(value, list) and all(isinstance(line, str) for line in value), "daftar baris teks"
    elif spec.type == "records":
        sound = isinstance(value, list) and all(isinstance(row, dict) for row in value)
        expected = f"daftar isian {', '.join(spec.columns)}"
    elif spec.type == "date":
        sound, expected = isinstance(value, str) and _is_date(value), "tanggal berbentuk 2021-05-20"
    elif spec.type in CHOICES:
        sound, expected = value in CHOICES[spec.type], " / ".join(CHOICES[spec.type])
    elif spec.type == "url":
        sound, expected = isinstance(value, str) and bool(ADDRESS.fullmatch(value)), "alamat https://..."
    elif spec.type == "email":
        sound, expected = isinstance(value, str) and bool(MAILBOX.fullmatch(value)), "alamat surel"
    elif spec.type == "moment":
        sound, expected = (
            isinstance(value, str) and _is_moment(value),
            "waktu UTC berbentuk 2021-05-20T02:00:00.000000Z",
        )
    else:
        sound, expected = isinstance(value, str), "teks"
    if not sound:
        raise TemplateFieldInvalid(field=spec.name, expected=expected)


def _is_moment(value: str) -> bool:
    try:
        return clock.to_text(clock.from_text(value)) == value
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
