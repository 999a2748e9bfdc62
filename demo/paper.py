"""A web page as a person sees it: its address, its words, its links and its forms. Needs no library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

_SILENT = {"script", "style", "template"}
_FIELDS = {"input", "button", "textarea"}


@dataclass(frozen=True)
class Form:
    """One form: where it goes, and the values that it holds before anybody types."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer of the server: its final address, its status and what stands in it."""

    address: str
    status: int
    source: str

    @cached_property
    def _read(self) -> "_Reader":
        reader = _Reader()
        reader.feed(self.source)
        return reader

    @property
    def forms(self) -> list[Form]:
        """Return the forms in their order."""
        return self._read.forms

    @property
    def links(self) -> list[str]:
        """Return where the links lead, in their order."""
        return self._read.links

    @cached_property
    def words(self) -> str:
        """Return the visible text, white space collapsed."""
        return " ".join(" ".join(self._read.texts).split())

    def shows(self, digest: str) -> bool:
        """Tell whether a digest stands on the page, however its parts are set apart."""
        return digest in self.words.replace(" ", "")

    @cached_property
    def alert(self) -> str:
        """Return what the page says is wrong, white space collapsed; empty when it says nothing."""
        return " ".join(" ".join(self._read.alerts).split())

    @property
    def refused(self) -> bool:
        """Tell whether the server refused what was asked."""
        return self.status >= 400

    def form(self, action: str) -> Form | None:
        """Return the form that is sent to `action`, or None."""
        return next((form for form in self.forms if form.action == action), None)

    def checked(self, name: str) -> bool:
        """Tell whether a box of this name stands on the page and is ticked already."""
        return name in self._read.ticked


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.ticked: set[str] = set()
        self.alerts: list[str] = []
        self._alert_depth = 0
        self._inside: Form | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "div" and (self._alert_depth or given.get("role") == "alert"):
            self._alert_depth += 1
        if tag == "form":
            self._inside = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._inside)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in _FIELDS:
            self._field(given, present=dict(attrs))
        elif tag in _SILENT:
            self._silent += 1

    def _field(self, given: Mapping[str, str], present: Mapping[str, str | None]) -> None:
        kind = given.get("type", "text")
        if kind == "checkbox" and "checked" in present:
            self.ticked.add(given.get("name", ""))
        if self._inside is not None and kind == "hidden" and "name" in given:
            self._inside.values[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "div" and self._alert_depth:
            self._alert_depth -= 1
        elif tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)
        if self._alert_depth:
            self.alerts.append(data)
