"""Whether an object plays one part only, so that what may change in that part changes nothing else.

Whoever prepared the file may have let the security store, the metadata or the form's resources be a page as well.
"""

from collections.abc import Iterator

from backend.verification.document import Document
from backend.verification.objects import TRAILER, References
from backend.verification.pdf.source import View
from backend.verification.pdf.values import Dictionary, references


class Sharing:
    """The holders of objects in the revision before the one that is looked at."""

    def __init__(self, document: Document, revision: int, graph: References) -> None:
        """Ask `graph`, which knows the holders of what later revisions wrote, as they were in `revision`."""
        self._document = document
        self._revision = revision
        self._graph = graph
        view: View = document.at(revision)
        self._catalogue = view.root_ref.idnum
        self._entries = view.root.raw

    def alone_under(self, number: int, key: str, members: set[int] | None = None) -> bool:
        """Tell whether the catalogue's `key` is the only way to an object: straight, or through `members` alone."""
        if self._elsewhere(number, key):
            return False
        if self._graph.held_only_by(number, {self._catalogue}):
            return True
        inner = (members or set()) | {number}
        return self._closed(inner, inner | {self._catalogue}) and not any(self._elsewhere(one, key) for one in inner)

    def alone_in_form(self, number: int, form: Dictionary, holder: int, defaults: int | None) -> bool:
        """Tell whether the form's default resources are the only way to an object of theirs.

        `holder` is the object in which the form stands, `defaults` that of its default resources, if they are one.
        """
        inner = {number} if defaults is None else {number, defaults}
        beside = {one for key, value in form.raw.items() if key != "/DR" for one in references(value)}
        if holder == self._catalogue:
            beside |= {one for one in inner if self._elsewhere(one, "/AcroForm")}
        return not inner & beside and self._closed(inner, inner | {holder})

    def only_the_trailer(self, number: int) -> bool:
        """Tell whether nothing but trailers point to an object; a cross-reference stream is a trailer itself."""
        return self._graph.held_only_by(number, {TRAILER, *self._cross_references()})

    def _cross_references(self) -> Iterator[int]:
        """Yield the numbers of the cross-reference streams so far (ISO 32000-2 clause 7.5.8)."""
        for section in self._document.sections[: self._revision + 1]:
            for part in (section, section.hybrid):
                if part is not None:
                    yield from (number for number, (_, offset) in part.plain.items() if offset == part.start)

    def _elsewhere(self, number: int, key: str) -> bool:
        """Tell whether the catalogue points to an object under another key."""
        return any(number in references(value) for name, value in self._entries.items() if name != key)

    def _closed(self, numbers: set[int], allowed: set[int]) -> bool:
        graph = References(self._document, self._revision, frozenset(numbers))
        return all(graph.held_only_by(number, allowed) for number in numbers)
