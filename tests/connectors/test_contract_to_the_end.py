"""What every connector's samples do to the database through the whole door: twice is once, news never goes back, oddities stay."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from pytest_django import Settings

from connectors import inbound, reader, samples
from connectors.discovery import kinds
from connectors.models import Receipt, ReceiptState
from connectors.samples import Sample
from inbox import registry
from inbox.contract import Polled, Status
from inbox.models import Arrival, Channel, Delivery, Message
from tests import factories
from tests.connectors import rehearsal
from tests.connectors.door import Street, signed

each_kind = pytest.mark.parametrize("kind", kinds())
_keys = itertools.count(1)


@pytest.fixture(autouse=True)
def _where_the_samples_were_recorded(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://inbox.example"


def with_channels(kind: str) -> list[tuple[Sample, Channel]]:
    """The samples of what comes in, each with its channel: one for each set of settings among them."""
    listed = [sample for sample in samples.of(kind) if sample.stored]
    made: dict[str, Channel] = {}
    for sample in listed:
        settings = rehearsal.settings_of(sample)
        if str(settings) not in made:
            # The first is the channel the samples were recorded on: some ids of ours name it.
            public_id = "sample" if not made else f"sample{len(made)}"
            made[str(settings)] = factories.channel(kind, settings=settings, public_id=public_id)
    return [(sample, made[str(rehearsal.settings_of(sample))]) for sample in listed]


def deliver(street: Street, sample: Sample, channel: Channel) -> None:
    """As the provider does: signed, to the door; or fetched; or said on a socket."""
    if rehearsal.signs(sample.kind):
        assert street.knock(signed(sample, channel)) == [200]
        return
    request = sample.request(url=registry.hook_url(channel.public_id), received_at=datetime.now(UTC))
    if registry.capabilities(sample.kind).polls:
        # The same mail under another number, as after a change of UIDVALIDITY.
        inbound.store_polled(channel, Polled(key=f"INBOX/1/{next(_keys)}", request=request, cursor={}))
    else:
        inbound.store(channel, request)


def read_all() -> None:
    while reader.drain() == reader.AT_ONCE:
        pass


def everything() -> dict[str, Any]:
    """How many rows of each kind the domain has, and how far each sending has come."""
    rows = {
        model.__name__: model._default_manager.count() for model in apps.get_app_config("inbox").get_models()
    }
    return rows | {"statuses": sorted(Delivery.objects.values_list("message__external_id", "status"))}


@each_kind
def test_all_samples_twice_are_all_samples_once(kind: str, street: Street) -> None:
    listed = with_channels(kind)
    for sample, channel in listed:
        deliver(street, sample, channel)
    read_all()
    once = everything()

    for sample, channel in listed:
        deliver(street, sample, channel)
    read_all()

    assert everything() == once


@each_kind
def test_every_message_of_the_samples_is_there_once(kind: str, street: Street) -> None:
    listed = with_channels(kind)
    for sample, channel in listed:
        deliver(street, sample, channel)

    read_all()

    said = {
        (channel.pk, event["external_id"])
        for sample, channel in listed
        for event in sample.events
        if event["type"] == "InboundMessage"
    }
    names = ("channel", "external_id")
    # Several of one album are one bubble, which then has all their names.
    further = [*Arrival.objects.values_list(*names)]
    assert {*Message.objects.values_list(*names), *further} == said
    assert Message.objects.count() + len(further) == len(said)


@each_kind
def test_every_sample_is_read_to_the_end_and_what_cannot_be_read_is_kept_for_an_admin(
    kind: str, street: Street
) -> None:
    expected: dict[int, Sample] = {}
    for sample, channel in with_channels(kind):
        deliver(street, sample, channel)
        expected[Receipt.objects.latest("id").pk] = sample

    read_all()

    for receipt in Receipt.objects.all():
        sample = expected[receipt.pk]
        unreadable = "error" in (sample.inbound or {})
        assert (receipt.state in (ReceiptState.DONE, ReceiptState.WAITING)) is not unreadable, str(sample)
        assert [one["type"] for one in receipt.events] == [event["type"] for event in sample.events], str(
            sample
        )
        assert bool(receipt.error) is (unreadable or receipt.state == ReceiptState.WAITING), str(sample)


NEWS = [
    (sample, event)
    for sample in samples.every()
    for event in sample.events
    if event["type"] == "DeliveryUpdate" and "recipient" not in event
]
LADDER = [Status.SENDING, Status.SENT, Status.DELIVERED, Status.READ]


@pytest.mark.parametrize(("sample", "event"), NEWS, ids=[f"{s}-{e['status']}" for s, e in NEWS])
@pytest.mark.parametrize("before", [Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED])
def test_a_status_never_goes_back(
    sample: Sample, event: dict[str, Any], before: Status, street: Street
) -> None:
    channel = factories.channel(sample.kind, settings=rehearsal.settings_of(sample))
    reply = sent_before(channel, event["external_id"], before)

    deliver(street, sample, channel)
    read_all()

    reply.delivery.refresh_from_db()
    assert reply.delivery.status in allowed(before, Status(event["status"]))


def sent_before(channel: Channel, external_id: str, status: Status) -> Message:
    customer = factories.customer()
    identity = factories.identity(customer, space=registry.connector_class(channel.kind).space)
    conversation = factories.conversation(customer)
    return factories.reply(
        conversation,
        factories.agent(),
        channel=channel,
        identity=identity,
        external_id=external_id,
        reference_id=external_id,
        status=status,
    )


def allowed(before: Status, news: Status) -> set[Status]:
    """Onwards on the ladder, or as it was. A failure may come after "sent"; after "delivered" and "read" it is noise."""
    if before is Status.FAILED:
        return {Status.FAILED}
    if news is Status.FAILED:
        return {Status.FAILED} if before is Status.SENT else {before}
    if news not in LADDER or LADDER.index(news) <= LADDER.index(before):
        return {before}
    return {news}
