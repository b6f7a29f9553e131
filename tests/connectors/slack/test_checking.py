"""“Check connection”: the token, its permissions, the channels, and how events reach us."""

from __future__ import annotations

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Channel, Workspace
from connectors.standin.wire import Trouble
from tests.connectors.slack.conftest import APP_TOKEN, HOOK, Build


def test_all_is_well(slack: SlackConnector) -> None:
    health = slack.check()

    assert health.ok
    assert health.lines == (
        "Connected to the workspace “Shop” as inbox.",
        "The app has all the permissions it needs.",
        f"Slack posts events and buttons to {HOOK}",
        "#acme belongs to Acme Ltd.",
        "Notices go to #support.",
    )
    assert health.renewed == {}


def test_a_missing_permission_is_named_with_what_it_is_for(
    slack: SlackConnector, workspace: Workspace
) -> None:
    workspace.scopes -= {"files:read", "users:read.email"}

    health = slack.check()

    assert not health.ok
    assert "files:read (files that come in), users:read.email (which colleague pressed a button)" in "".join(
        health.lines
    )


def test_the_workspaces_id_is_filled_in(build: Build, standin: StandIn) -> None:
    assert build(api_url=standin.base, team_id="").check().renewed == {"team_id": "T0SHOP"}


def test_a_refused_token_stops_the_channel(slack: SlackConnector, workspace: Workspace) -> None:
    workspace.revoked = True

    health = slack.check()

    assert (health.ok, health.broken) == (False, True)
    assert "revoked" in health.lines[0]


def test_channels_our_app_is_not_in_and_a_shared_one_for_notices(
    slack: SlackConnector, acme: Channel, workspace: Workspace
) -> None:
    acme.member = False
    workspace.channels["C0TEAM"].shared = True

    health = slack.check()

    assert not health.ok
    assert "The app is not in the channel C0ACME. Invite it there (/invite)." in health.lines
    assert health.lines[-1] == (
        "#support is shared with another company: choose another channel for notices."
    )


def test_socket_mode_is_tried_and_a_wrong_app_token_is_told_apart(build: Build, standin: StandIn) -> None:
    good = build(api_url=standin.base, app_token=APP_TOKEN).check()
    bad = build(api_url=standin.base, app_token="xapp-other").check()

    assert "Socket Mode works: events come on a connection we open." in good.lines
    assert (bad.ok, bad.broken) == (False, False)
    assert any("Check the app-level token" in line for line in bad.lines)


def test_without_secret_and_app_token_nothing_can_come_in(build: Build, standin: StandIn) -> None:
    health = build(api_url=standin.base, signing_secret="").check()

    assert any("Nothing can come in" in line for line in health.lines)


def test_a_token_that_ends_by_itself_is_told_with_its_day(slack: SlackConnector, standin: StandIn) -> None:
    standin.troubles.append(
        Trouble(
            200, b'{"ok": true, "team": "Shop", "user": "inbox", "team_id": "T0SHOP", "expires_in": 43200}'
        )
    )

    health = slack.check()

    assert health.expires_at is not None
    assert not health.ok


@pytest.mark.parametrize("trouble", [Trouble(503, b""), Trouble(cut=True), Trouble(200, b"<html>")])
def test_slack_being_away_says_nothing_about_our_token(
    slack: SlackConnector, standin: StandIn, trouble: Trouble
) -> None:
    standin.troubles.append(trouble)

    health = slack.check()

    assert (health.ok, health.broken) == (False, False)
