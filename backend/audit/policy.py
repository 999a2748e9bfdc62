"""Whom an auditor believes: the log's key, the cosigners' keys, and how many of them must have signed. Pure.

https://c2sp.org/tlog-policy. The auditor keeps the file himself: a copy inside a bundle says nothing about trust.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.audit.checkpoint import Checkpoint, PublicKey
from backend.audit.cosignature import CosignerKey
from backend.audit.note import InvalidNote, signature_line, split_note
from backend.errors import Refusal

NONE = "none"
MOST_LINES = 1_000
MOST_CHARACTERS = 200_000
_BLANKS = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


class InvalidPolicy(Refusal):
    """A text that is no tlog-policy. `why` is a stable word; `line` counts from 1, 0 means the whole file."""

    code = "log-policy-invalid"
    status = 422
    message = "Berkas kebijakan rekam jejak tidak sah (baris %(line)s: %(why)s)."
    remedy = "Perbaiki baris itu menurut c2sp.org/tlog-policy. Salinan kebijakan dapat diminta dari pengelola."


@dataclass(frozen=True)
class Cosigner:
    """A cosigner by the name that it has in this policy, its key, and where it can be reached (if known)."""

    name: str
    key: CosignerKey
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """Members (cosigners or earlier groups) of whom at least `needed` must have cosigned."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Log:
    """A log that is accepted; its key's name is the origin of its checkpoints."""

    key: PublicKey
    url: str | None = None


@dataclass(frozen=True)
class Cosigned:
    """One valid cosignature: whose (the policy's name), when it was made, and its line of the note."""

    name: str
    at: datetime
    line: str


@dataclass(frozen=True)
class Examined:
    """What a note is worth: `given` of `total` cosigners signed it; `met` if those `needed` are among them.

    `cosigned` also holds those who are named but count towards no quorum.
    """

    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    given: int
    needed: int
    total: int
    met: bool


@dataclass(frozen=True)
class Policy:
    """Logs, cosigners, groups in the order in which they were defined, and the name of the quorum."""

    logs: tuple[Log, ...]
    cosigners: tuple[Cosigner, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @classmethod
    def from_text(cls, text: str) -> "Policy":
        """Return the policy of a tlog-policy file; raises InvalidPolicy with the line that is wrong."""
        if len(text) > MOST_CHARACTERS or text.count("\n") > MOST_LINES:
            raise InvalidPolicy(line=0, why="too-long")
        reader = _Reader()
        for number, raw in enumerate(text.split("\n"), start=1):
            if _CONTROL.search(raw):
                raise InvalidPolicy(line=number, why="control-character")
            line = raw.strip(" \t")
            if line and not line.startswith("#"):
                reader.read(number, _BLANKS.split(line))
        return reader.finish()

    @classmethod
    def of(cls, log: PublicKey, cosigners: Sequence[Cosigner], needed: int) -> "Policy":
        """Return the plain policy: one log, and `needed` of these cosigners; 0 asks for none."""
        if needed == 0:
            return cls((Log(log),), tuple(cosigners))
        group = Group("kuorum", needed, tuple(cosigner.name for cosigner in cosigners))
        return cls.from_text(cls((Log(log),), tuple(cosigners), (group,), group.name).to_text())

    def to_text(self) -> str:
        """Return the file that `from_text` reads: logs, witnesses, groups, quorum."""
        lines = [_joined("log", log.key.to_text(), log.url) for log in self.logs]
        lines += [_joined("witness", one.name, one.key.to_text(), one.url) for one in self.cosigners]
        lines += [f"group {group.name} {group.needed} {' '.join(group.members)}" for group in self.groups]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    @property
    def log_key(self) -> PublicKey:
        """Return the key of the log; of several (after a rotation) the one that stands first."""
        return self.logs[0].key

    @property
    def needed(self) -> int:
        """Return how many cosigners the quorum asks for at least."""
        return self._fewest(self.quorum)

    @property
    def total(self) -> int:
        """Return how many cosigners could count towards the quorum."""
        return len(self.counting)

    @property
    def counting(self) -> set[str]:
        """Return the names of the cosigners that count towards the quorum, all of them if none is needed."""
        return self._counting(self.quorum) if self.quorum != NONE else {one.name for one in self.cosigners}

    def examine(self, note: str) -> Examined:
        """Return what this policy finds in a signed checkpoint.

        Lines of unknown keys are left alone. Raises InvalidNote if no accepted log signed it, or if the line of a known
        key does not verify: then the whole note is refused (c2sp.org/signed-note).
        """
        checkpoint = self._open(note)
        text, lines = split_note(note)
        cosigned = tuple(filter(None, (_newest(one, text, lines) for one in self.cosigners)))
        names = {one.name for one in cosigned}
        given = len(names & self.counting)
        return Examined(checkpoint, cosigned, given, self.needed, self.total, self.met_by(names))

    def met_by(self, names: set[str]) -> bool:
        """Tell whether the cosigners of these names are a quorum."""
        return self._holds(self.quorum, names)

    def _open(self, note: str) -> Checkpoint:
        text, lines = split_note(note)
        checkpoint = Checkpoint.from_text(text)
        signing = [
            log.key
            for log in self.logs
            if log.key.name == checkpoint.origin and any((n, s[:4]) == (log.key.name, log.key.id) for n, s in lines)
        ]
        if not signing:
            raise InvalidNote("no signature by a log of this policy")
        for key in signing:
            key.open(note)
        return checkpoint

    def _group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)

    def _holds(self, name: str, signed: set[str]) -> bool:
        if name == NONE or not (group := self._group(name)):
            return name == NONE or name in signed
        return sum(self._holds(member, signed) for member in group.members) >= group.needed

    def _fewest(self, name: str) -> int:
        if name == NONE or not (group := self._group(name)):
            return int(name != NONE)
        return sum(sorted(self._fewest(member) for member in group.members)[: group.needed])

    def _counting(self, name: str) -> set[str]:
        group = self._group(name)
        return {name} if group is None else set().union(*(self._counting(member) for member in group.members))


