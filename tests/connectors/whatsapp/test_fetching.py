"""Files of theirs: from the id to the bytes."""

import json

import pytest

from connectors.standin.wire import Trouble
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.standin.server import Cloud
from inbox.contract import File, PermanentFailure, TemporaryFailure

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_a_file_is_asked_for_by_its_id_and_named_by_its_bytes(
    whatsapp: WhatsAppConnector, cloud: Cloud
) -> None:
    media_id = cloud.account.add_media("application/octet-stream", PNG)
    file = File(name="picture.jpg", content_type="image/jpeg", url=f"media:{media_id}")

    got = whatsapp.fetch(file)

    assert (got.content, got.content_type, got.name, got.url) == (PNG, "image/png", "picture.jpg", file.url)


def test_a_file_meta_no_longer_has_is_gone(whatsapp: WhatsAppConnector) -> None:
    with pytest.raises(PermanentFailure, match="no more"):
        whatsapp.fetch(File(name="a", url="media:123"))


@pytest.mark.parametrize(
    "url", ["", "123", "media:", "media:../me", "media:1?fields=x", "https://graph.facebook.com/1"]
)
def test_only_an_id_is_asked_for(whatsapp: WhatsAppConnector, cloud: Cloud, url: str) -> None:
    with pytest.raises(PermanentFailure):
        whatsapp.fetch(File(name="a", url=url))

    assert cloud.asked == []


@pytest.mark.parametrize(
    "where", ["http://169.254.169.254/x", "https://evil.example/x", "file:///etc/passwd", "", 7]
)
def test_our_token_follows_no_address_but_metas(
    whatsapp: WhatsAppConnector, cloud: Cloud, where: object
) -> None:
    cloud.troubles.append(Trouble(200, json.dumps({"url": where, "id": "123"}).encode()))

    with pytest.raises(PermanentFailure):
        whatsapp.fetch(File(name="a", url="media:123"))


def test_a_dead_token_only_delays_a_file(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    media_id = cloud.account.add_media("image/png", PNG)
    cloud.tokens[whatsapp.settings.access_token].valid = False

    with pytest.raises(TemporaryFailure):
        whatsapp.fetch(File(name="a", url=f"media:{media_id}"))


def test_a_fault_of_meta_delays_a_file(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.troubles.append(Trouble(500, b"<html>"))

    with pytest.raises(TemporaryFailure):
        whatsapp.fetch(File(name="a", url="media:123"))
