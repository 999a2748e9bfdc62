"""The statements of the log that happen often, as few and as plain statements as each database allows. Decides nothing.

Their tables are those that the models in `tables` describe; an ORM's way there costs as much as the rest of an append.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

EVENT: Final = ("id", "body", "leaf_hash", "type", "ceremony_id", "document_id", "object_sha256", "occurred_at")
"""The columns of an event, in the order of `insert_events`."""

_SQLITE: Final = {
    "event": (
        "INSERT INTO audit_event (id, body, leaf_hash, type, ceremony_id, document_id, object_sha256, occurred_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    ),
    "queue": "INSERT INTO audit_queue (event_id) VALUES (?)",
    "leaf": "INSERT INTO audit_leaf (seq, event_id) VALUES (?, ?)",
    "node": "INSERT INTO audit_node (level, idx, hash) VALUES (?, ?, ?)",
    "done": "DELETE FROM audit_queue WHERE position = ?",
    "read": "SELECT n.level, n.idx, n.hash FROM wanted CROSS JOIN audit_node n USING (level, idx)",
}
_POSTGRES: Final = {
    # One statement, one way over the wire, for the event and its place in the queue.
    "event": (
        "WITH made AS (INSERT INTO audit_event"
        " (id, body, leaf_hash, type, ceremony_id, document_id, object_sha256, occurred_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id)"
        " INSERT INTO audit_queue (event_id) SELECT id FROM made"
    ),
    "leaf": (
        "INSERT INTO audit_leaf (seq, event_id) SELECT %s + place - 1, id"
        " FROM unnest(%s::text[]) WITH ORDINALITY AS waiting (id, place) ORDER BY place"
    ),
    "node": "INSERT INTO audit_node (level, idx, hash) SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bytea[])",
    "done": "DELETE FROM audit_queue WHERE position = ANY(%s)",
    "read": (
        "SELECT n.level, n.idx, n.hash FROM unnest(%s::int[], %s::bigint[]) AS wanted (level, idx)"
        " JOIN audit_node n USING (level, idx)"
    ),
}


def insert_events(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert events (columns as in EVENT) and their places in the queue, in this order."""
    if _is_postgres(connection):
        connection.exec_driver_sql(_POSTGRES["event"], list(rows))
        return
    connection.exec_driver_sql(_SQLITE["event"], list(rows))
    connection.exec_driver_sql(_SQLITE["queue"], [(row[0],) for row in rows])


def insert_leaves(connection: sa.Connection, first: int, event_ids: Sequence[str]) -> None:
    """Give the events the numbers from `first` on."""
    if _is_postgres(connection):
        connection.exec_driver_sql(_POSTGRES["leaf"], (first, list(event_ids)))
    else:
        connection.exec_driver_sql(_SQLITE["leaf"], list(enumerate(event_ids, start=first)))


def insert_nodes(connection: sa.Connection, completed: Sequence[tuple[int, int, bytes]]) -> None:
    """Insert complete subtrees (level, index, hash)."""
    if _is_postgres(connection):
        connection.exec_driver_sql(_POSTGRES["node"], tuple(map(list, zip(*completed, strict=True))))
    else:
        connection.exec_driver_sql(_SQLITE["node"], list(completed))


def read_nodes(connection: sa.Connection, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return the stored hashes of these subtrees (level, index), as far as they are there."""
    if not places:
        return {}
    if _is_postgres(connection):
        rows = connection.exec_driver_sql(_POSTGRES["read"], tuple(map(list, zip(*places, strict=True))))
    else:
        wanted = ", ".join(["(?, ?)"] * len(places))
        rows = connection.exec_driver_sql(
            f"WITH wanted (level, idx) AS (VALUES {wanted}) {_SQLITE['read']}",
            tuple(number for place in places for number in place),
        )
    return {(level, index): bytes(digest) for level, index, digest in rows}


def delete_queued(connection: sa.Connection, positions: Sequence[int]) -> None:
    """Take numbered events out of the queue."""
    if _is_postgres(connection):
        connection.exec_driver_sql(_POSTGRES["done"], (list(positions),))
    else:
        connection.exec_driver_sql(_SQLITE["done"], [(position,) for position in positions])


def _is_postgres(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"