@dataclass
class _Reader:
    """Gathers the lines of a file and watches over its names."""

    logs: list[Log] = field(default_factory=list)
    cosigners: list[Cosigner] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=lambda: {NONE})
    members: set[str] = field(default_factory=set)

    def read(self, number: int, words: list[str]) -> None:
        kinds = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        try:
            kinds[words[0]](words[1:])
        except InvalidNote as error:
            raise InvalidPolicy(line=number, why="key-invalid") from error
        except _Wrong as wrong:
            raise InvalidPolicy(line=number, why=str(wrong)) from None
        except KeyError:
            raise InvalidPolicy(line=number, why="unknown-keyword") from None

    def finish(self) -> Policy:
        if not self.logs:
            raise InvalidPolicy(line=0, why="no-log")
        if self.quorum is None:
            raise InvalidPolicy(line=0, why="no-quorum")
        return Policy(tuple(self.logs), tuple(self.cosigners), tuple(self.groups), self.quorum)

    def _log(self, words: list[str]) -> None:
        _expect(1 <= len(words) <= 2, "wrong-number-of-words")
        key = PublicKey.from_text(words[0])
        _expect(key.raw not in {log.key.raw for log in self.logs}, "key-twice")
        self.logs.append(Log(key, _url(words[1:])))

    def _witness(self, words: list[str]) -> None:
        _expect(2 <= len(words) <= 3, "wrong-number-of-words")
        key = CosignerKey.from_text(words[1])
        _expect(key.raw not in {one.key.raw for one in self.cosigners}, "key-twice")
        self._define(words[0])
        self.cosigners.append(Cosigner(words[0], key, _url(words[2:])))

    def _group(self, words: list[str]) -> None:
        _expect(len(words) >= 3, "wrong-number-of-words")
        name, threshold, members = words[0], words[1], words[2:]
        for member in members:
            _expect(member in self.names and member != NONE, "unknown-name")
            _expect(member not in self.members, "member-twice")
            self.members.add(member)
        self._define(name)
        word = {"all": len(members), "any": 1}.get(threshold)
        _expect(word is not None or bool(_COUNT.fullmatch(threshold)), "wrong-threshold")
        needed = word if word is not None else int(threshold)
        _expect(needed <= len(members), "wrong-threshold")
        self.groups.append(Group(name, needed, tuple(members)))

    def _quorum(self, words: list[str]) -> None:
        _expect(len(words) == 1, "wrong-number-of-words")
        _expect(self.quorum is None, "quorum-twice")
        _expect(words[0] in self.names, "unknown-name")
        self.quorum = words[0]

    def _define(self, name: str) -> None:
        _expect(name not in self.names, "name-twice")
        self.names.add(name)


class _Wrong(Exception):
    """A line breaks a rule of the format; the reader knows its number."""


def _expect(holds: bool, why: str) -> None:  # noqa: FBT001 because it reads as the sentence it checks
    if not holds:
        raise _Wrong(why)


def _url(words: Sequence[str]) -> str | None:
    return words[0] if words else None


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None)


def _newest(cosigner: Cosigner, text: str, lines: Iterable[tuple[str, bytes]]) -> Cosigned | None:
    """Return a cosigner's latest line; all of them must verify."""
    found = [
        Cosigned(cosigner.name, cosigner.key.verify(text, signature), signature_line(name, b"", signature))
        for name, signature in lines
        if cosigner.key.owns(name, signature)
    ]
    return max(found, key=lambda one: one.at, default=None)
