"""The values a PDF is made of (ISO 32000-2 clause 7.3), as plain Python: parsed once, shared by all revisions.

Raw: None, int, Decimal, Boolean, Name, String, Reference, list, dict, Body. A raw value holds references and follows
none; Dictionary, Array and Stream are the same values seen in one revision, in which references lead somewhere.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from pyhanko.pdf_utils import generic

PRINTABLE = bytes(range(0x20, 0x7F))


class Name(str):
    """A name, with its slash: `/Type`."""

    __slots__ = ()


class String(bytes):
    """A string as bytes, however it was spelled; `str()` gives its text (clause 7.9.2.2)."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self.translate(None, PRINTABLE):
            return self.decode("ascii")
        return str(generic.pdf_string(bytes(self)))


class Reference(NamedTuple):
    """A reference to an object, by number and generation."""

    idnum: int
    generation: int


class Boolean:
    """True or false; no int, so that neither passes for a number."""

    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:  # noqa: FBT001  because it is a fact
        self.value = value

    def __bool__(self) -> bool:
        return self.value

    def __repr__(self) -> str:
        return "true" if self.value else "false"


TRUE, FALSE = Boolean(True), Boolean(False)


class Body:
    """A stream: its dictionary, its bytes as they stand in the file, and (once asked for) without their filters."""

    __slots__ = ("data", "encoded", "entries", "ref")

    def __init__(self, entries: dict[str, Any], encoded: bytes, ref: Reference) -> None:
        """Keep the parts; `ref` is the object that is this stream."""
        self.entries = entries
        self.encoded = encoded
        self.ref = ref
        self.data: bytes | None = None

    def __eq__(self, other: object) -> bool:
        """Compare content; /Length only says where the bytes end, and those are compared themselves."""
        if self is other or not isinstance(other, Body):
            return self is other
        return self.encoded == other.encoded and self._told() == other._told()

    __hash__ = None  # type: ignore[assignment]  # because equal streams may stand in two places

    def _told(self) -> dict[str, Any]:
        return {key: value for key, value in self.entries.items() if key != "/Length"}


class Place(Protocol):
    """Where references lead to: one revision of a document."""

    def follow(self, value: Any) -> Any:
        """Return the raw value behind a reference, or the value itself."""

    def decoded(self, stream: "Stream") -> bytes:
        """Return the bytes of a stream without its filters."""


class Dictionary:
    """A dictionary in one revision: `[]` follows references and raises KeyError for null, `raw_get` follows none."""

    __slots__ = ("raw", "view")

    def __init__(self, raw: dict[str, Any], view: Place) -> None:
        """See raw entries in a revision."""
        self.raw = raw
        self.view = view

    def __getitem__(self, key: str) -> Any:
        value = self.view.follow(self.raw[key])
        if value is None:
            raise KeyError(key)
        return seen(value, self.view)

    def raw_get(self, key: str) -> Any:
        """Return the value under a key as it is written; raises KeyError."""
        return seen(self.raw[key], self.view)

    def __contains__(self, key: object) -> bool:
        return key in self.raw

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)


class Array:
    """An array in one revision: `[]` follows references, `raw_get` and iteration follow none."""

    __slots__ = ("raw", "view")

    def __init__(self, raw: list[Any], view: Place) -> None:
        """See raw items in a revision."""
        self.raw = raw
        self.view = view

    def __getitem__(self, index: int) -> Any:
        return seen(self.view.follow(self.raw[index]), self.view)

    def raw_get(self, index: int) -> Any:
        """Return an item as it is written; raises IndexError."""
        return seen(self.raw[index], self.view)

    def __iter__(self) -> Iterator[Any]:
        return (seen(item, self.view) for item in self.raw)

    def __len__(self) -> int:
        return len(self.raw)


class Stream(Dictionary):
    """A stream in one revision."""

    __slots__ = ("body",)

    def __init__(self, body: Body, view: Place) -> None:
        """See a stream in a revision."""
        super().__init__(body.entries, view)
        self.body = body

    @property
    def data(self) -> bytes:
        """Return the decoded bytes; raises ValueError, or whatever a decoder runs into, and never yields a bomb."""
        return self.view.decoded(self)


class Nowhere:
    """No revision: nothing is behind a reference."""

    def follow(self, value: Any) -> Any:
        """Return nothing for a reference."""
        return None if type(value) is Reference else value

    def decoded(self, stream: "Stream") -> bytes:
        """Return the bytes as they are."""
        return stream.body.encoded


EMPTY = Dictionary({}, Nowhere())


def seen(value: Any, view: Place) -> Any:
    """Return a raw value as it is seen in a revision."""
    kind = type(value)
    if kind is dict:
        return Dictionary(value, view)
    if kind is list:
        return Array(value, view)
    if kind is Body:
        return Stream(value, view)
    return value


def references(value: Any) -> Iterator[int]:
    """Yield the object numbers of all references in a raw value, following none; depth costs nothing."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Reference):
            yield item.idnum
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, Body):
            waiting.append(item.entries)
