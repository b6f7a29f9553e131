"""Channels in the settings: forms made from what connectors say, secrets that go one way, checks that connect."""

import dataclasses
import threading

import pytest
from django.test import Client

from agents import checking, manual
from agents.channel_form import PREFIX, ChannelForm
from connectors.sandbox import provider
from connectors.sandbox.connector import SandboxConnector
from inbox import registry
from inbox.contract import Health, TemporaryFailure
from inbox.models import Agent, Audit, Channel, Desk
from tests import factories

MARKER = "a-marker-secret-nobody-may-see"


@pytest.fixture
def ada(db: None) -> Agent:
    return factories.agent("Ada Admin", role="admin")


@pytest.fixture
def as_ada(ada: Agent) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def sandbox(db: None) -> Channel:
    return factories.channel("sandbox", name="Try it", settings={**provider.SETTINGS, "secret": MARKER})


def filled(kind: str, **more: object) -> dict[str, object]:
    """What a person would post: every required setting with something that fits."""
    values: dict[str, object] = {"name": f"A {kind}", "desk": factories.support().pk}
    for field in dataclasses.fields(registry.connector_class(kind).Settings):
        kind_of = field.metadata.get("kind", "text")
        if kind_of == "choice":
            values[PREFIX + field.name] = field.default
        elif field.default is dataclasses.MISSING:
            values[PREFIX + field.name] = "1" if kind_of == "number" else "something"
    return {**values, **more}


@pytest.mark.parametrize("kind", sorted(registry.kinds()))
def test_every_connector_has_a_form_of_its_settings_and_its_manual(as_ada: Client, kind: str) -> None:
    page = as_ada.get(f"/settings/channels/add/{kind}/").content.decode()

    for field in dataclasses.fields(registry.connector_class(kind).Settings):
        assert f'name="{PREFIX}{field.name}"' in page
    assert "How to set it up" in page


@pytest.mark.parametrize("kind", sorted(registry.kinds()))
def test_every_connector_is_offered_with_one_line_about_it(as_ada: Client, kind: str) -> None:
    page = as_ada.get("/settings/channels/add/").content.decode()

    assert f"/settings/channels/add/{kind}/" in page
    assert 10 < len(manual.summary(kind)) < 200


@pytest.mark.parametrize("kind", sorted(registry.kinds()))
def test_every_connector_can_be_added_by_its_form(as_ada: Client, ada: Agent, kind: str) -> None:
    answer = as_ada.post(f"/settings/channels/add/{kind}/", filled(kind))

    made = Channel.objects.get(name=f"A {kind}")
    assert answer["Location"] == f"/settings/channels/{made.pk}/"
    assert as_ada.get(answer["Location"]).status_code == 200
    assert Audit.objects.filter(action="channel added", actor=ada, object_id=str(made.pk)).exists()


def test_a_kind_that_does_not_exist_does_not_exist(as_ada: Client) -> None:
    assert as_ada.get("/settings/channels/add/telex/").status_code == 404


def test_what_is_missing_is_said_beside_the_field(as_ada: Client) -> None:
    page = as_ada.post("/settings/channels/add/sandbox/", {"name": "x"}).content.decode()

    assert 'id="id_desk_error"' in page
    assert not Channel.objects.exists()


def test_a_taken_name_is_told(as_ada: Client, sandbox: Channel) -> None:
    page = as_ada.post("/settings/channels/add/sandbox/", filled("sandbox", name="Try it")).content.decode()

    assert "There is already a channel called “Try it”." in page


def test_a_secret_is_never_shown_again(as_ada: Client, sandbox: Channel) -> None:
    page = as_ada.get(f"/settings/channels/{sandbox.pk}/").content.decode()

    assert MARKER not in page
    assert "Saved. Leave it empty to keep it." in page


def test_a_secret_just_typed_is_not_shown_again_beside_another_mistake(as_ada: Client) -> None:
    page = as_ada.post("/settings/channels/add/sandbox/", filled("sandbox", name="", setting_secret=MARKER))

    assert MARKER not in page.content.decode()


def test_a_secret_left_empty_stays_and_a_new_one_replaces_it(as_ada: Client, sandbox: Channel) -> None:
    path = f"/settings/channels/{sandbox.pk}/"

    as_ada.post(path, filled("sandbox", name="Renamed", setting_secret=""))
    sandbox.refresh_from_db()
    assert (sandbox.name, sandbox.settings["secret"]) == ("Renamed", MARKER)

    as_ada.post(path, filled("sandbox", name="Renamed", setting_secret="another"))
    sandbox.refresh_from_db()
    assert sandbox.settings["secret"] == "another"


