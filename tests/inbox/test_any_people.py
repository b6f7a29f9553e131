"""Any sequence of merges, undos, splits, moves and inbound messages keeps every message exactly once, every address with one
owner, every word with the person whose address said it, and every thread in order (hypothesis, stateful, real PostgreSQL)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inbox import timeline
from inbox.actions import merging, moving, reply, status, undo
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.actions.receive import receive
from inbox.contract import Address, Nature
from inbox.models import Agent, Channel, Conversation, Customer, Event, Identity, Merge, Message
from inbox.models.conversations import UNRESOLVED
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import inbound, said

ADDRESSES = st.sampled_from(["ana", "ana.work", "ben", "cleo", "info"])
PICK = st.integers(min_value=0, max_value=40)


class People(RuleBasedStateMachine):
    """One agent who changes his mind, five addresses, two desks."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.sam: Agent = factories.agent("Sam Reed")
        sales = factories.desk("Sales")
        self.channels: list[Channel] = [
            factories.channel("outbox", name="Site"),
            factories.channel("outbox", name="Shop", desk=sales),
        ]
        self.said: list[str] = []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def some(self, model: type[Any], pick: int, **which: Any) -> Any:
        rows = list(model.objects.filter(**which).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def attempt(self, action: Any, **values: Any) -> Any:
        """Do it, or be refused: both leave everything in order."""
        with suppress(Refused), transaction.atomic():
            return action(**values)

    @rule(
        who=ADDRESSES,
        at=PICK,
        ago=st.integers(0, 90),
        nature=st.sampled_from([Nature.PERSON, Nature.PERSON, Nature.PERSON, Nature.AUTO]),
        thread=st.sampled_from(["", "", "", "post"]),
        answers=st.booleans(),
        cites=PICK,
    )
    def somebody_writes(self, who: str, at: int, ago: int, answers: bool, cites: int, **more: Any) -> None:
        address = Address(space="sandbox", value=who)
        more["thread_key"] = more.pop("thread")
        earlier = self.some(Message, cites, identity__value=who) if answers else None
        tokens = (make_reply_token(earlier.conversation_id, earlier.identity_id),) if earlier else ()
        event = said(
            who, by=address, occurred_at=timezone.now() - timedelta(minutes=ago), reply_tokens=tokens, **more
        )
        receive([inbound(self.channels[at % 2], event)])
        self.said.append(event.external_id)

    @rule(at=PICK, resolve=st.booleans())
    def sam_replies(self, at: int, resolve: bool) -> None:
        message = self.some(Message, at, direction="inbound")
        if message is not None:
            composition = Composition(channel=message.channel, identity=message.identity, text="Hi")
            self.attempt(
                reply.reply,
                agent=self.sam,
                conversation_id=message.conversation_id,
                composition=composition,
                client_key=f"key-{Message.objects.count()}",
                resolve=resolve,
            )

    @rule(one=PICK, other=PICK)
    def sam_merges_two_customers(self, one: int, other: int) -> None:
        keep, gone = (self.some(Customer, pick, merged_into=None) for pick in (one, other))
        if keep is not None:
            self.attempt(merging.merge, agent=self.sam, keep_id=keep.pk, gone_id=gone.pk)

    @precondition(lambda self: Merge.objects.filter(undone_at=None).exists())
    @rule(pick=PICK)
    def sam_takes_a_merge_back(self, pick: int) -> None:
        done = self.some(Merge, pick, undone_at=None)
        self.attempt(merging.undo, agent=self.sam, merge_id=done.pk)
        done.refresh_from_db()
        assert done.undone_at is not None

    @rule(pick=PICK)
    def sam_splits_an_address_off(self, pick: int) -> None:
        identity = self.some(Identity, pick)
        if identity is not None:
            self.attempt(merging.split_off, agent=self.sam, identity_id=identity.pk)

    @rule(at=PICK, to=PICK)
    def sam_moves_a_message(self, at: int, to: int) -> None:
        message = self.some(Message, at)
        if message is not None:
            near = self.some(Conversation, to, customer=message.customer_id)
            self.attempt(moving.move, agent=self.sam, message_id=message.pk, conversation_id=near.pk)

    @rule(at=PICK)
    def sam_splits_off_a_message(self, at: int) -> None:
        message = self.some(Message, at)
        if message is not None:
            self.attempt(moving.split, agent=self.sam, message_ids=[message.pk])

    @rule(at=PICK, to=PICK)
    def sam_brings_two_matters_together(self, at: int, to: int) -> None:
        one = self.some(Conversation, at)
        if one is not None:
            other = self.some(Conversation, to, customer=one.customer_id)
            self.attempt(moving.merge, agent=self.sam, conversation_id=one.pk, into_id=other.pk)

    @rule(at=PICK, what=st.sampled_from(["resolve", "reopen"]))
    def sam_changes_a_state(self, at: int, what: str) -> None:
        conversation = self.some(Conversation, at)
        if conversation is not None:
            self.attempt(getattr(status, what), agent=self.sam, conversation_ids=[conversation.pk])

    @rule()
    def sam_undoes_the_last_thing(self) -> None:
        self.attempt(undo.last, agent=self.sam)

    @invariant()
    def every_message_is_there_once_with_the_person_who_said_it(self) -> None:
        rows = Message.objects.select_related("conversation", "identity")
        assert sorted(row.external_id for row in rows if row.is_inbound) == sorted(self.said)
        for row in rows:
            assert row.customer_id == row.conversation.customer_id
            assert row.identity.customer_id == row.customer_id

    @invariant()
    def every_address_has_one_living_owner(self) -> None:
        assert not Identity.objects.exclude(customer__merged_into=None).exists()
        tombstones = Customer.objects.exclude(merged_into=None)
        assert not Conversation.objects.filter(customer__in=tombstones).exists()
        for event in Event.objects.exclude(conversation=None).select_related("conversation"):
            assert event.conversation.customer_id == event.customer_id

    @invariant()
    def nothing_points_from_one_person_to_another(self) -> None:
        for conversation in Conversation.objects.exclude(merged_into=None).select_related("merged_into"):
            assert conversation.merged_into.customer_id == conversation.customer_id

    @invariant()
    def one_unresolved_main_matter_and_nothing_waits_unseen(self) -> None:
        mains = list(Conversation.objects.filter(UNRESOLVED, main=True).values_list("customer_id", "desk_id"))
        assert len(mains) == len(set(mains))
        assert not Conversation.objects.filter(status="resolved", waiting_since__isnull=False).exists()

    @invariant()
    def every_thread_is_in_order_and_complete(self) -> None:
        seen: list[int] = []
        for customer in Customer.objects.filter(merged_into=None):
            page = timeline.page(self.sam, customer, limit=500)
            assert [entry.position for entry in page.entries] == sorted(
                entry.position for entry in page.entries
            )
            seen += [entry.message.pk for entry in page.entries if isinstance(entry, timeline.MessageEntry)]
        assert sorted(seen) == sorted(Message.objects.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("outbox")
def test_any_sequence_keeps_every_message_and_every_address_with_its_person() -> None:
    assert connection.in_atomic_block
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=False,
            print_blob=True,
        ),
    )
