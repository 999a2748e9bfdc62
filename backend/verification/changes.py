"""What one later revision did to a file: every object that it wrote is told as permitted, as visible, or as a fault.

Each revision is looked at once, against the one before it, so the cost grows evenly. What an earlier signature makes
of it is decided in `policy.py`. ISO 32000-2 clause 12.8.2.2; the reasons are in docs/decisions/0011.
"""

from collections.abc import Iterator
from typing import Any

from backend.verification import forms
from backend.verification.document import Document, quietly
from backend.verification.layout import has_stray_bytes
from backend.verification.objects import References, differing, written
from backend.verification.parts import Parts
from backend.verification.pdf.values import EMPTY, Array, Dictionary, Reference, Stream
from backend.verification.sharing import Sharing
from backend.verification.step import FIELD_FILLED, Step

CATALOGUE_FREE = {"/DSS": "archive", "/Metadata": "metadata", "/Extensions": "metadata", "/Version": "metadata"}
CATALOGUE_HARMLESS = frozenset({"/PageLayout", "/PageMode", "/Lang", "/ViewerPreferences", "/PieceInfo"})
INFO_FREE = frozenset({"/ModDate", "/Producer", "/Creator", "/CreationDate", "/Author", "/Title", "/Keywords"})
PAGE_HARMLESS = frozenset({"/LastModified", "/PieceInfo", "/Tabs"})


