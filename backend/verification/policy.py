"""What may happen to a file after a signature: one step per revision, each judged once, so the cost grows evenly.

Permitted: filling an existing signature field (its value and its own appearance), adding an invisible field that is
signed or stamped at once, the document security store, and metadata. Everything else is a fault: any other changed
object, and any new object to which an old one already pointed (shadow attacks). ISO 32000-2 clause 12.8.2.2.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic

from backend.verification.document import Document, Field, quietly
from backend.verification.objects import References, differing, spelling, written
from backend.verification.parts import Parts
from backend.verification.signature import Placed

NOT_PERMITTED = "not permitted"

CATALOGUE_FREE = {"/DSS": "archive", "/Metadata": "metadata", "/Extensions": "metadata", "/Version": "metadata"}
CATALOGUE_HARMLESS = frozenset({"/PageLayout", "/PageMode", "/Lang", "/ViewerPreferences", "/PieceInfo"})
FIELD_FILLED = frozenset({"/V", "/AP", "/AS", "/M", "/F", "/P", "/MK", "/DA", "/Border", "/BS", "/Type", "/Subtype"})
FIELD_NEW = FIELD_FILLED | {"/FT", "/T", "/TU", "/TM", "/Ff", "/Rect", "/Lock", "/Q"}
INFO_FREE = frozenset({"/ModDate", "/Producer", "/Creator", "/CreationDate", "/Author", "/Title", "/Keywords"})
PAGE_HARMLESS = frozenset({"/LastModified", "/PieceInfo", "/Tabs"})


@dataclass
class Step:
    """One later revision. `faults` names what was not permitted; `added` says in codes what was; `filled` fields.

    `harmless`: every fault is of a kind that leaves the drawn page as it was, as when a file is merely saved again.
    """

    revision: int
    faults: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    harmless: bool = True


def review(document: Document, since: int) -> list[Step]:
    """Return the steps after revision `since`, in order."""
    if since + 1 >= document.revisions:
        return []
    references = References(document, since)
    steps = []
    for revision in range(since + 1, document.revisions):
        judge = _Judge(document, revision, references)
        steps.append(judge.run())
        references.follow(revision, judge.wrote)
    return steps


@dataclass(frozen=True)
class After:
    """What became of a file after one signature: `changes_after` in the words of the report."""

    changes_after: str
    added: set[str]
    harmless: bool


def judge(placed: Placed, later: list[Step]) -> After:
    """Return what the steps after a signature mean to it, its own locks (DocMDP, FieldMDP) included."""
    broken = [step for step in later if step.faults or _forbidden(placed, step)]
    added = {kind for step in later for kind in step.added}
    if broken:
        harmless = all(step.faults and step.harmless and not _forbidden(placed, step) for step in broken)
        return After(NOT_PERMITTED, added, harmless)
    return After("permitted" if later else "none", added, harmless=True)


def _forbidden(placed: Placed, step: Step) -> bool:
    """Tell whether a signature forbids what a step did: level 1 of DocMDP closes all fields but timestamps."""
    sealed = placed.mdp == 1 and "signature" in step.added
    return sealed or any(placed.closes(name) for name in step.filled)


class _Judge:
    """The judge of one step: the objects before and after, and the parts that known objects play."""

    def __init__(self, document: Document, revision: int, references: References) -> None:
        self.step = Step(revision)
        self.references = references
        self.before, self.after = document.at(revision - 1), document.at(revision)
        self.wrote = written(document, revision)
        self.fresh = {ref.idnum for ref in self.wrote.fresh}
        self.parts = Parts(self.before, document.fields_at(revision - 1))
        self.fields_after = document.fields_at(revision)
        self.new_fields: set[int] = set()

    def run(self) -> Step:
        if self.before.root_ref != self.after.root_ref:
            self._fault("/Root")
        self._fields()
        self._info(self._trailer_info(self.before), self._trailer_info(self.after))
        for ref in self.wrote.fresh:
            if not self.references.held_only_by(ref.idnum, set()):
                self._fault(f"{ref.idnum} obj, awaited before")
        for ref in self.wrote.freed:
            if not self.references.held_only_by(ref.idnum, self.parts.store):
                self._fault(f"{ref.idnum} obj, freed")
        for ref in self.wrote.changed:
            self._changed(ref)
        return self.step

    def _fault(self, what: str, *, harmless: bool = False) -> None:
        self.step.faults.append(what)
        self.step.harmless = self.step.harmless and harmless

    def _fields(self) -> None:
        """Find the fields that this step filled, and those that it added."""
        earlier = {found.name: found for found in self.parts.fields}
        for found in self.fields_after:
            known = earlier.get(found.name)
            if known is None:
                self._new_field(found)
            elif found.filled and not known.filled:
                self._filled(found)

    def _filled(self, found: Field) -> None:
        container = found.container
        if container is not None and container != found.ref and container.idnum not in self.fresh:
            self._fault(f"field {found.name}: value is an old object")
        self.step.filled.add(found.name)
        self.step.added.add(_kind(found))

    def _new_field(self, found: Field) -> None:
        """Permit a new field only if it is new altogether, carries its signature already, and shows nothing."""
        alien = [key for key in found.dictionary if key not in FIELD_NEW]
        if found.ref is None or found.ref.idnum not in self.fresh or alien or not found.filled:
            self._fault(f"new field {found.name}")
        elif not _shows_nothing(found.dictionary):
            self._fault(f"new visible field {found.name}")
        else:
            self.new_fields.add(found.ref.idnum)
            self._filled(found)

    @staticmethod
    def _trailer_info(side: Any) -> Any:
        return quietly(side.trailer_view, "/Info")

    def _info(self, old: Any, new: Any) -> None:
        if not isinstance(new, generic.DictionaryObject):
            return
        for key in differing(old if isinstance(old, generic.DictionaryObject) else generic.DictionaryObject(), new):
            if key in INFO_FREE:
                self.step.added.add("metadata")
            else:
                self._fault(f"/Info {key}", harmless=True)

    def _changed(self, ref: generic.Reference) -> None:
        old, new = self.before.get_object(ref), self.after.get_object(ref)
        number = ref.idnum
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
            yield self._field
        if number in parts.appearances:
            yield self._appearance
        if number in parts.store:
            yield self._store
        if number == parts.metadata:
            yield self._metadata
        if number == parts.info and plain:
            yield lambda _, was, now: self._info(was, now)

    def _unknown(self, number: int, old: Any, new: Any) -> None:
        if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            self._list(f"{number} obj", old, new)
        elif _is_plain(old) and _is_plain(new):
            self._page(number, old, new)
        elif not (_is_cross_reference(old) and _is_cross_reference(new)):
            self._fault(f"{number} obj")

    def _catalogue(self, old: generic.DictionaryObject, new: generic.DictionaryObject) -> None:
        for key in differing(old, new):
            if key == "/AcroForm":
                self._form(quietly(old, key), quietly(new, key))
            elif key in CATALOGUE_FREE:
                self.step.added.add(CATALOGUE_FREE[key])
            else:
                self._fault(f"catalogue {key}", harmless=key in CATALOGUE_HARMLESS)

    def _form(self, old: Any, new: Any) -> None:
        old = old if isinstance(old, generic.DictionaryObject) else generic.DictionaryObject()
        if not isinstance(new, generic.DictionaryObject):
            self._fault("form removed")
            return
        for key in differing(old, new):
            added = key in {"/DR", "/DA"} and key not in old
            calmed = key == "/NeedAppearances" and not quietly(new, key)
            if key == "/Fields":
                self._list("form /Fields", quietly(old, key), quietly(new, key))
            elif not (added or calmed or key == "/SigFlags"):
                self._fault(f"form {key}")

    def _list(self, what: str, old: Any, new: Any) -> None:
        """Permit a list to grow at its end by the new invisible fields of this step."""
        was = [spelling(item) for item in list.__iter__(old)] if isinstance(old, generic.ArrayObject) else []
        items = list(list.__iter__(new)) if isinstance(new, generic.ArrayObject) else []
        grown = items[len(was) :]
        kept = [spelling(item) for item in items[: len(was)]] == was
        known = all(isinstance(item, generic.IndirectObject) and item.idnum in self.new_fields for item in grown)
        if not (kept and known):
            self._fault(what)

    def _page(self, number: int, old: generic.DictionaryObject, new: generic.DictionaryObject) -> None:
        for key in differing(old, new):
            if key == "/Annots":
                self._list(f"{number} obj /Annots", quietly(old, key), quietly(new, key))
            else:
                straight = key == "/Rotate" and not quietly(old, key) and not quietly(new, key)
                self._fault(f"{number} obj {key}", harmless=straight or key in PAGE_HARMLESS)

    def _field(self, number: int, old: generic.DictionaryObject, new: generic.DictionaryObject) -> None:
        owner = self.parts.widgets[number]
        for key in differing(old, new):
            collapsed = key == "/Rect" and _no_area(quietly(new, key))
            shown = key == "/Annots"  # an object may be page and field at once; then both rules hold
            if owner not in self.step.filled or shown or not (key in FIELD_FILLED or collapsed):
                self._fault(f"field {owner} {key}")

    def _appearance(self, number: int, _old: Any, _new: Any) -> None:
        owner, holders = self.parts.appearances[number]
        if owner not in self.step.filled or not self.references.held_only_by(number, holders):
            self._fault(f"appearance of {owner}")

    def _store(self, number: int, _old: Any, _new: Any) -> None:
        self.step.added.add("archive")
        if not self.references.held_only_by(number, self.parts.store | {self.before.root_ref.idnum}):
            self._fault(f"{number} obj, shared with the security store")

    def _metadata(self, number: int, old: Any, new: Any) -> None:
        self.step.added.add("metadata")
        both = isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject)
        if not both or not self.references.held_only_by(number, {self.before.root_ref.idnum}):
            self._fault(f"{number} obj, shared with the metadata")


def _is_plain(value: Any) -> bool:
    return isinstance(value, generic.DictionaryObject) and not isinstance(value, generic.StreamObject)


def _is_cross_reference(value: Any) -> bool:
    return isinstance(value, generic.StreamObject) and quietly(value, "/Type") == "/XRef"


def _kind(found: Field) -> str:
    value = quietly(found.dictionary, "/V")
    stamp = isinstance(value, generic.DictionaryObject) and quietly(value, "/Type") == "/DocTimeStamp"
    return "timestamp" if stamp else "signature"


def _shows_nothing(widget: generic.DictionaryObject) -> bool:
    rect = quietly(widget, "/Rect")
    return rect is None or _no_area(rect)


def _no_area(rect: Any) -> bool:
    try:
        left, bottom, right, top = (float(quietly(rect, index)) for index in range(4))
    except (TypeError, ValueError):
        return False
    return left == right or bottom == top
