"""“Check connection” against a page that is set up, or not."""

from __future__ import annotations

from connectors.messenger.connector import MessengerConnector
from connectors.messenger.settings import FIELDS
from connectors.messenger.standin import PageStandIn
from connectors.meta.standin import KnownToken
from tests.connectors.messenger.conftest import Build
from tests.standins.web import Web


def test_a_page_that_is_set_up_is_well(messenger: MessengerConnector) -> None:
    health = messenger.check()

    assert (health.ok, health.expires_at) == (True, None)
    assert "The page is “Stand-in page”." in health.lines


def test_a_page_that_is_not_subscribed_is_subscribed(
    messenger: MessengerConnector, facebook: PageStandIn
) -> None:
    facebook.subscribed = ["messages"]

    health = messenger.check()

    assert health.ok
    assert facebook.subscribed == list(FIELDS)


def test_the_day_the_token_ends_is_told(messenger: MessengerConnector, facebook: PageStandIn) -> None:
    facebook.tokens[facebook.token].expires_at = 1_800_000_000

    health = messenger.check()

    assert health.expires_at is not None
    assert health.expires_at.timestamp() == 1_800_000_000


def test_a_token_that_ended_stops_the_channel_with_the_reason_first(
    messenger: MessengerConnector, facebook: PageStandIn
) -> None:
    facebook.tokens[facebook.token].valid = False

    health = messenger.check()

    assert (health.ok, health.broken) == (False, True)
    assert health.lines[0].startswith("The access token does not work any more.")


def test_a_token_without_permissions_is_said(messenger: MessengerConnector, facebook: PageStandIn) -> None:
    facebook.tokens[facebook.token].scopes = ("pages_messaging",)

    health = messenger.check()

    assert not health.ok
    assert any("pages_manage_metadata" in line for line in health.lines)


def test_a_token_of_another_page_is_said_and_changes_nothing(build: Build, facebook: PageStandIn) -> None:
    facebook.tokens["other"] = KnownToken(scopes=("pages_messaging",))
    facebook.subscribed = []

    health = build(page_id="42").check()

    assert not health.ok
    assert facebook.subscribed == []


def test_events_that_go_elsewhere_are_said(build: Build, facebook: PageStandIn, hook: Web) -> None:
    connector = build()
    facebook.webhook_url = hook.url("/other")

    health = connector.check()

    assert not health.ok
    assert any("elsewhere" in line for line in health.lines)


def test_a_meta_that_is_away_breaks_nothing(messenger: MessengerConnector, facebook: PageStandIn) -> None:
    facebook.server.shutdown()
    facebook.server.server_close()

    health = messenger.check()

    assert (health.ok, health.broken) == (False, False)
