"""Triggers that make the log append-only in the database itself (SQLite, PostgreSQL), and the check that they stand.

They stop every mistake and every program that holds only the app's rights. Who owns the file or the server can still
remove them, which is why checkpoints are kept outside (notes/audit-log.md 4). `_RULES` says what each table refuses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from backend.errors import Refusal

_ALWAYS = "1 = 1"


class LogUnprotected(Refusal):
    """The database lacks triggers that keep the log append-only, or has other ones in their place."""

    code = "log-unprotected"
    status = 503
    message = "Pelindung rekam jejak di basis data tidak lengkap atau telah diubah: %(triggers)s."
    remedy = "Hentikan layanan, jalankan migrasi basis data sekali lagi, lalu periksa dengan `prasasti log verify`."


@dataclass(frozen=True)
class _Rule:
    """What one table refuses, as SQL that is true for a refused row; an empty condition refuses none.

    `keys` are the unique sets of columns: `INSERT OR REPLACE` would silently overwrite a row that shares one.
    """

    table: str
    keys: tuple[str, ...]
    insert: str = ""
    update: str = _ALWAYS
    delete: str = _ALWAYS


_RULES = (
    _Rule("audit_event", ("id",)),
    _Rule("audit_queue", ("position", "event_id"), delete=""),
    _Rule("audit_leaf", ("seq", "event_id"), insert="NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM audit_leaf)"),
    _Rule("audit_node", ("level, idx",)),
    _Rule("audit_head", ("id",), insert="NEW.id <> 1", update="NEW.id <> 1 OR NEW.size <= OLD.size"),
    _Rule(
        "audit_checkpoint",
        ("size",),
        insert="NEW.size <= NEW.previous OR NEW.previous <> (SELECT coalesce(max(size), 0) FROM audit_checkpoint)",
    ),
    _Rule("audit_cosignature", ("size, name",)),
    _Rule("audit_tsr", ("size, tsa",)),
    _Rule("audit_disclosure", ("event_id, digest",), delete=""),
    _Rule("audit_subject_key", ("key_id",), delete=""),
)

TABLES = tuple(rule.table for rule in _RULES)


def protect(connection: sa.Connection) -> None:
    """Create the triggers, or create them again; commits nothing.

    Every migration that touches a table of the log ends with this: Alembic's batch mode drops triggers unasked.
    """
    for trigger in _triggers(connection, whole=False):
        for statement in trigger.statements(postgres=_is_postgres(connection)):
            connection.exec_driver_sql(statement)


def expose(connection: sa.Connection) -> None:
    """Take the triggers away; for backend.audit.renewal alone, and `protect` follows in the same transaction."""
    postgres = _is_postgres(connection)
    for trigger in _triggers(connection):
        on = f" ON {trigger.table}" if postgres else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")


def assert_protected(connection: sa.Connection, *, whole: bool = True) -> None:
    """Raise LogUnprotected unless exactly our triggers, unchanged and enabled, stand on the tables of the log.

    `whole` is false only between two migrations, when a table may not have been made yet.
    """
    postgres = _is_postgres(connection)
    found = _found_postgres(connection) if postgres else _found_sqlite(connection)
    wanted = {t.name: t.fingerprint(postgres=postgres) for t in _triggers(connection, whole=whole)}
    if wrong := sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)):
        raise LogUnprotected(triggers=", ".join(wrong))


@dataclass(frozen=True)
class _Trigger:
    table: str
    operation: str
    condition: str

    @property
    def name(self) -> str:
        return f"{self.table}_no_{self.operation.lower()}"

    def statements(self, *, postgres: bool) -> Iterator[str]:
        """Yield the SQL that puts the trigger in place of an older one."""
        if not postgres:
            yield f"DROP TRIGGER IF EXISTS {self.name}"
            yield self.fingerprint(postgres=False)
            return
        each = "STATEMENT" if self.operation == "TRUNCATE" else "ROW"
        yield f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${self._function()}$$"
        yield f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}"
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table}"
            f" FOR EACH {each} EXECUTE FUNCTION {self.name}()"
        )
        # ALWAYS: also under session_replication_role = replica
        yield f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {self.name}"

    def fingerprint(self, *, postgres: bool) -> str:
        """Return what the database tells about this trigger when nobody has changed it."""
        if not postgres:
            return (
                f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table} WHEN {self.condition}"
                " BEGIN SELECT RAISE(ABORT, 'audit log: append-only'); END"
            )
        # pg_trigger.tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate
        kind = {"INSERT": 7, "DELETE": 11, "UPDATE": 19, "TRUNCATE": 34}[self.operation]
        return f"{self.table} A {kind} {self.name} {self._function()}"

    def _function(self) -> str:
        return (
            f" BEGIN IF {self.condition} THEN RAISE EXCEPTION USING MESSAGE = 'audit log: append-only';"
            " END IF; RETURN NEW; END "
        )


def _triggers(connection: sa.Connection, *, whole: bool = True) -> Iterator[_Trigger]:
    postgres = _is_postgres(connection)
    made = set(TABLES) if whole else set(sa.inspect(connection).get_table_names())
    for rule in (rule for rule in _RULES if rule.table in made):
        # PostgreSQL has no REPLACE, and its upsert is an UPDATE
        conditions = [*(() if postgres else _overwrites(rule)), *((rule.insert,) if rule.insert else ())]
        named = {"INSERT": " OR ".join(conditions), "UPDATE": rule.update, "DELETE": rule.delete}
        if postgres:
            named["TRUNCATE"] = _ALWAYS
        yield from (_Trigger(rule.table, operation, condition) for operation, condition in named.items() if condition)


def _overwrites(rule: _Rule) -> Iterator[str]:
    """Yield conditions that are true when an INSERT OR REPLACE would take the place of a row, its rowid included."""
    for key in ("rowid", *rule.keys):
        same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        yield f"EXISTS (SELECT 1 FROM {rule.table} WHERE {same})"  # noqa: S608 -- because the names stand in _RULES


def _found_sqlite(connection: sa.Connection) -> dict[str, str]:
    triggers = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables")
    rows = connection.execute(triggers.bindparams(sa.bindparam("tables", TABLES, expanding=True)))
    return {row.name: row.sql for row in rows}


def _found_postgres(connection: sa.Connection) -> dict[str, str]:
    triggers = sa.text(
        "SELECT t.tgname, c.relname, t.tgenabled, t.tgtype, p.proname, p.prosrc FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgrelid = to_regclass(c.relname) AND c.relname IN :tables"
    )
    rows = connection.execute(triggers.bindparams(sa.bindparam("tables", TABLES, expanding=True)))
    return {row.tgname: f"{row.relname} {row.tgenabled} {row.tgtype} {row.proname} {row.prosrc}" for row in rows}


def _is_postgres(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"
