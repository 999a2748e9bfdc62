"""The ASiCManifest of a container: which files it lists, with which digests (EN 319 162-1 clause A.4).

Reads hostile XML: no document type, no entities, no element that the standard does not put there.
"""

import base64
from collections.abc import Mapping
from xml.parsers import expat

ASIC = "http://uri.etsi.org/02918/v1.2.1#"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ROOT, _STAMP, _FILE = (f"{ASIC} {name}" for name in ("ASiCManifest", "SigReference", "DataObjectReference"))
_METHOD, _VALUE = (f"{XMLDSIG} {name}" for name in ("DigestMethod", "DigestValue"))
_INSIDE = {"": {_ROOT}, _ROOT: {_STAMP, _FILE}, _FILE: {_METHOD, _VALUE}}


class BadManifest(ValueError):
    """The manifest is no ASiCManifest with one timestamp and SHA-256 digests."""


class _Reader:
    """Follows the elements as expat tells them."""

    def __init__(self) -> None:
        self.stamps: list[str] = []
        self.files: dict[str, str] = {}
        self.path = [""]
        self.text = ""
        self.name = ""
        self.method = ""

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in _INSIDE.get(self.path[-1], ()):
            raise BadManifest("an element out of its place")
        self.path.append(tag)
        self.text = ""
        if tag == _STAMP:
            self.stamps.append(attributes.get("URI", ""))
        elif tag == _FILE:
            self.name, self.method = attributes.get("URI", ""), ""
            if not self.name or self.name in self.files:
                raise BadManifest("a file without a name or twice")
            self.files[self.name] = ""
        elif tag == _METHOD:
            self.method = attributes.get("Algorithm", "")

    def words(self, text: str) -> None:
        if self.path[-1] == _VALUE:
            self.text += text
        elif text.strip():
            raise BadManifest("words out of their place")

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag == _VALUE:
            self.files[self.name] = base64.b64decode(self.text.strip(), validate=True).hex()
        if tag == _FILE and (self.method != SHA256 or len(self.files[self.name]) != 64):
            raise BadManifest("another digest than SHA-256")


def read(data: bytes, stamp: str) -> dict[str, str]:
    """Return file name -> SHA-256 (hex) of everything listed; `stamp` is where its one timestamp must lie.

    Raises BadManifest.
    """
    reader = _Reader()
    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise BadManifest(str(error)) from error
    if reader.stamps != [stamp]:
        raise BadManifest("not exactly one timestamp")
    return reader.files


def _refuse(*_: object) -> None:
    raise BadManifest("a document type, an entity or an instruction")
