"""“Check connection”, and the token that is renewed before it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.instagram.connector import InstagramConnector
from connectors.instagram.settings import FIELDS, INSTAGRAM, InstagramSettings
from connectors.instagram.standin import AccountStandIn
from connectors.meta.settings import GRAPH
from tests.connectors.instagram.conftest import Build


def test_a_token_of_a_day_or_more_is_renewed_and_its_end_told(
    instagram: InstagramConnector, build: Build
) -> None:
    health = instagram.check()

    assert health.ok
    assert health.expires_at is not None
    assert timedelta(days=59) < health.expires_at - datetime.now(UTC) < timedelta(days=61)
    assert build(access_token=health.renewed["access_token"]).check().ok


def test_a_token_of_today_is_left_as_it_is(instagram: InstagramConnector, meta: AccountStandIn) -> None:
    meta.token_hours = 3

    health = instagram.check()

    assert (health.ok, dict(health.renewed)) == (True, {})
    assert any("could not be renewed today" in line for line in health.lines)


def test_a_token_that_ended_stops_the_channel_with_the_reason_first(
    instagram: InstagramConnector, meta: AccountStandIn
) -> None:
    meta.tokens[meta.token].valid = False

    health = instagram.check()

    assert (health.ok, health.broken) == (False, True)
    assert "access token" in health.lines[0]


def test_a_token_of_another_account_is_said_and_changes_nothing(build: Build, meta: AccountStandIn) -> None:
    meta.subscribed = []

    health = build(account_id="42").check()

    assert not health.ok
    assert (meta.subscribed, dict(health.renewed)) == ([], {})


def test_an_account_that_is_not_subscribed_is_subscribed(
    instagram: InstagramConnector, meta: AccountStandIn
) -> None:
    meta.subscribed = []

    assert instagram.check().ok
    assert meta.subscribed == list(FIELDS)


@pytest.mark.parametrize(
    ("given", "base", "node"),
    [({}, INSTAGRAM, "me"), ({"login": "page", "page_id": "7"}, GRAPH, "7")],
)
def test_each_way_of_connecting_has_its_own_api(given: dict[str, str], base: str, node: str) -> None:
    made = InstagramSettings(
        app_id="1", app_secret="s", access_token="t", verify_token="v", account_id="2", **given
    )

    assert (made.base, made.node) == (base, node)
