"""The limit of a2: fifty messages in one set-based statement, on the tables of steps.py."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.crowd import Saying
from benchmarks.steps import Connection

TAKE = """
    WITH given AS (
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) AS g(value, external_id, body)
    ), writers AS (
        SELECT DISTINCT value FROM given
    ), missing AS (
        SELECT w.value, nextval('steps.customer_id_seq') AS customer_id FROM writers w
        WHERE NOT EXISTS (SELECT FROM steps.identity i WHERE i.space = 'bench' AND i.value = w.value)
    ), customers AS (
        INSERT INTO steps.customer (id, name) SELECT customer_id, value FROM missing
    ), identities AS (
        INSERT INTO steps.identity (customer_id, space, value, last_seen)
        SELECT customer_id, 'bench', value, now() FROM missing ORDER BY value
    ), owners AS (
        SELECT value, customer_id FROM missing
        UNION ALL SELECT i.value, i.customer_id FROM steps.identity i JOIN writers w USING (value) WHERE i.space = 'bench'
    ), unheard AS (
        SELECT o.customer_id, nextval('steps.conversation_id_seq') AS id FROM owners o WHERE NOT EXISTS (
            SELECT FROM steps.conversation c WHERE c.customer_id = o.customer_id AND c.status = 'open')
    ), opened AS (
        INSERT INTO steps.conversation (id, customer_id, status, last_activity, preview, unread)
        SELECT u.id, u.customer_id, 'open', now(), left(min(g.body), 200), count(*)
        FROM unheard u JOIN owners o USING (customer_id) JOIN given g USING (value) GROUP BY 1, 2
    ), matters AS (
        SELECT customer_id, id FROM unheard
        UNION ALL SELECT c.customer_id, c.id FROM steps.conversation c JOIN owners o USING (customer_id)
        WHERE c.status = 'open'
    ), written AS (
        INSERT INTO steps.message (conversation_id, customer_id, channel_id, external_id, body)
        SELECT m.id, o.customer_id, 1, g.external_id, g.body
        FROM given g JOIN owners o USING (value) JOIN matters m USING (customer_id)
        ON CONFLICT DO NOTHING RETURNING id, conversation_id, body
    ), bumped AS (
        UPDATE steps.conversation c SET last_activity = now(), preview = left(w.body, 200), unread = c.unread + w.amount
        FROM (SELECT conversation_id, min(body) AS body, count(*) AS amount FROM written GROUP BY 1) w
        WHERE c.id = w.conversation_id
    )
    INSERT INTO steps.outbox (message_id, kind) SELECT id, 'received' FROM written
"""


def take(connection: Connection, sayings: Sequence[Saying]) -> None:
    """Store these, together, in one transaction."""
    columns = [
        [saying.who for saying in sayings],
        [saying.external_id for saying in sayings],
        [saying.text for saying in sayings],
    ]
    connection.execute(TAKE, columns)
    connection.commit()
