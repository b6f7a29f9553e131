"""The limit of a3: the least an inbox must write for one message, in plain SQL, one statement after the other.

Tables of its own, so that neither side pays for the other's rows.
"""

from __future__ import annotations

from typing import Any

import psycopg

SCHEMA = """
    DROP SCHEMA IF EXISTS steps CASCADE;
    CREATE SCHEMA steps;
    CREATE TABLE steps.customer (id bigserial PRIMARY KEY, name text NOT NULL);
    CREATE TABLE steps.identity (
        id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES steps.customer, space text NOT NULL,
        value text NOT NULL, last_seen timestamptz NOT NULL, UNIQUE (space, value));
    CREATE TABLE steps.conversation (
        id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES steps.customer, status text NOT NULL,
        last_activity timestamptz NOT NULL, preview text NOT NULL, unread int NOT NULL);
    CREATE UNIQUE INDEX ON steps.conversation (customer_id) WHERE status = 'open';
    CREATE INDEX ON steps.conversation (last_activity DESC, id DESC) WHERE status = 'open';
    CREATE TABLE steps.message (
        id bigserial PRIMARY KEY, conversation_id bigint NOT NULL REFERENCES steps.conversation,
        customer_id bigint NOT NULL, channel_id bigint NOT NULL, external_id text NOT NULL, body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (channel_id, external_id));
    CREATE INDEX ON steps.message (conversation_id, created_at DESC);
    CREATE TABLE steps.outbox (id bigserial PRIMARY KEY, message_id bigint NOT NULL, kind text NOT NULL);
"""

KNOWN = (
    "UPDATE steps.identity SET last_seen = now() WHERE space = %s AND value = %s RETURNING id, customer_id"
)
NEW_CUSTOMER = "INSERT INTO steps.customer (name) VALUES (%s) RETURNING id"
NEW_IDENTITY = (
    "INSERT INTO steps.identity (customer_id, space, value, last_seen) VALUES (%s, %s, %s, now())"
    " ON CONFLICT (space, value) DO UPDATE SET last_seen = now() RETURNING id, customer_id"
)
FIND = "SELECT id FROM steps.conversation WHERE customer_id = %s AND status = 'open' FOR UPDATE"
OPEN = (
    "INSERT INTO steps.conversation (customer_id, status, last_activity, preview, unread)"
    " VALUES (%s, 'open', now(), '', 0) RETURNING id"
)
MESSAGE = (
    "INSERT INTO steps.message (conversation_id, customer_id, channel_id, external_id, body) VALUES (%s, %s, 1, %s, %s)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
BUMP = "UPDATE steps.conversation SET last_activity = now(), preview = left(%s, 200), unread = unread + 1 WHERE id = %s"
OUTBOX = "INSERT INTO steps.outbox (message_id, kind) VALUES (%s, 'received')"

Connection = psycopg.Connection[tuple[Any, ...]]


def prepare(connection: Connection) -> None:
    """Make the tables. The connection must not be in autocommit mode, so that BEGIN is the first of the round trips."""
    connection.execute(SCHEMA)
    connection.commit()


def take(connection: Connection, *, value: str, external_id: str, text: str) -> None:
    """One message in one transaction: BEGIN, identity, conversation, message, conversation, outbox, COMMIT. Two more trips
    or three for a new customer."""
    run = connection.execute
    found = run(KNOWN, ("bench", value)).fetchone()
    if found is None:
        (made,) = _row(run(NEW_CUSTOMER, (value,)))
        found = _row(run(NEW_IDENTITY, (made, "bench", value)))
    customer = found[1]
    matter = run(FIND, (customer,)).fetchone() or _row(run(OPEN, (customer,)))
    message = run(MESSAGE, (matter[0], customer, external_id, text)).fetchone()
    if message is not None:
        run(BUMP, (text, matter[0]))
        run(OUTBOX, (message[0],))
    connection.commit()


def _row(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise RuntimeError("A row that was just written is not there.")
    return row
