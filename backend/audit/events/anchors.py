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


@dataclass(frozen=True, kw_only=True)
class LogReset(Event):
    """The first event of a log begun anew, because no database continued what was signed under the old name.

    `signed` entries and their `root` were signed by `old_origin`, whose whole note is `note`; `kept` of them survived
    and follow in their old order. `reason` is the refusal's code.
    """

    TYPE = "prasasti.log.reset.v1"
    TOLD = "Rekam jejak dimulai kembali dengan nama dan kunci baru"
    origin: str
    old_origin: str
    signed: int
    root: str
    note: str
    kept: int
