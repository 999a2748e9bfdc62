"""Side by side: the archived pages and those of an uploaded file, drawn alike, and where they differ.

The uploaded file is hostile: pages are drawn in processes of their own, with limits on time, memory, pages and pixels.
"""

import io
import re
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from backend.confined import Confined, LimitReached, Limits

LIMITS = Limits(memory=1 << 30, wall=20.0, tasks=50)
MOST_PAGES = 40
WIDTH = 640
TALLEST = 4000
MOST_PIXELS = 1_000_000
QUALITY = 72
CODE = re.compile(r"\b[A-Z2-7]{26}\b")
MOST_CODES = 3
# Both files are drawn by the same program: pages that are the same differ in no pixel, re-encoded pictures a little.
STRONG = 24
TILE = 20
MARK = (179, 38, 30)
# What PDFium and Pillow raise on hostile bytes.
BROKEN = (pypdfium2.PdfiumError, ValueError, OSError, OverflowError)


@dataclass(frozen=True)
class Pair:
    """One page of both files as WebP; None where a file has no such page or it could not be drawn."""

    number: int
    archived: bytes | None
    uploaded: bytes | None
    differs: bool
    words_differ: bool = False


@dataclass(frozen=True)
class SideBySide:
    """The pages that were compared, and how many each file has; `drawn` is false where the upload cannot be drawn."""

    pairs: tuple[Pair, ...]
    pages_archived: int
    pages_uploaded: int
    drawn: bool = True

    @property
    def differing(self) -> tuple[int, ...]:
        """Return the numbers of the pages that differ."""
        return tuple(pair.number for pair in self.pairs if pair.differs)

    @property
    def size(self) -> int:
        """Return how many bytes the pictures take."""
        return sum(len(picture or b"") for pair in self.pairs for picture in (pair.archived, pair.uploaded))


class Comparer:
    """Compares in processes of their own, so that no upload makes a signatory wait for his pages."""

    def __init__(self, processes: int = 1) -> None:
        """Prepare the processes; they start with the first file."""
        self._confined = Confined(LIMITS, processes)

    def compare(self, archived: bytes, uploaded: bytes) -> SideBySide:
        """Return both files side by side; an upload that cannot be drawn within the limits is told as that."""
        try:
            return self._confined.run(compare, archived, uploaded)
        except (LimitReached, *BROKEN):
            return SideBySide((), 0, 0, drawn=False)

    def codes(self, uploaded: bytes) -> tuple[str, ...]:
        """Return the codes that the pages of an upload show; none where it cannot be read within the limits."""
        try:
            return self._confined.run(codes_on, uploaded)
        except (LimitReached, *BROKEN):
            return ()

    def close(self) -> None:
        """End the processes."""
        self._confined.close()


def codes_on(pdf: bytes) -> tuple[str, ...]:
    """Return what looks like a code of ours (26 letters of base32) in the text of the first and last pages."""
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            pages = dict.fromkeys((0, len(document) - 1))
            words = " ".join(document[n].get_textpage().get_text_bounded() for n in pages if 0 <= n < len(document))
    except BROKEN:
        return ()
    return tuple(dict.fromkeys(CODE.findall(words)))[:MOST_CODES]


def compare(archived: bytes, uploaded: bytes) -> SideBySide:
    """Return both files page by page, at most MOST_PAGES; call it in a confined process."""
    with pypdfium2.PdfDocument(archived) as ours:
        ours.init_forms()
        try:
            with pypdfium2.PdfDocument(uploaded) as theirs:
                theirs.init_forms()
                counts = (len(ours), len(theirs))
                pairs = tuple(_pair(ours, theirs, n) for n in range(min(max(counts), MOST_PAGES)))
        except BROKEN:
            return SideBySide((), len(ours), 0, drawn=False)
    return SideBySide(pairs, *counts)


def _pair(ours: pypdfium2.PdfDocument, theirs: pypdfium2.PdfDocument, index: int) -> Pair:
    left, right = _draw(ours, index), _draw(theirs, index)
    if left is None or right is None:
        return Pair(index + 1, _webp(left), _webp(right), differs=True)
    words = _words(ours, index) != _words(theirs, index)
    places = _differing(left, right)
    _outline(right, places)
    return Pair(index + 1, _webp(left), _webp(right), differs=bool(places) or words, words_differ=words)


def _draw(document: pypdfium2.PdfDocument, index: int) -> Image.Image | None:
    """Return a page as a picture of WIDTH, smaller where it would have too many pixels, None without such a page."""
    if index >= len(document):
        return None
    try:
        page = document[index]
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            return None
        scale = min(WIDTH / width, TALLEST / height, (MOST_PIXELS / (width * height)) ** 0.5)
        picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    except BROKEN:
        return None
    return picture


def _words(document: pypdfium2.PdfDocument, index: int) -> list[str]:
    try:
        return str(document[index].get_textpage().get_text_bounded()).split()
    except BROKEN:
        return []


def _differing(left: Image.Image, right: Image.Image) -> list[tuple[int, int, int, int]]:
    """Return the boxes in which two pictures differ, joined where they touch; one over all for other proportions."""
    if left.size != right.size:
        return [(0, 0, right.width - 1, right.height - 1)]
    strong = ImageChops.difference(left, right).convert("L").point(lambda value: 255 if value >= STRONG else 0)
    if strong.getbbox() is None:
        return []
    across, down = -(-strong.width // TILE), -(-strong.height // TILE)
    tiles = {
        (x, y)
        for y in range(down)
        for x in range(across)
        if strong.crop((x * TILE, y * TILE, (x + 1) * TILE, (y + 1) * TILE)).getbbox()
    }
    return [_box(group) for group in _joined(tiles)]


def _joined(tiles: set[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """Return tiles in groups of those that touch or nearly touch."""
    groups = []
    while tiles:
        group, waiting = set(), [tiles.pop()]
        while waiting:
            x, y = waiting.pop()
            group.add((x, y))
            near = {(x + i, y + j) for i in range(-2, 3) for j in range(-2, 3)} & tiles
            tiles -= near
            waiting += near
        groups.append(group)
    return groups


def _box(tiles: set[tuple[int, int]]) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in tiles], [y for _, y in tiles]
    return min(xs) * TILE - 3, min(ys) * TILE - 3, (max(xs) + 1) * TILE + 3, (max(ys) + 1) * TILE + 3


def _outline(picture: Image.Image, boxes: list[tuple[int, int, int, int]]) -> None:
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        inside = (max(0, left), max(0, top), min(picture.width - 1, right), min(picture.height - 1, bottom))
        pen.rectangle(inside, outline=MARK, width=3)


def _webp(picture: Image.Image | None) -> bytes | None:
    if picture is None:
        return None
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()
