"""Events of the log's time: what a timestamp authority said of a checkpoint. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class LogAnchored(Event):
    """A timestamp was taken over the checkpoint of `size` entries; `stamped_at` is the authority's time (RFC 3339 UTC).

    Entries after this one are provably later than that time: they follow the hash of its answer (`tsr_sha256`).
    """

    TYPE = "prasasti.log.anchored.v1"
    TOLD = "Titik periksa rekam jejak diberi stempel waktu"
    origin: str
    size: int
    root: str
    tsa: str
    tsr_sha256: str
    stamped_at: str


@dataclass(frozen=True, kw_only=True)
class AnchorFailed(Event):
    """The timestamp authority gives no usable answer over a checkpoint; told once until it answers again."""

    TYPE = "prasasti.log.anchor_failed.v1"
    TOLD = "Stempel waktu titik periksa tidak diperoleh"
    origin: str
    size: int
    tsa: str