class Changes:
    """The look at one revision: the objects before and after, and the parts that known objects play."""

    def __init__(self, document: Document, revision: int, references: References) -> None:
        """Read both sides; `references` is the graph of the revision before."""
        self.step = Step(revision)
        self.document = document
        self.references = references
        self.before, self.after = document.at(revision - 1), document.at(revision)
        self.wrote = written(document, revision)
        self.parts = Parts(self.before, document.fields_at(revision - 1))
        self.fresh = {ref.idnum for ref in self.wrote.fresh}
        self.sharing = Sharing(document, revision - 1, references)
        self.new_fields = self.step.tell_fields(self.parts.fields, document.fields_at(revision), self.fresh)

    def told(self) -> Step:
        """Return what was found."""
        if self.before.root_ref != self.after.root_ref:
            self.step.fault("/Root")
        if has_stray_bytes(self.document, self.step.revision):
            self.step.fault("bytes that belong to nothing")
        self._info(quietly(self.before.trailer_view, "/Info"), quietly(self.after.trailer_view, "/Info"))
        for ref in (*self.wrote.fresh, *self.wrote.freed):
            if ref.idnum in self._containers():
                self.step.fault(f"{ref.idnum} obj, which holds others")
        for ref in self.wrote.fresh:
            if not self.references.held_only_by(ref.idnum, set()):
                self.step.fault(f"{ref.idnum} obj, awaited before")
        for ref in self.wrote.freed:
            if not self.references.held_only_by(ref.idnum, self.parts.store):
                self.step.fault(f"{ref.idnum} obj, freed")
        for ref in self.wrote.changed:
            self._changed(ref)
        return self.step

    def _containers(self) -> set[int]:
        """Return the object streams of all earlier revisions: who changes one changes what stands in it."""
        earlier = self.document.sections[: self.step.revision]
        return {packed.container for section in earlier for packed in section.packed.values()}

    def _info(self, old: Any, new: Any) -> None:
        if not isinstance(new, Dictionary):
            return
        for key in differing(_dictionary(old), new):
            if key in INFO_FREE:
                self.step.added.add("metadata")
            else:
                self.step.fault(f"/Info {key}", harmless=True)

    def _changed(self, ref: Reference) -> None:
        number = ref.idnum
        try:
            old, new = self.before.get_object(ref), self.after.get_object(ref)
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001  because pyHanko raises builtins of every kind on hostile bytes
            self.step.fault(f"{number} obj, unreadable")
            return
        checks = list(self._checks(number, old, new))
        if not checks:
            self._unknown(number, old, new)
        for check in checks:
            check(number, old, new)

    def _checks(self, number: int, old: Any, new: Any) -> Iterator[Any]:
        parts = self.parts
        plain = _is_plain(old) and _is_plain(new)
        if number == self.before.root_ref.idnum and plain:
            yield lambda _, was, now: self._catalogue(was, now)
        if number == parts.form and plain:
            yield lambda _, was, now: self._form(was, now)
        if number in parts.widgets and plain:
            yield self._signature_field
        if number in parts.appearances:
            yield self._appearance
        if number in parts.store:
            yield self._store
        if number in parts.resources and plain:
            yield self._resources
        if number == parts.metadata:
            yield self._metadata
        if number == parts.extensions and plain:
            yield self._extensions
        if number == parts.info and plain:
            yield self._shared_info

    def _unknown(self, number: int, old: Any, new: Any) -> None:
        if isinstance(old, Array) and isinstance(new, Array):
            self._list(f"{number} obj", old, new)
        elif number in self.parts.forms.looks and isinstance(new, Stream):
            self._look(number, old)
        elif _is_plain(old) and _is_plain(new):
            if number in self.parts.forms.nodes:
                self._form_field(number, old, new)
            else:
                self._page(number, old, new)
        elif not (_is_cross_reference(old) and _is_cross_reference(new)):
            self.step.fault(f"{number} obj")

    def _catalogue(self, old: Dictionary, new: Dictionary) -> None:
        for key in differing(old, new):
            if key == "/AcroForm":
                self._form(quietly(old, key), quietly(new, key))
            elif key in CATALOGUE_FREE:
                self.step.added.add(CATALOGUE_FREE[key])
            else:
                self.step.fault(f"catalogue {key}", harmless=key in CATALOGUE_HARMLESS)

    def _form(self, old: Any, new: Any) -> None:
        if not isinstance(new, Dictionary):
            self.step.fault("form removed")
            return
        old = _dictionary(old)
        for key in differing(old, new):
            added = key in {"/DR", "/DA"} and key not in old
            calmed = key == "/NeedAppearances" and not quietly(new, key)
            grown = key == "/DR" and _only_grew(quietly(old, key), quietly(new, key), depth=1)
            if key == "/Fields":
                self._list("form /Fields", quietly(old, key), quietly(new, key))
            elif not (added or calmed or grown or key == "/SigFlags"):
                self.step.fault(f"form {key}")

    def _resources(self, number: int, old: Any, new: Any) -> None:
        """Permit the form's default resources to grow: new fonts for new appearances."""
        form = _dictionary(quietly(self.before.root, "/AcroForm"))
        holder = self.parts.form or self.before.root_ref.idnum
        alone = self.sharing.alone_in_form(number, form, holder, forms.number_of(form, "/DR"))
        if not _only_grew(old, new, depth=1) or not alone:
            self.step.fault(f"{number} obj, resources of the form")

    def _shared_info(self, number: int, old: Any, new: Any) -> None:
        self._info(old, new)
        if not self.sharing.only_the_trailer(number):
            self.step.fault(f"{number} obj, shared with the information")

    def _list(self, what: str, old: Any, new: Any) -> None:
        """Permit a list to grow at its end by the new fields of this step; comments are told for the policy."""
        was = old.raw if isinstance(old, Array) else []
        items = new.raw if isinstance(new, Array) else []
        if items[: len(was)] != was:
            self.step.fault(what)
            return
        for item in items[len(was) :]:
            number = item.idnum if isinstance(item, Reference) else None
            if number in self.new_fields:
                continue
            if number in self.fresh and self._is_comment(item):
                self.step.annotated = True
                self.step.added.add("annotation")
            else:
                self.step.fault(what)

    def _is_comment(self, ref: Reference) -> bool:
        made = self.after.get_object(ref)
        known = _is_plain(made) and quietly(made, "/Rect") is not None and "/FT" not in made
        return known and quietly(made, "/Subtype") not in (None, "/Widget")

    def _page(self, number: int, old: Dictionary, new: Dictionary) -> None:
        for key in differing(old, new):
            if key == "/Annots":
                self._list(f"{number} obj /Annots", quietly(old, key), quietly(new, key))
            else:
                straight = key == "/Rotate" and not quietly(old, key) and not quietly(new, key)
                self.step.fault(f"{number} obj {key}", harmless=straight or key in PAGE_HARMLESS)

    def _signature_field(self, number: int, old: Dictionary, new: Dictionary) -> None:
        owner = self.parts.widgets[number]
        for key in differing(old, new):
            collapsed = key == "/Rect" and forms.area(quietly(new, key)) == 0
            if owner not in self.step.filled or not (key in FIELD_FILLED or collapsed):
                self.step.fault(f"field {owner} {key}")

    def _appearance(self, number: int, _old: Any, _new: Any) -> None:
        owner, holders = self.parts.appearances[number]
        if owner not in self.step.filled or not self.references.held_only_by(number, holders):
            self.step.fault(f"appearance of {owner}")

    def _form_field(self, number: int, old: Dictionary, new: Dictionary) -> None:
        node = self.parts.forms.nodes[number]
        for key in forms.alien_keys(old, new):
            self.step.fault(f"field {node.name} {key}")
        if any(key in forms.FILLED for key in differing(old, new)):
            self._complete(node, over=forms.shows_something(old))

    def _look(self, number: int, old: Any) -> None:
        """A form field's appearance that is drawn anew in its old place."""
        node, holder = self.parts.forms.looks[number]
        self._complete(node, over=not isinstance(old, Stream) or forms.draws(old))
        if not self.references.held_only_by(number, {holder}):
            self.step.fault(f"appearance of {node.name}")

    def _complete(self, node: forms.Node, *, over: bool) -> None:
        size = forms.area(quietly(node.dictionary, "/Rect"))
        self.step.complete(node.name, over=over or size is None or size > forms.LARGEST)

    def _store(self, number: int, _old: Any, _new: Any) -> None:
        self.step.added.add("archive")
        if not self.sharing.alone_under(number, "/DSS", self.parts.store):
            self.step.fault(f"{number} obj, shared with the security store")

    def _extensions(self, number: int, _old: Any, _new: Any) -> None:
        """ISO 32000-2 clause 7.12: which extensions a file uses; a signature with a newer algorithm adds one."""
        self.step.added.add("metadata")
        if not self.sharing.alone_under(number, "/Extensions"):
            self.step.fault(f"{number} obj, shared with the extensions")

    def _metadata(self, number: int, old: Any, new: Any) -> None:
        self.step.added.add("metadata")
        both = isinstance(old, Stream) and isinstance(new, Stream)
        if not both or not self.sharing.alone_under(number, "/Metadata"):
            self.step.fault(f"{number} obj, shared with the metadata")


def _dictionary(value: Any) -> Dictionary:
    return value if isinstance(value, Dictionary) else EMPTY


def _is_plain(value: Any) -> bool:
    return isinstance(value, Dictionary) and not isinstance(value, Stream)


def _is_cross_reference(value: Any) -> bool:
    return isinstance(value, Stream) and quietly(value, "/Type") == "/XRef"


def _only_grew(old: Any, new: Any, *, depth: int) -> bool:
    """Tell whether a dictionary kept every entry, or let it grow likewise `depth` levels down."""
    if not (_is_plain(old) and _is_plain(new)):
        return False
    return all(
        depth > 0 and _only_grew(quietly(old, key), quietly(new, key), depth=depth - 1)
        for key in differing(old, new)
        if key in old
    )
