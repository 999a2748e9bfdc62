"""Pictures of pages, drawn in confined processes and kept on disk: the same bytes never need to be drawn twice."""

import os
import tempfile
from pathlib import Path

from backend.confined import Confined, Limits
from backend.documents.pages import page_count, page_image

LIMITS = Limits(memory=2 << 30, wall=20.0)


class Gallery:
    """Draws pages and keeps them in `folder`, which may be emptied at any time."""

    def __init__(self, folder: Path, processes: int = 1) -> None:
        """Prepare the drawing processes; they start with the first page."""
        self._folder = folder
        self._confined = Confined(LIMITS, processes)

    def count(self, pdf: bytes, sha256: str) -> int:
        """Return how many pages the PDF of this hash has."""
        path = self._folder / f"{sha256}.pages"
        if path.exists():
            return int(path.read_text("ascii"))
        pages = self._confined.run(page_count, pdf)
        self._keep(path, str(pages).encode())
        return pages

    def image(self, pdf: bytes, sha256: str, number: int, width: int) -> bytes:
        """Return page `number` (from 1) of the PDF of this hash as WebP; raises PageMissing or LimitReached."""
        path = self._folder / f"{sha256}-{number}-{width}.webp"
        if path.exists():
            return path.read_bytes()
        image = self._confined.run(page_image, pdf, number, width)
        self._keep(path, image)
        return image

    def close(self) -> None:
        """End the drawing processes."""
        self._confined.close()

    def _keep(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
