"""c1: the first page of the lists with many conversations beside the same with few, and a deep page beside the first."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from benchmarks.rounds import seconds
from benchmarks.sizes import Size
from benchmarks.table import Result
from inbox import keyset, queues
from inbox.models import Agent, Conversation, Desk, Team

VIEWS = ("mine", "unassigned", "all")
AGENTS = 20

CUSTOMERS = """
    INSERT INTO inbox_customer (public_id, kind, name, vip, blocked, language, time_zone, about, attributes, created_at)
    SELECT 'bench-' || n, 'person', 'Person ' || n, false, false, '', '', '', '{}', now() FROM generate_series(%(from)s, %(to)s) n
"""
# One in 25 is open; of these two thirds have somebody who looks after them.
CONVERSATIONS = """
    INSERT INTO inbox_conversation (customer_id, desk_id, main, quiet, thread_key, status, assignee_id, team_id, priority,
        title, next_step, opened_at, resolved_at, last_activity, preview, preview_by)
    SELECT c.id, %(desk)s, true, false, '', CASE WHEN is_open THEN 'open' ELSE 'resolved' END,
        CASE WHEN is_open AND n %% 3 = 0 THEN NULL ELSE (%(agents)s::bigint[])[1 + n %% %(count)s] END,
        %(team)s, 2, 'Lamp ' || n, '', began, CASE WHEN is_open THEN NULL ELSE began END, began, 'Hello', 'inbound'
    FROM (SELECT id, substr(public_id, 7)::int AS n FROM inbox_customer WHERE public_id LIKE 'bench-%%') c,
        LATERAL (SELECT n %% 25 = 0 AS is_open, now() - n * interval '30 seconds' AS began) d
    WHERE n BETWEEN %(from)s AND %(to)s
"""
MESSAGES = """
    INSERT INTO inbox_message (public_id, customer_id, conversation_id, direction, kind, nature, proof, subject, text, html,
        language, reference_id, guessed, historical, notices, occurred_at, sequence, received_at)
    SELECT 'bench-' || v.id || '-' || m, v.customer_id, v.id, 'inbound', 'text', 'person', '', '', 'Hello ' || v.id, '', '', '',
        false, false, '[]', v.opened_at + m * interval '1 second', 0, v.opened_at
    FROM inbox_conversation v, generate_series(1, %(each)s) m WHERE v.title LIKE 'Lamp %%' AND v.priority = 2
"""


def grown(size: Size) -> list[Result]:
    """c1: one agent's lists, measured with few conversations, then with many in the same tables."""
    Conversation.objects.filter(title__startswith="Lamp ").delete()
    room = _Room()
    room.fill(1, size.few_conversations)
    few = {view: seconds(15, lambda view=view: queues.page(room.reader, view)) for view in VIEWS}
    room.fill(size.few_conversations + 1, size.conversations)
    if size.messages_each:
        room.write_messages(size.messages_each)
    many = {view: seconds(15, lambda view=view: queues.page(room.reader, view)) for view in VIEWS}
    deep = room.deep(size.deep_page)
    deep_seconds, first_seconds = seconds(15, deep), seconds(15, lambda: queues.page(room.reader, "resolved"))
    words = f"{size.conversations:,} conversations / {size.few_conversations:,}"
    return [_result(f"list “{view}”, {words}", many[view], few[view], (2.0, 1.3)) for view in VIEWS] + [
        _result(f"list “resolved”, page {size.deep_page:,} / page 1", deep_seconds, first_seconds, (2.0, 1.2))
    ]


def _result(measure: str, ours: float, limit: float, goals: tuple[float, float]) -> Result:
    return Result(
        work="c1",
        measure=measure,
        ours=ours * 1000,
        limit=limit * 1000,
        unit=" ms",
        floor=goals[0],
        stretch=goals[1],
        at_most=True,
    )


class _Room:
    """A desk with a team and twenty agents."""

    def __init__(self) -> None:
        self.desk, _made = Desk.objects.get_or_create(name="Support")
        self.team, _made = Team.objects.get_or_create(name="Bench", defaults={"desk": self.desk})
        self.agents = [
            Agent.objects.get_or_create(email=f"lists-{n}@shop.example", defaults={"name": f"Agent {n}"})[0]
            for n in range(AGENTS)
        ]
        self.reader = self.agents[0]

    def fill(self, first: int, last: int) -> None:
        """Conversations number `first` to `last`, each with a customer of its own."""
        values = {
            "from": first,
            "to": last,
            "desk": self.desk.pk,
            "team": self.team.pk,
            "agents": [agent.pk for agent in self.agents],
            "count": AGENTS,
        }
        with connection.cursor() as cursor:
            cursor.execute(CUSTOMERS, values)
            cursor.execute(CONVERSATIONS, values)
            cursor.execute("VACUUM ANALYZE inbox_customer")
            cursor.execute("VACUUM ANALYZE inbox_conversation")

    def write_messages(self, each: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(MESSAGES, {"each": each})
            cursor.execute("ANALYZE inbox_message")

    def deep(self, page: int) -> Callable[[], object]:
        """The call that reads page number `page` of the resolved ones, as a page's own link does."""
        rows = Conversation.objects.filter(status="resolved", quiet=False).order_by("-last_activity", "-pk")
        last = rows[min((page - 1) * 50, rows.count() * 9 // 10)]
        cursor = keyset.encode(keyset.micros(last.last_activity), last.pk)
        return lambda: queues.page(self.reader, "resolved", after=cursor)
