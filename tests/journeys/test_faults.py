"""Proof 4: processes killed, broker flushed, database gone. Nothing lost, nothing doubled (trust.md F2–F7 in a short form)."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
import redis
from django.db import connection
from django.utils import timezone

from connectors.twilio.standin.records import Sms
from inbox.actions import deliver as outbox
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.models import Agent, Channel, Conversation, Customer, Delivery, Message
from tests import factories
from tests.house import House, eventually

PEOPLE = [f"+4477009{n:05d}" for n in range(8)]


@pytest.fixture
def shop(house: House) -> Channel:
    """A number people text, in a running house."""
    factories.desk("Support")
    return house.text_channel()


def texts(house: House, shop: Channel, count: int) -> list[Sms]:
    """That many texts of eight people, as the provider holds them, in order."""
    account = house.twilio.account
    return [account.receive(PEOPLE[n % 8], shop.address, f"text {n}") for n in range(count)]


def deliver(house: House, sms: Sms) -> None:
    """As the provider does: again and again until somebody answers 2xx. Here some are delivered twice anyway."""
    eventually(lambda: house.twilio.webhooks.deliver(sms) == 200)
    if random.random() < 0.3:
        house.twilio.webhooks.deliver(sms)


def all_here_once_and_in_order(count: int) -> None:
    """The pass of the fault plan: 0 lost, 0 doubled, one open conversation per person, order kept."""
    arrived = Message.objects.filter(direction="inbound")
    eventually(lambda: arrived.count() >= count)
    bodies = Counter(arrived.values_list("text", flat=True))
    assert bodies == Counter(f"text {n}" for n in range(count))
    assert Customer.objects.count() == Conversation.objects.count() == len(PEOPLE)
    for customer in Customer.objects.all():
        numbers = [
            int(text.split()[1])
            for text in arrived.filter(customer=customer)
            .order_by("occurred_at", "id")
            .values_list("text", flat=True)
        ]
        assert numbers == sorted(numbers)


def written(shop: Channel, sam: Agent) -> Message:
    """An answer of sam's to the only text there is."""
    first = eventually(
        lambda: Message.objects.filter(direction="inbound").select_related("channel", "identity").first()
    )
    composition = Composition(channel=first.channel, identity=first.identity, text="On its way")
    return reply.reply(
        agent=sam, conversation_id=first.conversation_id, composition=composition, client_key="k"
    )


def test_a_worker_killed_between_the_providers_yes_and_our_commit_sends_nothing_twice(
    house: House, shop: Channel
) -> None:
    # Given a worker that dies by SIGKILL right after the provider has taken a message
    house.kill("worker")
    house.start("worker", FAILPOINT="before_result")
    (sms,) = texts(house, shop, 1)
    deliver(house, sms)
    answer = written(shop, factories.agent())
    sent = eventually(lambda: [m for m in house.twilio.account.messages if m.body == "On its way"])
    assert Delivery.objects.get(message=answer).status == "sending"

    # When a sound worker takes over, and the time for a result is over
    house.kill("worker")
    house.start("worker")
    Delivery.objects.filter(message=answer).update(claimed_at=timezone.now() - timedelta(minutes=10))
    eventually(lambda: Delivery.objects.get(message=answer).status == "unknown")

    # Then it was sent once, the agent is told that its fate is unknown, and the provider's report settles it
    assert len([m for m in house.twilio.account.messages if m.body == "On its way"]) == 1
    house.twilio.webhooks.report(sent[0], "delivered")
    eventually(lambda: Delivery.objects.get(message=answer).status == "delivered")