def test_no_secret_stands_in_the_audit_log(as_ada: Client, sandbox: Channel) -> None:
    as_ada.post(f"/settings/channels/{sandbox.pk}/", filled("sandbox", setting_secret=MARKER))

    assert MARKER not in str(list(Audit.objects.values()))


def test_lists_and_numbers_come_out_as_such(ada: Agent) -> None:
    kind = next(k for k, c in registry.kinds().items() if c.capabilities.live)
    form = ChannelForm(
        filled(kind, setting_origins=" https://a.example \n\nhttps://b.example"), reader=ada, kind=kind
    )

    assert form.is_valid(), form.errors
    assert form.values["origins"] == ["https://a.example", "https://b.example"]
    assert form.values["continuity_minutes"] == 5


def test_a_team_of_another_desk_is_refused(as_ada: Client, sandbox: Channel) -> None:
    team = factories.team(desk=factories.desk("Sales"))

    page = as_ada.post(f"/settings/channels/{sandbox.pk}/", filled("sandbox", team=team.pk)).content.decode()

    assert "This team works for another desk." in page


def test_a_live_channel_gives_what_to_put_on_a_website(as_ada: Client) -> None:
    kind = next(k for k, c in registry.kinds().items() if c.capabilities.live)
    made = factories.channel(kind)

    page = as_ada.get(f"/settings/channels/{made.pk}/").content.decode()

    assert f"data-channel=&quot;{made.public_id}&quot;" in page
    assert "/hooks/" not in page.split("How to set it up")[0]


def test_a_channel_with_a_hook_says_where_to_post(as_ada: Client, sandbox: Channel) -> None:
    assert f"/hooks/{sandbox.public_id}" in as_ada.get(f"/settings/channels/{sandbox.pk}/").content.decode()


def test_pausing_and_resuming(as_ada: Client, sandbox: Channel) -> None:
    as_ada.post(f"/settings/channels/{sandbox.pk}/state/", {"state": "paused"})
    sandbox.refresh_from_db()
    assert sandbox.state == "paused"
    assert "Paused" in as_ada.get("/settings/channels/").content.decode()

    as_ada.post(f"/settings/channels/{sandbox.pk}/state/", {"state": "active"})
    sandbox.refresh_from_db()
    assert sandbox.state == "active"


def test_a_channel_whose_folder_is_gone_still_opens(as_ada: Client) -> None:
    gone = factories.channel("telex")

    page = as_ada.get(f"/settings/channels/{gone.pk}/").content.decode()

    assert "The folder of this connector is not there any more" in page
    assert as_ada.get("/settings/channels/").status_code == 200


def test_a_channel_of_a_desk_one_may_not_read_does_not_exist(as_ada: Client, hr: Desk) -> None:
    hidden = factories.channel("sandbox", desk=hr, name="HR box")

    assert "HR box" not in as_ada.get("/settings/channels/").content.decode()
    assert as_ada.get(f"/settings/channels/{hidden.pk}/").status_code == 404
    assert as_ada.post(f"/settings/channels/{hidden.pk}/check/").status_code == 404
    assert as_ada.post(f"/settings/channels/{hidden.pk}/state/", {"state": "paused"}).status_code == 404


# ---------------------------------------------------------------- check connection


def test_a_check_really_asks_the_connector_away_from_the_request_and_keeps_what_it_said(
    as_ada: Client, sandbox: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def check(_self: SandboxConnector) -> Health:
        threads.append(threading.current_thread().name)
        return Health(ok=True, lines=("Logged in as <ana>.",))

    monkeypatch.setattr(SandboxConnector, "check", check)
    page = as_ada.post(f"/settings/channels/{sandbox.pk}/check/", follow=True).content.decode()

    assert "Logged in as &lt;ana&gt;." in page
    assert "It works." in page
    assert threads[0].startswith("check")
    sandbox.health.refresh_from_db()
    assert sandbox.health.check_ok is True


def test_a_check_that_hangs_ends(sandbox: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(SandboxConnector, "check", lambda _self: over.wait(30))

    health = checking.check(sandbox, patience=checking.PATIENCE / 100)
    over.set()

    assert not health.ok
    assert "No answer" in health.lines[0]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TemporaryFailure("The server is busy."), "The server is busy."),
        (ZeroDivisionError(), "The check itself broke"),
    ],
)
def test_a_check_that_fails_says_why(
    sandbox: Channel, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def check(_self: SandboxConnector) -> Health:
        raise error

    monkeypatch.setattr(SandboxConnector, "check", check)

    assert told in checking.check(sandbox).lines[0]


@pytest.mark.parametrize("kind", sorted(registry.kinds()))
def test_a_manual_can_do_nothing_in_the_page(kind: str) -> None:
    html = manual.html(kind).lower()

    assert "<script" not in html
    assert "javascript:" not in html
    assert "<h1" not in html
    assert "<h2" not in html
