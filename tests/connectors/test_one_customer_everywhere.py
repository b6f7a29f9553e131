"""One person writes on every channel there is: one thread in order, and the agent answers on each from one composer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from agents import composing
from connectors import reader, samples
from connectors.discovery import kinds
from connectors.samples import Sample
from inbox import registry, timeline
from inbox.actions import merging
from inbox.entries import MessageEntry
from inbox.models import Channel, Conversation, Customer, Delivery, Message, ReplyWindow
from inbox.sending import send_due
from tests import factories
from tests.connectors import rehearsal
from tests.connectors.door import Street, signed
from tests.standins.web import Answer, Asked, Web

# The sandbox is no channel of a customer's.
WRITTEN_TO = [kind for kind in kinds() if kind != "sandbox" and rehearsal.signs(kind)]


def first_words(kind: str) -> Sample:
    """What one person writes there: in a room of several, directly."""
    named = {each.name: each for each in samples.of(kind)}
    return named.get("direct") or named["text"]


def accepted(kind: str) -> list[Mapping[str, Any]]:
    """What the provider answers when it takes a plain text, as recorded."""
    listed = sorted(samples.of(kind), key=lambda each: each.name != "send_text")
    for recorded in (each.outbound or {} for each in listed):
        taken = isinstance(recorded.get("result"), dict) and recorded["result"].get("type") == "Accepted"
        plain = not recorded.get("message", {}).keys() & {"files", "template", "choices", "private"}
        if "message" in recorded and taken and plain:
            return [call["answer"] for call in recorded["calls"]]
    raise AssertionError(f"{kind} has no sample of a text that is taken.")


def taking(web: Web, answers: list[Mapping[str, Any]]) -> None:
    """The provider takes every message."""

    def answer(_asked: Asked) -> Answer:
        recorded = answers[(len(web.asked) - 1) % len(answers)]
        body = json.dumps(recorded["json"]) if "json" in recorded else recorded.get("text", "")
        return recorded["status"], dict(recorded.get("headers", {})), body.encode()

    web.otherwise = answer


def writes(street: Street, sample: Sample, channel: Channel, minute: int) -> None:
    """The customer writes there, so many minutes from now on: what the provider says of the time is made so."""
    assert street.knock(signed(sample, channel)) == [200]
    while reader.drain() == reader.AT_ONCE:
        pass
    at = timezone.now() - timedelta(minutes=60 - minute)
    Message.objects.filter(channel=channel).update(occurred_at=at, text=f"On {channel.kind}")
    ReplyWindow.objects.filter(channel=channel).update(wrote_at=at, until=at + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_one_person_on_every_channel_is_one_thread_and_is_answered_on_each(
    street: Street, settings: Settings
) -> None:
    # Given a channel of every kind, each with its provider
    settings.PUBLIC_URL = "https://inbox.example"
    sam = factories.agent()
    channels: dict[str, Channel] = {}
    providers: dict[str, Web] = {}
    with ExitStack() as stack:
        for kind in WRITTEN_TO:
            web = providers[kind] = stack.enter_context(Web.running())
            taking(web, accepted(kind))
            sample = first_words(kind)
            values = rehearsal.settings_of(sample, address=web.url(""))
            made = channels[kind] = factories.channel(kind, settings=values, public_id=f"p{len(channels)}")
            made.scope = registry.connector_for(made).scope
            made.save()
        settings.GUARDED_HTTP_ALLOW = [web.host for web in providers.values()]

        # When somebody writes on each of them, and turns out to be one person
        for minute, kind in enumerate(WRITTEN_TO):
            writes(street, first_words(kind), channels[kind], minute)
        first, *others = (
            Customer.objects.filter(merged_into=None, messages__isnull=False).distinct().order_by("pk")
        )
        for other in others:
            merging.merge(agent=sam, keep_id=first.pk, gone_id=other.pk)

        # Then it is one thread, in the order it was written
        shown = timeline.page(sam, first, limit=100).entries
        written = [entry.message for entry in shown if isinstance(entry, MessageEntry)]
        assert [each.channel.kind for each in written if each.channel] == WRITTEN_TO

        # And the composer offers each, with what it can do
        matter = Conversation.objects.filter(customer=first, main=True).latest("last_activity")
        offered = {pair.channel.kind: pair for pair in composing.pairs(sam, matter) if not pair.blocked}
        assert set(WRITTEN_TO) <= set(offered)

        # When the agent answers on each
        client = Client()
        client.force_login(sam)
        for kind in WRITTEN_TO:
            theirs = Message.objects.get(channel=channels[kind], direction="inbound")
            given = {
                "mode": "reply",
                "pair": f"{channels[kind].pk}-{theirs.identity_id}",
                "client_key": f"key-{kind}",
                "text": f"Answer on {kind}",
                "confirmed": "claimed,public",
                "newest": Message.objects.latest("pk").pk,
            }
            answer = client.post(f"/conversations/{theirs.conversation_id}/send/", given)
            assert answer.status_code == 302, answer.content
        Delivery.objects.update(not_before=datetime(2026, 1, 1, tzinfo=UTC))
        while send_due():
            pass

    # Then each provider got its answer, once
    sent = {each.channel.kind: each for each in Delivery.objects.select_related("channel", "message")}
    assert {kind: (each.status, each.reason) for kind, each in sent.items() if each.status != "sent"} == {}
    for kind, web in providers.items():
        assert (
            sum(
                f"Answer on {kind}".encode() in asked.body or b"Answer+on" in asked.body
                for asked in web.asked
            )
            == 1
        )
