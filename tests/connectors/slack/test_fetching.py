"""Files customers sent: with our token, from Slack only."""

from __future__ import annotations

import base64

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Workspace
from inbox.contract import File, PermanentFailure
from tests.connectors.slack.conftest import Build

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def picture(standin: StandIn) -> File:
    standin.workspace.content["F1"] = PIXEL
    return File(name="broken.png", content_type="image/png", url=f"{standin.base}/files/F1")


def test_a_file_comes_with_its_bytes_and_its_real_type(slack: SlackConnector, picture: File) -> None:
    got = slack.fetch(File(name=picture.name, content_type="application/octet-stream", url=picture.url))

    assert (got.content, got.content_type, got.size) == (PIXEL, "image/png", len(PIXEL))


def test_a_file_named_only_by_its_id_is_asked_about_first(
    slack: SlackConnector, picture: File, workspace: Workspace
) -> None:
    workspace.files["F1"] = {
        "id": "F1",
        "name": "broken.png",
        "mimetype": "image/png",
        "url_private": picture.url,
    }

    got = slack.fetch(File(name="file", url="slack-file:F1"))

    assert (got.name, got.content) == ("broken.png", PIXEL)


def test_a_file_slack_does_not_give_us_is_said(slack: SlackConnector, workspace: Workspace) -> None:
    workspace.files["F2"] = {"id": "F2"}

    with pytest.raises(PermanentFailure, match="does not give this file"):
        slack.fetch(File(name="file", url="slack-file:F2"))
    with pytest.raises(PermanentFailure, match="not in Slack any more"):
        slack.fetch(File(name="file", url="slack-file:F3"))


def test_slacks_login_page_is_not_taken_for_the_file(
    slack: SlackConnector, picture: File, workspace: Workspace
) -> None:
    workspace.scopes.remove("files:read")

    with pytest.raises(PermanentFailure, match="files:read"):
        slack.fetch(picture)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/x",
        "http://files.slack.com/x",
        "https://evil.example/files.slack.com",
        "https://evilslack.com/x",
        "slack-file",
        "file:///etc/passwd",
    ],
)
def test_our_token_goes_to_nobody_else(build: Build, url: str) -> None:
    with pytest.raises(PermanentFailure):
        build().fetch(File(name="x", url=url))


def test_on_a_test_server_the_token_goes_to_no_other_port(slack: SlackConnector, standin: StandIn) -> None:
    other = standin.base.replace(str(standin.port), str(standin.port + 1))

    with pytest.raises(PermanentFailure, match="not at Slack"):
        slack.fetch(File(name="x", url=f"{other}/files/F1"))
