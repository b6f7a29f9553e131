"""The hook door: what it lets in, what it answers, and what is stored by then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.test import override_settings

from connectors import samples
from connectors.door import directory, rejections, wire
from connectors.models import Receipt, ReceiptState
from connectors.sandbox import provider
from connectors.sandbox.connector import SandboxSettings
from inbox import registry
from inbox.contract import Request
from inbox.models import Channel, ChannelHealth
from inbox.models.channels import ChannelState
from tests import factories
from tests.connectors.door import Street, signed

SECRET = provider.SETTINGS["secret"]


def test_a_signed_request_is_stored_as_it_came_before_the_answer(
    street: Street, channel: Channel, text: Request
) -> None:
    answer = street.answers(text)[0]

    receipt = Receipt.objects.get()
    assert (answer.status, answer.body) == (200, b"")
    assert bytes(receipt.body) == text.body
    assert (receipt.channel, receipt.method, receipt.url) == (channel, "POST", text.url)
    assert receipt.state == ReceiptState.NEW
    assert receipt.request().header("content-type") == "application/json"


def test_the_url_is_the_public_one_with_path_and_query_as_they_were_sent(
    street: Street, channel: Channel, text: Request
) -> None:
    """Some providers sign the address, so it must be theirs, not what a proxy made of it."""
    street.knock(replace(text, url=text.url + "/a%2Fb?x=%20y&x=2"))

    assert Receipt.objects.get().url == registry.hook_url(channel.public_id) + "/a%2Fb?x=%20y&x=2"


def test_an_unsigned_request_is_refused_and_not_stored(street: Street, text: Request) -> None:
    assert street.knock(replace(text, headers={})) == [403]

    assert not Receipt.objects.exists()


def test_a_refused_request_is_counted_and_shown_with_its_reason_and_sender(
    street: Street, channel: Channel, text: Request
) -> None:
    tampered = replace(text, body=text.body + b" ")

    street.knock(tampered, tampered, tampered, sender="198.51.100.7")

    street.settle()
    health = ChannelHealth.objects.get(channel=channel)
    assert health.rejected_count == 3
    assert health.rejected_reason == "The signature does not fit the signing secret. Sent from 198.51.100.7."
    assert health.rejected_at is not None


def test_a_flood_of_refused_requests_is_written_in_one_go(
    street: Street, channel: Channel, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = rejections.write

    def counting(counts: dict[int, rejections.Count]) -> None:
        written.append(len(counts))
        write(counts)

    monkeypatch.setattr(rejections, "write", counting)

    street.knock(*[replace(text, headers={})] * 500)

    street.settle()
    assert ChannelHealth.objects.get(channel=channel).rejected_count == 500
    assert written == [1]


def test_a_request_signed_with_another_channels_secret_is_refused(street: Street, channel: Channel) -> None:
    other = Channel(kind="sandbox", public_id=channel.public_id, settings={"secret": "of another channel"})

    assert street.knock(signed(samples.find("sandbox", "text"), other)) == [403]


def test_a_signature_of_six_minutes_ago_is_refused(street: Street, channel: Channel) -> None:
    url = registry.hook_url(channel.public_id)
    old = samples.find("sandbox", "text").request(
        url=url, received_at=datetime.now(UTC) - timedelta(minutes=6)
    )

    assert street.knock(provider.sign(old, SandboxSettings(secret=SECRET))) == [403]


def test_an_unknown_channel_is_404_without_waiting_for_the_body(street: Street, text: Request) -> None:
    stranger = replace(text, url="http://localhost:8000/hooks/nobody")

    assert street.knock_in_parts(stranger, complete=False) == 404


def test_a_channel_whose_key_is_lost_is_tried_again_later_and_closes_no_other_door(
    street: Street, channel: Channel, text: Request
) -> None:
    lost = factories.channel("sandbox", settings={"secret": SECRET})
    with override_settings(FIELD_KEYS=[Fernet.generate_key().decode()]):
        Channel.objects.filter(pk=lost.pk).update(settings={"secret": SECRET})

    assert street.knock(text, signed(samples.find("sandbox", "text"), lost)) == [200, 503]

    lost.refresh_from_db()
    assert lost.state == ChannelState.BROKEN
    assert "FIELD_KEYS" in lost.state_reason


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_methods_are_405(street: Street, text: Request, method: str) -> None:
    assert street.knock(replace(text, method=method)) == [405]


def test_a_handshake_is_answered_and_not_stored(street: Street, channel: Channel) -> None:
    answer = street.answers(signed(samples.find("sandbox", "challenge"), channel))[0]

    assert (answer.status, answer.body) == (200, b"abc123")
    assert not Receipt.objects.exists()


def test_an_unsigned_handshake_is_refused(street: Street, channel: Channel) -> None:
    handshake = signed(samples.find("sandbox", "challenge"), channel)

    assert street.knock(replace(handshake, headers={})) == [403]


def test_a_body_announced_as_too_large_is_413_before_it_is_read(street: Street, text: Request) -> None:
    headers = {**text.headers, "content-length": str(wire.MAX_BODY + 1)}

    assert street.knock_in_parts(replace(text, headers=headers), complete=False) == 413


def test_a_body_that_grows_too_large_is_413_and_let_go(street: Street, text: Request) -> None:
    assert street.knock_in_parts(text, *[bytes(1_000_000)] * 21) == 413

    assert street.door.bodies.held == 0
    assert not Receipt.objects.exists()


def test_a_body_that_never_ends_is_408(
    street: Street, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.2)

    assert street.knock_in_parts(text, text.body[:5], complete=False) == 408

    assert street.door.bodies.held == 0


def test_more_bodies_at_once_than_memory_allows_are_asked_to_come_again(
    street: Street, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_HELD", 1000)

    assert street.knock_in_parts(text, bytes(600), bytes(600)) == 503
    assert street.knock(text) == [200]


def test_a_sender_who_hangs_up_leaves_nothing_behind(street: Street, text: Request) -> None:
    assert not street.hang_up_on(text)

    assert not Receipt.objects.exists()


def test_a_compressed_body_is_never_unpacked(street: Street, channel: Channel, text: Request) -> None:
    """A gzip bomb stays as small as it came."""
    bomb = bytes.fromhex("1f8b08000000000000034bcc4b04002ee5b3b203000000")
    packed = replace(text, body=bomb, headers={"content-encoding": "gzip"})

    assert street.knock(provider.sign(packed, SandboxSettings(secret=SECRET))) == [200]

    assert bytes(Receipt.objects.get().body) == bomb


def test_a_paused_channel_stores_what_comes(street: Street, channel: Channel, text: Request) -> None:
    channel.state = ChannelState.PAUSED
    channel.save()

    assert street.knock(text) == [200]

    assert Receipt.objects.count() == 1


def test_a_changed_secret_counts_at_once(street: Street, channel: Channel, text: Request) -> None:
    """The old one is in memory, but is stored for the old version of the channel only."""
    street.knock(text)
    channel.settings = {**channel.settings, "secret": "a new one"}
    channel.save()

    assert street.knock(text) == [403]
    assert street.knock(signed(samples.find("sandbox", "text"), channel)) == [200]
    assert Receipt.objects.count() == 2


def test_a_new_secret_is_looked_for_when_a_signature_does_not_fit(
    street: Street, channel: Channel, text: Request
) -> None:
    street.knock(text)
    channel.settings = {**channel.settings, "secret": "a new one"}
    channel.save()
    # Wrong signatures make the list be read again once a second at most: that second is over.
    street.door.directory.read_at -= 1

    assert street.knock(signed(samples.find("sandbox", "text"), channel)) == [200]


def test_guessing_makes_us_read_the_channels_once_a_second_at_most(
    street: Street, channel: Channel, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[int] = []
    read_all = directory.read_all

    def counting(known: dict[str, directory.Known]) -> tuple[dict[str, directory.Known], frozenset[str]]:
        readings.append(1)
        return read_all(known)

    monkeypatch.setattr(directory, "read_all", counting)
    street.knock(text)

    forged = replace(text, headers={})
    strangers = [replace(text, url=f"http://localhost:8000/hooks/{guess}") for guess in range(50)]
    statuses = street.knock(*[forged] * 50, *strangers)

    assert statuses == [403] * 50 + [404] * 50
    assert len(readings) == 2


def test_a_channel_is_known_as_soon_as_it_is_there(street: Street, channel: Channel, text: Request) -> None:
    street.knock(text)
    other = factories.channel("sandbox", settings=provider.SETTINGS)

    assert street.knock(signed(samples.find("sandbox", "text"), other)) == [200]


def test_a_deleted_channel_takes_nothing_more(street: Street, channel: Channel, text: Request) -> None:
    street.knock(text)
    Receipt.objects.all().delete()
    channel.delete()

    assert street.knock(text)[0] in (404, 503)

    assert not Receipt.objects.exists()


def test_a_channel_whose_settings_do_not_fit_does_not_close_the_others(
    street: Street, channel: Channel, text: Request
) -> None:
    Channel.objects.create(kind="gone", name="Gone", desk=channel.desk)
    Channel.objects.create(kind="sandbox", name="Without a secret", desk=channel.desk)

    assert street.knock(text) == [200]


def test_no_secret_of_ours_and_no_credential_of_theirs_is_in_the_receipt(
    street: Street, channel: Channel, text: Request
) -> None:
    headers = {
        **text.headers,
        "authorization": "Bearer theirs",
        "x-api-token": "theirs",
        "cookie": "session=theirs",
        "x-echo": f"you said {SECRET}",
    }

    street.knock(replace(text, headers=headers, url=f"{text.url}?secret={SECRET}"))

    receipt = Receipt.objects.get()
    kept = f"{receipt.headers} {receipt.url}"
    assert SECRET not in kept
    assert "theirs" not in kept
    assert receipt.headers["x-echo"] == "you said [redacted]"


def test_many_at_once_are_all_stored(street: Street, text: Request) -> None:
    assert set(street.knock(*[text] * 100)) == {200}

    assert Receipt.objects.count() == 100


def test_a_fault_of_ours_is_a_500_so_that_the_provider_tries_again(
    street: Street, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("connectors.sandbox.connector.SandboxConnector.verify", broken)

    assert street.knock(text) == [500]

    assert not Receipt.objects.exists()
