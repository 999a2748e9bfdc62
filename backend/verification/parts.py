"""Which part each known object of a revision plays: form, signature fields, their appearances, security store."""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver

from backend.verification.document import Field, quietly

DEEPEST_STORE = 4


class Parts:
    """The parts in one revision, by object number.

    `widgets`: number of a field or its widget -> field name. `appearances`: number of an appearance dictionary or
    stream -> field name and the only objects that may point to it. `store`: the containers and streams of the DSS.
    """

    def __init__(self, side: HistoricalResolver, fields: list[Field]) -> None:
        """Read the parts of a revision, of which `fields` are the signature fields."""
        root = side.root
        self.fields = fields
        self.form = _number(root, "/AcroForm")
        self.metadata = _number(root, "/Metadata")
        self.info = _number(side.trailer_view, "/Info")
        self.widgets: dict[int, str] = {}
        self.appearances: dict[int, tuple[str, set[int]]] = {}
        for field in self.fields:
            if field.ref is not None:
                self._widget(field.name, field.ref.idnum, field.dictionary)
            kids = quietly(field.dictionary, "/Kids")
            for index in range(len(kids)) if isinstance(kids, generic.ArrayObject) else ():
                number, kid = _number(kids, index), quietly(kids, index)
                if number is not None and isinstance(kid, generic.DictionaryObject):
                    self._widget(field.name, number, kid)
        self.store: set[int] = set()
        self._store(root, "/DSS", DEEPEST_STORE)

    def _widget(self, name: str, number: int, widget: generic.DictionaryObject) -> None:
        self.widgets[number] = name
        holder = _number(widget, "/AP")
        if holder is not None:
            self.appearances[holder] = (name, {number})
        stream = _number(quietly(widget, "/AP"), "/N")
        if stream is not None:
            self.appearances[stream] = (name, {holder if holder is not None else number})

    def _store(self, container: Any, key: Any, depth: int) -> None:
        number, value = _number(container, key), quietly(container, key)
        if number is not None:
            if number in self.store:
                return
            self.store.add(number)
        if depth == 0 or isinstance(value, generic.StreamObject):
            return
        if isinstance(value, generic.DictionaryObject):
            for name in list(value):
                self._store(value, name, depth - 1)
        elif isinstance(value, generic.ArrayObject):
            for index in range(len(value)):
                self._store(value, index, depth - 1)


def _number(container: Any, key: Any) -> int | None:
    """Return the number of the object to which a value points, None where it stands in place or is absent."""
    try:
        raw = container.raw_get(key)
    except (KeyError, IndexError, AttributeError):
        return None
    return raw.idnum if isinstance(raw, generic.IndirectObject) else None
