"""The roles of a deployment on PostgreSQL, as SQL: who owns, who appends, who numbers and signs, who only reads.

The four roles are groups without log-in; the users of the database addresses become members. Every statement may be
repeated. A superuser or the owner can undo all of it: what holds against them are checkpoints that others keep.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import sqlalchemy as sa

from backend.audit.rights import RIGHTS, SELECT

OWNER: Final = "prasasti_owner"
APP: Final = "prasasti_app"
SEQUENCER: Final = "prasasti_sequencer"
AUDITOR: Final = "prasasti_auditor"
GROUPS: Final = (OWNER, APP, SEQUENCER, AUDITOR)

_ENGINE: Final = "dbos"
"""The schema of the job engine's tables."""


def as_owner(url: str) -> str:
    """Return an administrator's address under which everything that is made belongs to OWNER."""
    return sa.make_url(url).update_query_dict({"options": f"-c role={OWNER}"}).render_as_string(hide_password=False)


_MADE: Final = {
    "SCHEMA": "FROM (SELECT quote_ident(nspname) AS item FROM pg_namespace WHERE nspname = :engine"
    " AND nspowner <> CAST(:owner AS regrole)) found",
    "TABLE": "FROM (SELECT c.oid::regclass AS item FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname IN ('public', :engine) AND c.relkind IN ('r', 'p', 'v')"
    " AND c.relowner <> CAST(:owner AS regrole)) found",
    "ROUTINE": "FROM (SELECT p.oid::regprocedure AS item FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname IN ('public', :engine) AND p.proowner <> CAST(:owner AS regrole)) found",
}


def groups() -> Iterator[str]:
    """Yield the SQL that makes the four groups; needs CREATEROLE."""
    for name in GROUPS:
        yield (
            f"DO $$ BEGIN CREATE ROLE {name} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    yield f"GRANT {APP} TO {SEQUENCER}"


def member(connection: sa.Connection, url: str, group: str) -> None:
    """Let the user of an address log in (made with the address's password if there is none) and join a group."""
    parts = sa.make_url(url)
    if not parts.username:
        return
    names = {"name": parts.username, "password": parts.password, "group": group}
    _run_each(
        connection,
        "SELECT format('CREATE ROLE %I LOGIN', CAST(:name AS text))"
        " || coalesce(format(' PASSWORD %L', CAST(:password AS text)), '')"
        " WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :name)",
        {**names, "password": str(parts.password) if parts.password else None},
    )
    _run_each(connection, "SELECT format('GRANT %I TO %I', CAST(:group AS text), CAST(:name AS text))", names)


def own(connection: sa.Connection) -> None:
    """Give OWNER this database's schemas, and whatever an earlier installation made in them under another name."""
    names = {"owner": OWNER, "engine": _ENGINE}
    _run_each(connection, "SELECT format('GRANT %I TO CURRENT_USER', CAST(:owner AS text))", names)
    _run_each(
        connection,
        "SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), CAST(:owner AS text))",
        names,
    )
    _run_each(connection, "SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %I', CAST(:owner AS text))", names)
    for kind, found in _MADE.items():
        _run_each(
            connection, f"SELECT format('ALTER {kind} %s OWNER TO %I', item, CAST(:owner AS text)) {found}", names
        )


def grants() -> Iterator[str]:
    """Yield the SQL that gives every role its rights and no other; after every migration, as OWNER."""
    everyone = f"{APP}, {SEQUENCER}, {AUDITOR}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {everyone}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    yield f"REVOKE ALL ON {', '.join((*RIGHTS, 'alembic_version'))} FROM {everyone}"
    yield f"GRANT SELECT ON alembic_version TO {everyone}"
    for table, rights in RIGHTS.items():
        yield f"GRANT {', '.join(sorted(rights.app))} ON {table} TO {APP}"
        if rights.sequencer:
            yield f"GRANT {', '.join(sorted(rights.sequencer))} ON {table} TO {SEQUENCER}"
        if rights.auditor is not None:
            columns = f" ({', '.join(rights.auditor)})" if rights.auditor else ""
            yield f"GRANT {SELECT}{columns} ON {table} TO {AUDITOR}"
    yield f"GRANT USAGE ON SCHEMA {_ENGINE} TO {APP}"
    for kind, right in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE"), ("ROUTINES", "EXECUTE")):
        yield f"GRANT {right} ON ALL {kind} IN SCHEMA {_ENGINE} TO {APP}"


def establish(administrator: str, app: str, worker: str) -> None:
    """Make groups, users and ownership in the database that the three addresses name, before migrations run."""
    engine = sa.create_engine(administrator, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in groups():
            connection.exec_driver_sql(statement)
        member(connection, app, APP)
        member(connection, worker, SEQUENCER)
        own(connection)
        if sa.inspect(connection).has_table("alembic_version"):  # whose revision is asked for before migrations run
            connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {APP}")
            connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {APP}")
    engine.dispose()


def grant(administrator: str) -> None:
    """Give every role its rights again, after migrations ran."""
    engine = sa.create_engine(as_owner(administrator), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in grants():
            connection.exec_driver_sql(statement)
    engine.dispose()


def may_rewrite(connection: sa.Connection) -> bool:
    """Tell whether the user of this connection could change the log: a superuser, its owner, or one with rights."""
    if connection.dialect.name != "postgresql":
        return False
    asked = sa.text(
        "SELECT bool_or(has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') OR pg_has_role(c.relowner, 'USAGE'))"
        " FROM pg_class c WHERE c.oid = to_regclass(c.relname) AND c.relname IN ('audit_event', 'audit_leaf')"
    )
    return bool(connection.execute(asked).scalar())


def _run_each(connection: sa.Connection, query: str, values: Mapping[str, str | None]) -> None:
    """Run every statement that a query writes; `format` quotes names and words in it."""
    for (statement,) in connection.execute(sa.text(query), values).all():
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
