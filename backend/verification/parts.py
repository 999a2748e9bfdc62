"""Which part each known object of a revision plays: form, signature fields, their appearances, security store."""

from functools import cached_property
from typing import Any

from backend.verification.document import Field, quietly
from backend.verification.forms import Forms, number_of
from backend.verification.pdf.source import View
from backend.verification.pdf.values import Array, Dictionary, Stream

DEEPEST_STORE = 4


class Parts:
    """The parts in one revision, by object number.

    `widgets`: number of a field or its widget -> field name. `appearances`: number of an appearance dictionary or
    stream -> field name and the only objects that may point to it. `store`: the containers and streams of the DSS.
    `resources`: the form's default resources and their lists of fonts and the like -> the only object that may point
    to it.
    """

    def __init__(self, side: View, fields: list[Field]) -> None:
        """Read the parts of a revision, of which `fields` are the signature fields."""
        self._root = root = side.root
        self.fields = fields
        self.form = number_of(root, "/AcroForm")
        self.metadata = number_of(root, "/Metadata")
        self.extensions = number_of(root, "/Extensions")
        self.info = number_of(side.trailer_view, "/Info")
        self.widgets: dict[int, str] = {}
        self.appearances: dict[int, tuple[str, set[int]]] = {}
        for field in self.fields:
            if field.ref is not None:
                self._widget(field.name, field.ref.idnum, field.dictionary)
            kids = quietly(field.dictionary, "/Kids")
            for index in range(len(kids)) if isinstance(kids, Array) else ():
                number, kid = number_of(kids, index), quietly(kids, index)
                if number is not None and isinstance(kid, Dictionary):
                    self._widget(field.name, number, kid)
        self.store: set[int] = set()
        self._store(root, "/DSS", DEEPEST_STORE)
        self.resources: dict[int, int] = {}
        self._resources(quietly(root, "/AcroForm"), self.form or side.root_ref.idnum)

    @cached_property
    def forms(self) -> Forms:
        """Return the form fields that are no signatures; read only when one of them may have changed."""
        return Forms(self._root)

    def _resources(self, form: Any, holder: int) -> None:
        defaults = quietly(form, "/DR") if isinstance(form, Dictionary) else None
        number = number_of(form, "/DR")
        if number is not None:
            self.resources[number] = holder
        for kind in list(defaults) if isinstance(defaults, Dictionary) else ():
            inner = number_of(defaults, kind)
            if inner is not None:
                self.resources[inner] = number or holder

    def _widget(self, name: str, number: int, widget: Dictionary) -> None:
        self.widgets[number] = name
        holder = number_of(widget, "/AP")
        if holder is not None:
            self.appearances[holder] = (name, {number})
        stream = number_of(quietly(widget, "/AP"), "/N")
        if stream is not None:
            self.appearances[stream] = (name, {holder if holder is not None else number})

    def _store(self, container: Any, key: Any, depth: int) -> None:
        number, value = number_of(container, key), quietly(container, key)
        if number is not None:
            if number in self.store:
                return
            self.store.add(number)
        if depth == 0 or isinstance(value, Stream):
            return
        if isinstance(value, Dictionary):
            for name in list(value):
                self._store(value, name, depth - 1)
        elif isinstance(value, Array):
            for index in range(len(value)):
                self._store(value, index, depth - 1)
