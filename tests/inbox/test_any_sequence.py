"""Any sequence of what agents and customers do leaves the domain in order (hypothesis, stateful, real PostgreSQL).

Invariants: every message exactly once and with the customer of its conversation; at most one unresolved main conversation per
customer and desk; event ids rise; nothing ever unread or waiting in a resolved or quiet conversation; statuses never go back.
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

from inbox.actions import conversations, moving, proving, reply, status, undo
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.actions.receive import receive
from inbox.contract import Address, Nature, Proof
from inbox.models import Agent, Channel, Conversation, Customer, Event, Identity, Message
from inbox.models.conversations import UNRESOLVED
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import inbound, said

PEOPLE = st.sampled_from(["ana", "ben", "cleo"])
TEXTS = st.text(max_size=20)
PICK = st.integers(min_value=0, max_value=30)


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
