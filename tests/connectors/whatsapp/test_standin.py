"""The stand-in refuses what the documents say is refused, and says what becomes of a message."""

from typing import Any

import pytest

from connectors.meta.graph import Graph
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.standin.account import Person
from connectors.whatsapp.standin.server import Cloud
from inbox.contract import ContractError, File, PermanentFailure
from tests.connectors.whatsapp.conftest import ANA, outgoing


def asked(whatsapp: WhatsAppConnector, data: dict[str, Any]) -> str:
    """The code a raw request is refused with, "" if it is taken."""
    graph: Graph = whatsapp.settings.graph
    try:
        graph.post(f"{whatsapp.settings.phone_number_id}/messages", data)
    except ContractError as error:
        return error.code
    return ""


BASE = {"messaging_product": "whatsapp", "to": "447700900123"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"to": "447700900123", "type": "text", "text": {"body": "x"}}, "100"),
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}, "100"),
        ({**BASE, "recipient_type": "business_scoped_user_id", "type": "text", "text": {"body": "x"}}, "100"),
        ({**BASE, "type": "text", "text": {}}, "131008"),
        ({**BASE, "type": "text", "text": {"body": "x" * 4097}}, "100"),
        ({**BASE, "type": "hologram", "hologram": {}}, "100"),
        ({**BASE, "type": "image", "image": {"id": "none"}}, "100"),
        ({**BASE, "type": "reaction", "reaction": {"message_id": "wamid.NEVER", "emoji": "👍"}}, "131009"),
        ({**BASE, "type": "template", "template": {"name": "none", "language": {"code": "en"}}}, "132001"),
        ({**BASE, "type": "text", "text": {"body": "x"}}, ""),
    ],
)
def test_a_message_that_is_not_as_documented_is_refused(
    whatsapp: WhatsAppConnector, data: dict[str, Any], code: str
) -> None:
    assert asked(whatsapp, data) == code


def test_a_user_id_in_to_is_taken_and_lost(whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person) -> None:
    """As Meta does it; which is why the connector never writes one there."""
    assert asked(whatsapp, {**BASE, "to": ana.user_id, "type": "text", "text": {"body": "x"}}) == ""

    assert cloud.account.sent[0].lost


def test_outside_the_window_a_text_is_taken_and_fails_later(
    whatsapp: WhatsAppConnector, cloud: Cloud
) -> None:
    cloud.account.person(ANA.value)

    whatsapp.send(outgoing("Hello"))

    assert cloud.account.fate(cloud.account.sent[0]) == ("failed", 131047)


def test_who_is_not_on_whatsapp_gets_nothing(whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person) -> None:
    ana.on_whatsapp = False

    whatsapp.send(outgoing("Hello"))

    assert cloud.account.fate(cloud.account.sent[0]) == ("failed", 131026)


@pytest.mark.parametrize(("content_type", "content"), [("image/tiff", b"x"), ("image/png", b"")])
def test_an_upload_that_is_not_as_documented_is_refused(
    whatsapp: WhatsAppConnector, content_type: str, content: bytes
) -> None:
    fields = {"messaging_product": "whatsapp", "type": content_type}
    file = File(name="a", content_type=content_type, content=content)

    with pytest.raises(PermanentFailure):
        whatsapp.settings.graph.upload(f"{whatsapp.settings.phone_number_id}/media", fields, file)
