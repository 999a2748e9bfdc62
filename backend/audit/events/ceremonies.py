"""Events of a ceremony as a whole and of its minutes. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event, Weight


@dataclass(frozen=True, kw_only=True)
class CeremonyCreated(Event):
    """Staff created a ceremony from a file; `regions` is how many regions take part."""

    TYPE = "prasasti.ceremony.created.v1"
    TOLD = "Seremoni dibuat"
    nature: str
    template_sha256: str
    regions: int


@dataclass(frozen=True, kw_only=True)
class CeremonyScheduled(Event):
    """The day and hour were set; `starts_at` is RFC 3339 UTC."""

    TYPE = "prasasti.ceremony.scheduled.v1"
    TOLD = "Seremoni dijadwalkan"
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class CeremonyOpened(Event):
    """Signing may begin."""

    TYPE = "prasasti.ceremony.opened.v1"
    TOLD = "Seremoni dibuka"


@dataclass(frozen=True, kw_only=True)
class CeremonyPaused(Event):
    """Signing is held up for a while."""

    TYPE = "prasasti.ceremony.paused.v1"
    TOLD = "Seremoni dijeda"


@dataclass(frozen=True, kw_only=True)
class CeremonyResumed(Event):
    """Signing goes on after a pause."""

    TYPE = "prasasti.ceremony.resumed.v1"
    TOLD = "Seremoni dilanjutkan"


@dataclass(frozen=True, kw_only=True)
class CeremonyClosed(Event):
    """Nobody signs any more; how many documents were completed and how many were not."""

    TYPE = "prasasti.ceremony.closed.v1"
    TOLD = "Seremoni ditutup"
    completed: int
    expired: int
    declined: int
    returned: int


@dataclass(frozen=True, kw_only=True)
class CeremonyCancelled(Event):
    """The ceremony will not take place."""

    TYPE = "prasasti.ceremony.cancelled.v1"
    TOLD = "Seremoni dibatalkan"


@dataclass(frozen=True, kw_only=True)
class MinutesRequested(Event):
    """Staff asked to seal the minutes; the worker does it."""

    TYPE = "prasasti.minutes.requested.v1"
    TOLD = "Penyegelan berita acara diminta"


@dataclass(frozen=True, kw_only=True)
class MinutesSealed(Event):
    """The last event of a ceremony: `count` and `root` (RFC 6962) commit to all its earlier events, in log order."""

    TYPE = "prasasti.minutes.sealed.v1"
    TOLD = "Berita acara disegel"
    WEIGHT = Weight.SIGNATURE
    count: int
    root: str
