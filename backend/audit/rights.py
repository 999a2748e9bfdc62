"""Who may do what to the tables of the log; kept on SQLite by an authorizer, on PostgreSQL by roles.

`app` is what web and jobs need, `sequencer` what numbers and signs needs besides, `auditor` what reads for a check.
Triggers (backend.audit.protection) refuse the rest to everybody; whoever owns the database can remove both.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from backend.database import Authorizer

SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True)
class Rights:
    """What may be done to one table; `auditor` names the columns that an auditor reads, none of them for nothing."""

    app: frozenset[str]
    sequencer: frozenset[str] = frozenset()
    auditor: tuple[str, ...] | None = ()


_READ: Final = frozenset({SELECT})
_APPEND: Final = frozenset({SELECT, INSERT})
_ERASE: Final = frozenset({SELECT, INSERT, DELETE})

RIGHTS: Final = {
    "audit_event": Rights(_APPEND),
    "audit_queue": Rights(_APPEND, frozenset({DELETE})),
    "audit_leaf": Rights(_READ, frozenset({INSERT})),
    "audit_node": Rights(_READ, frozenset({INSERT})),
    "audit_head": Rights(_READ, frozenset({INSERT, UPDATE})),
    "audit_checkpoint": Rights(_READ, frozenset({INSERT})),
    "audit_cosignature": Rights(_READ, frozenset({INSERT})),
    "audit_tsr": Rights(_READ, frozenset({INSERT})),
    "audit_disclosure": Rights(_ERASE, auditor=("event_id", "digest")),
    "audit_subject_key": Rights(_ERASE, auditor=None),
}
"""`auditor` is () for all columns, None for no access at all."""

_TO_ROWS: Final = {sqlite3.SQLITE_INSERT: INSERT, sqlite3.SQLITE_UPDATE: UPDATE, sqlite3.SQLITE_DELETE: DELETE}
_TO_TABLES: Final = {sqlite3.SQLITE_DROP_TABLE: 0, sqlite3.SQLITE_ALTER_TABLE: 1}
_TO_TRIGGERS: Final = {sqlite3.SQLITE_CREATE_TRIGGER, sqlite3.SQLITE_CREATE_TEMP_TRIGGER, sqlite3.SQLITE_DROP_TRIGGER}


def authorizer(*, sequencer: bool) -> Authorizer:
    """Return what SQLite asks before it prepares a statement (sqlite3_set_authorizer): OK, or DENY.

    Denied are the rights that RIGHTS does not give, dropping or altering a table of the log, its triggers, and
    `writable_schema`. It binds this program's own connections, never somebody who opens the file.
    """
    allowed = {name: rights.app | (rights.sequencer if sequencer else frozenset()) for name, rights in RIGHTS.items()}

    def ask(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
        if action in _TO_ROWS and first in allowed:
            return sqlite3.SQLITE_OK if _TO_ROWS[action] in allowed[first] else sqlite3.SQLITE_DENY
        refused = (
            (action in _TO_TABLES and (first, second)[_TO_TABLES[action]] in allowed)
            or (action in _TO_TRIGGERS and second in allowed)
            or (action == sqlite3.SQLITE_PRAGMA and first == "writable_schema" and second is not None)
        )
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    return ask
