"""Events about personal data: who took it out of the log, whose was erased. Names are never changed."""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class LogHandedOut(Event):
    """Staff took the log with its personal values away, to `scope` (`ceremony`); `values` of them went along."""

    TYPE = "prasasti.log.read.v1"
    TOLD = "Rekam jejak beserta data pribadi diunduh"
    scope: str
    leaves: int
    values: int


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """The personal values of `person` and their key were destroyed: `values` in the log, `letters` in the outbox.

    `reason` is the ground. No leaf changed; names printed in signed documents stay.
    """

    TYPE = "prasasti.privacy.erased.v1"
    TOLD = "Data pribadi seseorang dihapus"
    person: str
    values: int
    letters: int