def test_a_worker_killed_before_the_provider_was_asked_is_shown_and_sent_once_when_a_person_says_so(
    house: House, shop: Channel
) -> None:
    # Given a worker that dies by SIGKILL with a message in its hands, before the provider hears of it
    house.kill("worker")
    house.start("worker", FAILPOINT="before_send")
    (sms,) = texts(house, shop, 1)
    deliver(house, sms)
    answer = written(shop, factories.agent())
    eventually(lambda: Delivery.objects.get(message=answer).status == "sending")

    # When a sound worker takes over, and the time for a result is over
    house.kill("worker")
    house.start("worker")
    Delivery.objects.filter(message=answer).update(claimed_at=timezone.now() - timedelta(minutes=10))
    eventually(lambda: Delivery.objects.get(message=answer).status == "unknown")

    # Then nothing has left, and it leaves once when the agent sends it again
    assert not [m for m in house.twilio.account.messages if m.body == "On its way"]
    outbox.retry(message_id=answer.pk)
    eventually(lambda: Delivery.objects.get(message=answer).status in ("sent", "delivered"))
    assert len([m for m in house.twilio.account.messages if m.body == "On its way"]) == 1


def test_workers_killed_at_random_under_load_lose_and_double_nothing(house: House, shop: Channel) -> None:
    # When texts come in while the worker is killed again and again
    for n, sms in enumerate(texts(house, shop, 60)):
        deliver(house, sms)
        if n % 20 == 10:
            house.kill("worker")
            house.start("worker")

    # Then
    all_here_once_and_in_order(60)


def test_a_web_process_killed_under_load_loses_and_doubles_nothing(house: House, shop: Channel) -> None:
    waiting = texts(house, shop, 40)
    for sms in waiting[:20]:
        deliver(house, sms)
    house.kill("web")
    house.start("web")
    for sms in waiting[20:]:
        deliver(house, sms)

    all_here_once_and_in_order(40)


def test_a_flushed_broker_loses_nothing(house: House, shop: Channel) -> None:
    # When the broker forgets everything between the arrival of texts
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    for n, sms in enumerate(texts(house, shop, 40)):
        deliver(house, sms)
        if n % 8 == 3:
            broker.flushdb()

    # Then the rows are found without it
    all_here_once_and_in_order(40)


@contextmanager
def database_gone() -> Iterator[None]:
    """Nobody can connect, and everybody who was is thrown out."""
    name = connection.settings_dict["NAME"]
    connection.close()
    base, _mark, options = os.environ["DATABASE_URL"].partition("?")
    admin_url = f"{base.rsplit('/', 1)[0]}/postgres?{options}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def answers(sam: Agent) -> list[Message]:
    """An answer of sam's to each of the eight people."""
    made = []
    for matter in Conversation.objects.order_by("pk"):
        first = matter.messages.select_related("channel", "identity").order_by("pk")[0]
        words = Composition(channel=first.channel, identity=first.identity, text=f"answer {matter.pk}")
        made.append(
            reply.reply(agent=sam, conversation_id=matter.pk, composition=words, client_key=str(matter.pk))
        )
    return made


def test_while_the_database_is_gone_hooks_say_503_and_afterwards_nothing_is_lost_or_sent_twice(
    house: House, shop: Channel
) -> None:
    # Given half of the texts before the outage, and answers just about to leave
    waiting = texts(house, shop, 32)
    for sms in waiting[:16]:
        deliver(house, sms)
    eventually(lambda: Message.objects.count() == 16)
    sent = answers(factories.agent())
    eventually(lambda: Delivery.objects.exclude(status="queued").exists())

    # When the database is gone for ten seconds, the provider is told to come again
    said: set[int] = set()
    with database_gone():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            said.add(house.twilio.webhooks.deliver(waiting[16 + len(said) % 4]))
            time.sleep(0.5)
    assert said == {503}

    # Then everything arrives once it is back, without anybody restarting anything
    for sms in waiting[16:]:
        deliver(house, sms)
    all_here_once_and_in_order(32)
    assert not house.ended("worker")
    assert not house.ended("web")

    # And each answer was sent once, or is shown as perhaps sent
    lost = Delivery.objects.filter(status="sending")
    lost.update(claimed_at=timezone.now() - timedelta(minutes=10))
    eventually(lambda: not Delivery.objects.filter(status__in=["queued", "sending"]).exists())
    left = Counter(m.body for m in house.twilio.account.messages if m.body.startswith("answer"))
    for message in sent:
        times, status = left[message.text], Delivery.objects.get(message=message).status
        assert times == 1 or (times == 0 and status == "unknown"), f"{times} times, {status}"
