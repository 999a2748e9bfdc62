"""`prasasti ceremony export` and `prasasti regenerate`: evidence out of the house, and a document made once more."""

import argparse
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from uuid import UUID

from backend import wiring
from backend.ceremonies.actions import export as exporting
from backend.cli.ceremony import OrganiserMissing
from backend.cli.receipt import FileUnreadable
from backend.confined import Confined, Limits
from backend.documents import packing, regenerate
from backend.documents.refusals import RecipeChanged, TemplateUnknown
from backend.errors import NotFound, Refusal
from backend.languages import translate
from backend.people import store as people
from backend.settings import bundled, load_settings
from backend.verification.bundle import layout
from backend.verification.bundle.container import NotAContainer, pieces, read

LIMITS = Limits(wall=120.0)
DIFFERENT = 1


class FileExists(Refusal):
    """Evidence is never written over something."""

    code = "file-exists"
    message = "Berkas %(file)s sudah ada."
    remedy = "Pilih nama lain, atau pindahkan berkas itu."


class RecipesUnreadable(Refusal):
    """What was given as the place of templates and fonts holds none."""

    code = "recipes-unreadable"
    message = "Tidak ada templat di %(path)s."
    remedy = "Berikan berkas bukti (.asice), folder hasil bukanya, atau folder templat naskah."


def export(arguments: argparse.Namespace) -> int:
    """Write the evidence of a sealed ceremony to a new file; the recipient and the reason go into the log."""
    tools = wiring.web_tools(load_settings())
    target = Path(arguments.file)
    with closing(tools):
        with tools.database.reading() as session:
            account = people.any_organiser(session)
        if account is None:
            raise OrganiserMissing
        if target.exists():
            raise FileExists(file=target)
        bundle = exporting.export(tools, account, _id(arguments.ceremony), arguments.recipient, arguments.reason)
        partial = target.with_name(f"{target.name}.partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(bundle.chunks)
        partial.replace(target)
    sys.stdout.write(f"{target}\n")
    return 0


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def remake(arguments: argparse.Namespace) -> int:
    """Tell whether a PDF starts with exactly the bytes that its own record makes; status 1 when it does not."""
    try:
        pdf = Path(arguments.file).read_bytes()
    except OSError as error:
        raise FileUnreadable(file=arguments.file) from error
    with tempfile.TemporaryDirectory() as folder, closing(Confined(LIMITS, 1)) as confined:
        places = _places(Path(arguments.recipes), Path(folder)) if arguments.recipes else [bundled("templates") / "mou"]
        same = _begins(confined, pdf, places)
    said = "Berkas dimulai persis dengan naskah yang dibentuk ulang." if same else "Berkas berbeda dari naskah itu."
    sys.stdout.write(translate(said, arguments.language) + "\n")
    return 0 if same else DIFFERENT


def _begins(confined: Confined, pdf: bytes, places: list[Path]) -> bool:
    """Ask with each recipe until one is the recorded one; raises the last refusal when none is."""
    refused: Refusal = RecipesUnreadable(path="-")
    for place in places:
        try:
            return confined.run(regenerate.begins_with, pdf, place)
        except (RecipeChanged, TemplateUnknown) as refusal:
            refused = refusal
    raise refused


def _places(given: Path, folder: Path) -> list[Path]:
    """Return the template roots of a bundle, of an unpacked bundle, or the folder itself."""
    if given.is_file():
        packed = list(_of_bundle(given))
    else:
        packed = [path.read_bytes() for path in sorted((given / layout.RECIPES).glob("*.zip"))]
    if packed:
        return [packing.unpack(data, folder / str(number)) for number, data in enumerate(packed)]
    if not given.is_dir():
        raise RecipesUnreadable(path=given)
    return [given]


def _of_bundle(path: Path) -> list[bytes]:
    try:
        entries = [e for name, e in read(path).entries.items() if name.startswith(layout.RECIPES)]
        with path.open("rb") as file:
            return [b"".join(pieces(file, entry)) for entry in entries]
    except (NotAContainer, OSError) as error:
        raise RecipesUnreadable(path=path) from error
