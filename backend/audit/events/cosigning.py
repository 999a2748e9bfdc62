"""Events of cosigning: what a machine of another institution said of our checkpoints. Names are never changed.

Only a change is told. A cosignature that is given as always is no event: it would be a new leaf to be cosigned.
"""

from dataclasses import dataclass

from backend.audit.events.envelope import Event


@dataclass(frozen=True, kw_only=True)
class LogCosigned(Event):
    """A cosigner signed a checkpoint for the first time, or again after it had not."""

    TYPE = "prasasti.log.cosigned.v1"
    TOLD = "Penjaga log menandatangani bersama titik periksa"
    origin: str
    cosigner: str
    size: int
    root: str


@dataclass(frozen=True, kw_only=True)
class CosignFailed(Event):
    """A cosigner is away, refuses, or answers what it must not; `reason` says which. Told once until that changes."""

    TYPE = "prasasti.log.cosign_failed.v1"
    TOLD = "Penjaga log tidak menandatangani bersama"
    origin: str
    cosigner: str
    size: int
