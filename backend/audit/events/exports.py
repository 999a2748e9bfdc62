"""Events of what leaves the house: evidence handed to somebody. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class BundleExported(Event):
    """An evidence bundle was made for `recipient` (a pseudonym); his name and the reason given are personal.

    `subject` is the bundle's manifest, which names every file in it. Told before the first byte leaves.
    """

    TYPE = "prasasti.bundle.exported.v1"
    TOLD = "Berkas bukti seremoni diserahkan"
    recipient: str
    files: int
    size: int
