"""Media is fetched from Twilio with our login, from where it redirects without, and from nowhere else."""

from __future__ import annotations

import base64
import dataclasses

import pytest

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn
from connectors.standin.wire import Trouble
from inbox.contract import ContractError, File, InboundMessage, PermanentFailure, TemporaryFailure
from tests.connectors.sms.conftest import ACCOUNT, ANA, NUMBER, TOKEN, Build, post

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def received(sms: SmsConnector, twilio: StandIn, *media: tuple[str, bytes]) -> tuple[File, ...]:
    """The files of a message Ana has sent, as the connector reads its webhook."""
    fields = twilio.webhooks.incoming(twilio.account.receive(ANA, NUMBER, "Look", list(media)))
    [message] = sms.parse(post(fields))
    assert isinstance(message, InboundMessage)
    return message.files


def test_a_picture_comes_from_the_store_twilio_redirects_to(sms: SmsConnector, twilio: StandIn) -> None:
    [file] = received(sms, twilio, ("image/png", PNG))

    got = sms.fetch(file)

    assert got == dataclasses.replace(file, content=PNG, size=len(PNG))
    # The store refuses a login, so it cannot have got ours; Twilio did.
    login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert [asked.headers["authorization"] for asked in twilio.asked] == [f"Basic {login}"]


def test_the_type_is_that_of_the_bytes(sms: SmsConnector, twilio: StandIn) -> None:
    [file] = received(sms, twilio, ("image/png", b"<html><script>alert(1)</script>"))

    assert sms.fetch(file).content_type == "text/html"


def test_media_deleted_at_twilio_is_gone(sms: SmsConnector, twilio: StandIn) -> None:
    [file] = received(sms, twilio, ("image/png", PNG))
    twilio.account.media.clear()

    with pytest.raises(PermanentFailure) as caught:
        sms.fetch(file)

    assert caught.value.code == "http_404"


def test_a_busy_twilio_is_asked_again(sms: SmsConnector, twilio: StandIn) -> None:
    [file] = received(sms, twilio, ("image/png", PNG))
    twilio.troubles.append(Trouble(503))

    with pytest.raises(TemporaryFailure):
        sms.fetch(file)

    assert sms.fetch(file).content == PNG


def test_a_file_larger_than_ten_megabytes_is_not_taken(sms: SmsConnector, twilio: StandIn) -> None:
    [file] = received(sms, twilio, ("video/mp4", b"x" * 10_000_001))

    with pytest.raises(PermanentFailure, match="larger than 10 MB"):
        sms.fetch(file)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://twilio.com.evil.example/",
        "https://eviltwilio.com/",
        "https://api.twilio.com@evil.example/",
        "https://evil.example#.twilio.com",
        "http://api.twilio.com/",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https:///x",
        "https://[::1",
    ],
)
def test_our_login_goes_to_nobody_but_twilio(
    url: str, build: Build, sms: SmsConnector, twilio: StandIn
) -> None:
    for connector in (build(), sms):
        with pytest.raises(ContractError) as caught:
            connector.fetch(File(name="x", url=url))

        assert caught.value.code == "address_refused"
    assert twilio.asked == []
