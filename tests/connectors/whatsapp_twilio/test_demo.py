"""The demo's channel and the stand-in that serves it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from connectors.management.commands.stand_ins import stand_in
from connectors.whatsapp_twilio import demo
from inbox import registry
from tests import factories
from tests.connectors.whatsapp_twilio.conftest import outgoing


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("whatsapp_twilio", settings=demo.settings(port=port))

    with stand_in("whatsapp_twilio") as [line]:
        connector = registry.connector_for(channel)

        assert connector.check().ok
        assert connector.send(outgoing()).external_id
        assert [template.name for template in connector.templates()] == ["parcel_on_its_way"]
    assert f"http://127.0.0.1:{port}" in line


def test_every_demo_has_a_token_of_its_own() -> None:
    assert demo.settings()["auth_token"] != demo.settings()["auth_token"]
