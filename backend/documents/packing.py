"""Packing: a template with its shared parts and fonts as one file, to be kept beside the documents made from it.

The vault keeps it by SHA-256 and the evidence bundle carries it, so that `regenerate` works wherever it is unpacked.
"""

import io
import zipfile
from pathlib import Path, PurePosixPath

from backend.documents.refusals import TemplateUnknown
from backend.documents.template import Template

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip entry can have
LARGEST = 16 << 20


def pack(template: Template) -> bytes:
    """Return a zip of a template's folder and the shared parts: the same bytes for the same files."""
    buffer = io.BytesIO()
    paths = (path for folder in (template.folder, template.shared) for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(paths):
            name = path.relative_to(template.root).as_posix()
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes())
    return buffer.getvalue()


def unpack(data: bytes, folder: Path) -> Path:
    """Write a packed template into `folder` and return it: a templates root for `regenerate`.

    Raises TemplateUnknown for what is no such file, too large, or would write outside the folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise TemplateUnknown(template="zip", reason="too large")
            for entry in entries:
                name = PurePosixPath(entry.filename)
                if name.is_absolute() or ".." in name.parts:
                    raise TemplateUnknown(template="zip", reason=entry.filename)
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, OSError) as error:
        raise TemplateUnknown(template="zip", reason=str(error)) from error
    return folder
