"""Any sequence of what agents and customers do leaves the domain in order (hypothesis, stateful, real PostgreSQL).

Invariants: every message exactly once and with the customer of its conversation; at most one unresolved main conversation per
customer and desk; events are only ever added, with rising ids; nothing ever unread or waiting in a resolved or quiet conversation;
a sending moves only as it may.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from inbox import sending
from inbox.actions import conversations, deliver, moving, proving, reply, status, undo
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.actions.receive import receive
from inbox.contract import (
    Accepted,
    Address,
    ContractError,
    DeliveryUpdate,
    Nature,
    OutcomeUnknown,
    PermanentFailure,
    Proof,
    Status,
    TemporaryFailure,
)
from inbox.models import Agent, Channel, Conversation, Customer, Delivery, Event, Identity, Message
from inbox.models.conversations import UNRESOLVED
from inbox.queue_rows import is_unread
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import inbound, said

PEOPLE = st.sampled_from(["ana", "ben", "cleo"])
TEXTS = st.text(max_size=20)
PICK = st.integers(min_value=0, max_value=30)

# Where a sending may be after one step more, written out once more on purpose: see Delivery in the design.
STEPS = {
    "queued": {"sending", "failed", "cancelled"},
    "sending": {"queued", "sent", "delivered", "read", "failed", "unknown"},
    "unknown": {"queued", "sent", "delivered", "read", "failed"},
    "sent": {"delivered", "read", "failed"},
    "delivered": {"read"},
    "failed": {"queued"},
    "read": set(),
    "cancelled": set(),
}
OUTCOMES: list[Status | ContractError] = [
    Status.SENT,
    Status.DELIVERED,
    TemporaryFailure("Busy"),
    PermanentFailure("No such number"),
    OutcomeUnknown("No answer"),
]


class Inbox(RuleBasedStateMachine):
    """Two agents, three customers, one channel, and whatever they think of."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.site: Channel = factories.channel("outbox", name="Site")
        self.agents: list[Agent] = [factories.agent("Sam Reed"), factories.agent("Kim Lee")]
        self.said: set[str] = set()
        self.written: set[tuple[int, str]] = set()
        self.events: dict[int, str] = {}
        self.statuses: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def some(self, model: type[Any], pick: int) -> Any:
        """One of the rows there are, or None."""
        rows = list(model.objects.order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def attempt(self, action: Any, **values: Any) -> None:
        """Do it, or be refused: both leave everything in order."""
        with suppress(Refused), transaction.atomic():
            action(**values)

    @rule(
        target=keys,
        who=PEOPLE,
        text=TEXTS,
        ago=st.integers(0, 90),
        nature=st.sampled_from(list(Nature)),
        proof=st.sampled_from(list(Proof)),
        thread=st.sampled_from(["", "", "", "post-1"]),
        cites=PICK,
        token=st.booleans(),
    )
    def somebody_writes(
        self, who: str, text: str, ago: int, cites: int, token: bool, thread: str, **more: Any
    ) -> Any:
        cited = self.some(Conversation, cites) if token else None
        event = said(
            text,
            by=Address(space="sandbox", value=who),
            occurred_at=timezone.now() - timedelta(minutes=ago),
            thread_key=thread,
            reply_tokens=(make_reply_token(cited.pk, 1),) if cited else (),
            **more,
        )
        receive([inbound(self.site, event)])
        self.said.add(event.external_id)
        return event

    @rule(event=keys)
    def it_is_delivered_again(self, event: Any) -> None:
        receive([inbound(self.site, event), inbound(self.site, event)])

    @rule(agent=PICK, at=PICK, key=st.sampled_from("abcdef"), resolve=st.booleans())
    def an_agent_replies(self, agent: int, at: int, key: str, resolve: bool) -> None:
        message = self.some(Message, at)
        if message is None or message.identity is None:
            return
        writer = self.agents[agent % 2]
        composition = Composition(channel=self.site, identity=message.identity, text="Hello")
        before = Message.objects.count()
        self.attempt(
            reply.reply,
            agent=writer,
            conversation_id=message.conversation_id,
            composition=composition,
            client_key=key,
            resolve=resolve,
        )
        again = (writer.pk, key) in self.written
        assert Message.objects.count() - before <= (0 if again else 1)
        if Message.objects.count() > before:
            self.written.add((writer.pk, key))

    @rule(at=PICK, what=st.sampled_from(["resolve", "reopen", "snooze"]), agent=PICK)
    def an_agent_changes_the_state(self, at: int, what: str, agent: int) -> None:
        conversation = self.some(Conversation, at)
        if conversation is None:
            return
        more = {"until": None} if what == "snooze" else {}
        self.attempt(
            getattr(status, what), agent=self.agents[agent % 2], conversation_ids=[conversation.pk], **more
        )

    @rule(at=PICK, agent=PICK)
    def an_agent_assigns(self, at: int, agent: int) -> None:
        conversation = self.some(Conversation, at)
        if conversation is not None:
            self.attempt(
                conversations.assign,
                agent=self.agents[0],
                conversation_ids=[conversation.pk],
                assignee=self.agents[agent % 2],
                team=None,
            )

    @rule(at=PICK, to=PICK)
    def an_agent_moves_a_message(self, at: int, to: int) -> None:
        message, conversation = self.some(Message, at), self.some(Conversation, to)
        if message is not None and conversation is not None:
            self.attempt(
                moving.move, agent=self.agents[0], message_id=message.pk, conversation_id=conversation.pk
            )

    @rule(at=PICK)
    def an_agent_splits_off_a_message(self, at: int) -> None:
        message = self.some(Message, at)
        if message is not None:
            self.attempt(moving.split, agent=self.agents[0], message_ids=[message.pk])

    @rule(at=PICK, to=PICK)
    def an_agent_brings_two_matters_together(self, at: int, to: int) -> None:
        one, other = self.some(Conversation, at), self.some(Conversation, to)
        if one is not None and other is not None:
            self.attempt(moving.merge, agent=self.agents[1], conversation_id=one.pk, into_id=other.pk)

    @rule(at=PICK)
    def an_agent_promotes(self, at: int) -> None:
        conversation = self.some(Conversation, at)
        if conversation is not None:
            self.attempt(status.promote, agent=self.agents[1], conversation_id=conversation.pk)

    @rule(agent=PICK)
    def an_agent_undoes_the_last_thing(self, agent: int) -> None:
        self.attempt(undo.last, agent=self.agents[agent % 2])

    @rule(who=PEOPLE, other=PEOPLE, proven=st.booleans())
    def a_host_site_attests_somebody(self, who: str, other: str, proven: bool) -> None:
        target = (Address(space="sandbox", value=other),)
        proving.attest(
            author=Address(space="visitor", value=who),
            proofs=target if proven else (),
            claims=() if proven else target,
        )

    @rule()
    def a_worker_takes_what_is_due(self) -> None:
        """And dies with it, unless the next rule says what became of it."""
        Delivery.objects.filter(status="queued").update(not_before=timezone.now(), retry_at=None)
        deliver.claim()

    @rule(at=PICK, outcome=st.sampled_from(OUTCOMES))
    def a_sending_ends(self, at: int, outcome: Status | ContractError) -> None:
        delivery = self.some(Delivery, at)
        if delivery is None or delivery.status != "sending":
            return
        result = (
            outcome
            if isinstance(outcome, ContractError)
            else Accepted(external_id=f"sm{delivery.pk}", status=outcome)
        )
        sending._write_down(delivery, result)

    @rule()
    def the_sweeper_finds_what_dead_workers_left(self) -> None:
        Delivery.objects.filter(status="sending").update(claimed_at=timezone.now() - timedelta(hours=1))
        for pk in deliver.stale():
            deliver.settle(pk, status=Status.UNKNOWN, reason="Interrupted")

    @rule(at=PICK, status=st.sampled_from([Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED]))
    def the_provider_reports(self, at: int, status: Status) -> None:
        delivery = self.some(Delivery, at)
        if delivery is not None:
            news = DeliveryUpdate(event_key="d", external_id=f"sm{delivery.pk}", status=status)
            receive([inbound(self.site, news)])

    @rule(at=PICK)
    def an_agent_takes_a_message_back(self, at: int) -> None:
        delivery = self.some(Delivery, at)
        if delivery is not None:
            self.attempt(deliver.cancel, agent=delivery.message.author, message_id=delivery.message_id)

    @rule(at=PICK)
    def an_agent_sends_again(self, at: int) -> None:
        delivery = self.some(Delivery, at)
        if delivery is not None:
            self.attempt(deliver.retry, message_id=delivery.message_id)

    @invariant()
    def a_sending_moves_only_as_it_may(self) -> None:
        now = dict(Delivery.objects.values_list("pk", "status"))
        for pk, before in self.statuses.items():
            assert now[pk] == before or now[pk] in STEPS[before], f"{before} → {now[pk]}"
        self.statuses = now

    @invariant()
    def events_are_only_added_and_their_ids_rise(self) -> None:
        now = dict(Event.objects.values_list("pk", "kind"))
        assert {pk: now.get(pk) for pk in self.events} == self.events
        assert all(pk > max(self.events, default=0) for pk in now.keys() - self.events.keys())
        self.events = now

    @invariant()
    def nothing_quiet_or_resolved_is_unread(self) -> None:
        for conversation in Conversation.objects.filter(status="resolved"):
            assert not is_unread(conversation, 0)
        assert not Conversation.objects.filter(quiet=True).exclude(status="resolved").exists()

    @invariant()
    def what_the_list_shows_was_not_taken_back(self) -> None:
        for conversation in Conversation.objects.filter(preview_by="outbound"):
            shown = conversation.messages.filter(direction="outbound").exclude(delivery__status="cancelled")
            assert shown.exists()

    @invariant()
    def every_message_is_there_exactly_once_and_with_its_owner(self) -> None:
        inbound_ids = list(Message.objects.filter(direction="inbound").values_list("external_id", flat=True))
        assert sorted(inbound_ids) == sorted(self.said)
        for message in Message.objects.select_related("conversation"):
            assert message.customer_id == message.conversation.customer_id

    @invariant()
    def one_unresolved_main_matter_per_customer_and_desk(self) -> None:
        mains = list(Conversation.objects.filter(UNRESOLVED, main=True).values_list("customer_id", "desk_id"))
        assert len(mains) == len(set(mains))

    @invariant()
    def nothing_waits_where_nobody_looks(self) -> None:
        assert not Conversation.objects.filter(status="resolved", waiting_since__isnull=False).exists()

    @invariant()
    def every_identity_has_a_living_owner(self) -> None:
        assert not Identity.objects.exclude(customer__merged_into=None).exists()
        tombstones = Customer.objects.exclude(merged_into=None)
        assert not Conversation.objects.filter(customer__in=tombstones).exists()

    @invariant()
    def events_are_about_living_customers_and_hold_no_text(self) -> None:
        for event in Event.objects.all():
            assert event.conversation is None or event.conversation.customer_id == event.customer_id
            assert "Hello" not in str(event.data)


@pytest.mark.django_db
@pytest.mark.usefixtures("outbox")
def test_any_sequence_of_actions_keeps_the_invariants() -> None:
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Inbox,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=False,
            print_blob=True,
        ),
    )
