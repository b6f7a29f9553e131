"""`manage.py channel` and `manage.py simulate`, as a newcomer types them."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from connectors import samples
from connectors.models import Receipt, ReceiptState
from connectors.sandbox import provider
from inbox.models import Channel, ChannelHealth, Message
from inbox.models.channels import ChannelState
from tests import factories
from tests.standins.web import Web

SECRET = provider.SETTINGS["secret"]


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def nobody_serves(settings: Settings, transactional_db: None) -> None:
    """A port where no server of ours runs."""
    settings.PORT = 9


# ---------------------------------------------------------------- channel


def test_a_channel_is_added_and_its_hook_is_told(db: None) -> None:
    factories.support()

    told = run("channel", "add", "sandbox", "--name", "Try", "--set", f"secret={SECRET}")

    channel = Channel.objects.get()
    assert (channel.kind, channel.name, channel.settings) == ("sandbox", "Try", {"secret": SECRET})
    assert f"/hooks/{channel.public_id}" in told


def test_the_first_channel_of_all_brings_its_desk_along(db: None) -> None:
    run("channel", "add", "sandbox", "--name", "Try", "--set", "secret=x")

    assert Channel.objects.get().desk.name == "Support"


def test_a_secret_can_be_read_from_a_file(db: None, tmp_path: Path) -> None:
    factories.support()
    (tmp_path / "secret").write_text("kept out of the history\n")

    run("channel", "add", "sandbox", "--name", "Try", "--set", f"secret=@{tmp_path / 'secret'}")

    assert Channel.objects.get().settings == {"secret": "kept out of the history"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sandbox", "--name", "Try"], "Still missing: --set secret=…"),
        (
            ["sandbox", "--name", "Try", "--set", "colour=red"],
            "There is no setting “colour”. There are: secret, send_url.",
        ),
        (["sandbox", "--name", "Try", "--set", "secret"], "Write --set secret=VALUE."),
        (["fax", "--name", "Try"], "There is no connector “fax”."),
        (["sandbox", "--name", "Try", "--desk", "Moon", "--set", "secret=x"], "There is no desk “Moon”."),
        (["sandbox", "--name", "Try", "--team", "Moon", "--set", "secret=x"], "There is no team “Moon”."),
        (["sandbox", "--name", "Try", "--set", "secret=@/nowhere"], "“secret”: /nowhere cannot be read"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_plain_words(db: None, words: list[str], told: str) -> None:
    factories.support()

    with pytest.raises(CommandError) as failed:
        run("channel", "add", *words)

    assert told in str(failed.value)
    assert not Channel.objects.exists()


def test_the_list_shows_how_each_channel_fares_and_no_secret(db: None) -> None:
    channel = factories.channel("sandbox", name="Try", settings=provider.SETTINGS)
    ChannelHealth.objects.create(channel=channel, rejected_count=3)
    Receipt.objects.create(
        channel=channel, method="POST", body=b"", received_at=factories.MORNING, state=ReceiptState.PARKED
    )

    told = run("channel", "list")

    assert "Try: sandbox, Active" in told
    assert "last in never" in told
    assert "refused 3" in told
    assert "parked 1" in told
    assert SECRET not in told


def test_check_really_connects_and_keeps_the_result(db: None, settings: Settings) -> None:
    with Web.running() as web:
        settings.GUARDED_HTTP_ALLOW = [web.host]
        factories.channel("sandbox", name="Try", settings={"secret": SECRET, "send_url": web.url("/in")})

        told = run("channel", "check", "Try")

        assert web.asked[0].path == "/in"
    assert "answered 200" in told
    assert ChannelHealth.objects.get().check_ok is True


def test_a_failed_check_is_an_error_with_its_reason(db: None) -> None:
    factories.channel("sandbox", name="Try", settings={"secret": SECRET, "send_url": "http://127.0.0.1:9/"})

    with pytest.raises(CommandError, match="failed"):
        run("channel", "check", "Try")

    assert "private network" in ChannelHealth.objects.get().check_lines[0]


def test_pause_and_resume(db: None) -> None:
    factories.channel("sandbox", name="Try", settings=provider.SETTINGS)

    run("channel", "pause", "Try")
    assert Channel.objects.get().state == ChannelState.PAUSED

    run("channel", "resume", "Try")
    assert Channel.objects.get().state == ChannelState.ACTIVE


def test_an_unknown_channel_is_said_so(db: None) -> None:
    with pytest.raises(CommandError, match="no channel of this name"):
        run("channel", "pause", "Nothing")


# ---------------------------------------------------------------- simulate


def test_without_a_server_the_sample_goes_through_the_door_in_this_process(nobody_serves: None) -> None:
    factories.channel("sandbox", settings=provider.SETTINGS)

    told = run("simulate", "sandbox")

    assert "It answered 200" in told
    assert Message.objects.get().text == samples.find("sandbox", "text").events[0]["text"]


def test_each_run_is_a_new_message_unless_it_is_sent_again_as_recorded(nobody_serves: None) -> None:
    factories.channel("sandbox", settings=provider.SETTINGS)

    for words in ([], [], ["--again"], ["--again"]):
        run("simulate", "sandbox", "text", *words)

    assert Receipt.objects.count() == 4
    assert Message.objects.count() == 3


def test_with_a_server_the_sample_is_posted_to_its_hook(transactional_db: None, settings: Settings) -> None:
    channel = factories.channel("sandbox", settings=provider.SETTINGS)
    with Web.running() as web:
        settings.PORT = web.port

        told = run("simulate", "sandbox", "files")

        asked = web.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/hooks/{channel.public_id}")
    assert asked.headers["x-sandbox-signature"].startswith("t=")
    assert "answered 200" in told


def test_the_samples_are_listed_with_what_they_show(db: None) -> None:
    assert "A text of a person." in run("simulate", "sandbox", "--list")


@pytest.mark.parametrize(
    ("words", "told"),
    [(["sandbox"], "There is no such channel"), (["sandbox", "nothing"], "There is no such channel")],
)
def test_what_cannot_be_simulated_is_said(nobody_serves: None, words: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        run("simulate", *words)


def test_an_unknown_sample_names_those_there_are(nobody_serves: None) -> None:
    factories.channel("sandbox", settings=provider.SETTINGS)

    with pytest.raises(CommandError, match="no sample “nothing”"):
        run("simulate", "sandbox", "nothing")


def test_of_several_channels_one_must_be_named(nobody_serves: None) -> None:
    factories.channel("sandbox", name="One", settings=provider.SETTINGS)
    two = factories.channel("sandbox", name="Two", settings=provider.SETTINGS)

    with pytest.raises(CommandError, match="several: “One”, “Two”"):
        run("simulate", "sandbox")
    run("simulate", "sandbox", "--channel", "Two")

    assert Message.objects.get().channel == two
