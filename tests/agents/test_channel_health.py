"""How channels fare, as the settings show it; the warning everywhere; bringing one back; its templates."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents import checking, faring, kinds, manual
from connectors.models import Receipt, ReceiptState
from connectors.sandbox import provider
from connectors.sandbox.connector import SandboxConnector
from inbox import registry
from inbox.actions import templates, traffic
from inbox.contract import ChannelBroken, Health, Template, TemplateStatus, TemporaryFailure
from inbox.models import Agent, Attachment, Audit, Channel, ChannelHealth, Conversation, Delivery, Desk
from inbox.models.channels import ChannelState
from inbox.models.files import AttachmentState
from tests import factories

REFUSED = "The token was refused."


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
    return factories.channel("sandbox", name="Try it", settings=dict(provider.SETTINGS))


@pytest.fixture
def broken(sandbox: Channel) -> Channel:
    Channel.objects.filter(pk=sandbox.pk).update(state=ChannelState.BROKEN, state_reason=REFUSED)
    sandbox.refresh_from_db()
    return sandbox


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider takes the credentials again."""
    monkeypatch.setattr(SandboxConnector, "check", lambda _self: Health(ok=True, lines=("Logged in.",)))


def healthy(channel: Channel, **values: object) -> Channel:
    ChannelHealth.objects.update_or_create(channel=channel, defaults=values)
    return Channel.objects.select_related("health").get(pk=channel.pk)


def parked(channel: Channel, state: ReceiptState = ReceiptState.PARKED) -> Receipt:
    return Receipt.objects.create(
        channel=channel,
        method="POST",
        url="https://x.example/",
        body=b"{}",
        received_at=timezone.now(),
        state=state,
        attempts=3,
        error="It is unreadable.",
    )


def written(matter: Conversation, sam: Agent, channel: Channel, status: str) -> Delivery:
    to = factories.identity(matter.customer, f"ana-{status}-{channel.pk}", space="sandbox")
    delivery = factories.reply(matter, sam, channel=channel, identity=to, status=status).delivery
    Delivery.objects.filter(pk=delivery.pk).update(claimed_at=timezone.now())
    return delivery


# ---------------------------------------------------------------- at a glance


@pytest.mark.parametrize(
    ("health", "word", "tone"),
    [
        ({}, "New", ""),
        ({"last_in_at": 0}, "Works", "is-ok"),
        ({"last_in_at": 0, "last_error_at": -1}, "Works", "is-ok"),
        ({"last_in_at": -2, "last_error_at": -1}, "Had trouble", "is-warn"),
        ({"last_in_at": 0, "expires_at": 24 * 15}, "Works", "is-ok"),
        ({"last_in_at": 0, "expires_at": 24 * 13}, "Access ends", "is-warn"),
        ({"last_in_at": 0, "expires_at": 24 * 2}, "Access ends", "is-late"),
        ({"last_in_at": 0, "expires_at": -1}, "Access ends", "is-late"),
        ({"last_in_at": 0, "held_until": 1}, "On hold", "is-warn"),
        ({"last_in_at": 0, "held_until": -1}, "Works", "is-ok"),
    ],
)
def test_a_channel_says_in_one_word_how_it_fares(
    sandbox: Channel, health: dict[str, int], word: str, tone: str
) -> None:
    now = timezone.now()
    found = faring.of(healthy(sandbox, **{name: now + timedelta(hours=h) for name, h in health.items()}))

    assert (found.word, found.tone) == (word, tone)
    assert found.icon


def test_what_is_worst_is_said(sandbox: Channel) -> None:
    healthy(sandbox, check_ok=False, last_in_at=timezone.now())
    sandbox.refresh_from_db()
    assert faring.of(sandbox).word == "Check failed"

    sandbox.state = ChannelState.PAUSED
    assert faring.of(sandbox).word == "Paused"

    sandbox.state = ChannelState.BROKEN
    assert faring.of(sandbox).word == "Broken"


def test_waiting_and_failed_messages_are_counted_by_channel(
    sandbox: Channel, mailbox: Channel, matter: Conversation, sam: Agent, as_ada: Client
) -> None:
    for status in ("queued", "failed", "unknown", "sent"):
        written(matter, sam, sandbox, status)
    old = written(matter, sam, mailbox, "failed")
    Delivery.objects.filter(pk=old.pk).update(claimed_at=timezone.now() - faring.FAILED_WITHIN * 2)

    here, there = faring.of_all(Channel.objects.filter(pk__in=[sandbox.pk, mailbox.pk]).order_by("kind"))[
        ::-1
    ]

    assert (here.queued, here.failed) == (1, 2)
    assert (there.queued, there.failed) == (0, 0)
    page = as_ada.get(f"/settings/channels/{sandbox.pk}/").content.decode()
    assert f'href="/settings/channels/{sandbox.pk}/sent/?failed=1">2</a>' in page


def test_a_message_for_later_does_not_wait_for_the_channel(
    sandbox: Channel, matter: Conversation, sam: Agent
) -> None:
    later = written(matter, sam, sandbox, "queued")
    Delivery.objects.filter(pk=later.pk).update(not_before=timezone.now() + timedelta(days=1))

    assert faring.of(sandbox).queued == 0


def test_the_page_tells_all_that_is_known(sandbox: Channel, as_ada: Client) -> None:
    traffic.rejected(channel_id=sandbox.pk, number=7, reason="The signature is wrong.", at=timezone.now())
    traffic.trouble(channel_id=sandbox.pk, reason="The server is busy.")
    traffic.hold(channel_id=sandbox.pk, wait=timedelta(hours=1))
    parked(sandbox)
    parked(sandbox, ReceiptState.WAITING)

    page = as_ada.get(f"/settings/channels/{sandbox.pk}/").content.decode()

    assert "7 · The signature is wrong." in page
    assert "The server is busy." in page
    assert "Nothing leaves until" in page
    assert f"/settings/receipts/?channel={sandbox.pk}" in page
    waiting = as_ada.get(f"/settings/receipts/?channel={sandbox.pk}&waiting=1")
    assert f"?channel={sandbox.pk}&amp;waiting=1" in page
    assert [each.state for each in waiting.context["receipts"]] == [ReceiptState.WAITING]


# ---------------------------------------------------------------- seen from everywhere


def test_an_admin_sees_on_every_page_that_a_channel_needs_somebody(as_ada: Client, broken: Channel) -> None:
    page = as_ada.get("/customers/").content.decode()

    assert "1 channel needs you" in page
    assert REFUSED in as_ada.get("/settings/channels/").content.decode()


def test_access_that_ends_soon_and_parked_messages_call_too(as_ada: Client, sandbox: Channel) -> None:
    healthy(sandbox, expires_at=timezone.now() + timedelta(days=5, hours=1))
    parked(factories.channel("sandbox", name="Another"))
    factories.channel("sandbox", name="A good one")

    assert "2 channels need you" in as_ada.get("/customers/").content.decode()
    page = as_ada.get("/settings/channels/").content.decode()
    assert "in 5 days" in page
    assert "1 message could not be read." in page


def test_where_all_is_well_nothing_calls(as_ada: Client, sandbox: Channel) -> None:
    healthy(sandbox, last_in_at=timezone.now(), expires_at=timezone.now() + timedelta(days=60))

    assert "rail-warning" not in as_ada.get("/customers/").content.decode()


def test_who_is_no_admin_or_has_no_part_in_the_desk_is_not_called(
    as_sam: Client, as_ada: Client, hr: Desk
) -> None:
    factories.channel("sandbox", desk=hr, state=ChannelState.BROKEN)

    assert "rail-warning" not in as_sam.get("/customers/").content.decode()
    assert "rail-warning" not in as_ada.get("/customers/").content.decode()


# ---------------------------------------------------------------- reconnecting


@pytest.mark.usefixtures("works")
def test_reconnecting_brings_back_the_channel_and_all_that_waited(
    as_ada: Client, ada: Agent, broken: Channel, matter: Conversation, sam: Agent
) -> None:
    written(matter, sam, broken, "queued")
    unread, elsewhere = parked(broken), parked(factories.channel("sandbox"))
    asked = factories.message(matter, "With a picture", channel=broken)
    lost = Attachment.objects.create(
        message=asked, name="a.jpg", source="https://x.example/1", state=AttachmentState.FAILED, tries=8
    )

    answer = as_ada.post(f"/settings/channels/{broken.pk}/reconnect/", follow=True)

    told = [str(each) for each in answer.context["messages"]]
    assert told == [
        "It works. 1 waiting message goes out now. 1 parked message is read again. 1 file is fetched again."
    ]
    for each in (broken, unread, elsewhere, lost):
        each.refresh_from_db()
    assert (broken.state, broken.state_reason) == (ChannelState.ACTIVE, "")
    assert (unread.state, elsewhere.state) == (ReceiptState.NEW, ReceiptState.PARKED)
    assert (lost.state, lost.tries) == (AttachmentState.WAITING, 0)
    assert Audit.objects.filter(action="channel reconnected", actor=ada, object_id=str(broken.pk)).exists()


@pytest.mark.parametrize("error", [ChannelBroken(REFUSED), TemporaryFailure("Busy.")])
def test_a_channel_that_still_does_not_work_stays_as_it_is_and_says_why(
    as_ada: Client, broken: Channel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def check(_self: SandboxConnector) -> Health:
        raise error

    monkeypatch.setattr(SandboxConnector, "check", check)
    unread = parked(broken)

    page = as_ada.post(f"/settings/channels/{broken.pk}/reconnect/", follow=True).content.decode()

    broken.refresh_from_db()
    unread.refresh_from_db()
    assert f"It does not work yet. {error}" in page
    assert (broken.state, unread.state) == (ChannelState.BROKEN, ReceiptState.PARKED)


@pytest.mark.usefixtures("works")
def test_a_new_secret_is_tried_at_once(as_ada: Client, broken: Channel) -> None:
    unread = parked(broken)
    form = {"name": "Try it", "desk": broken.desk_id, "setting_send_url": "https://x.example/"}

    as_ada.post(f"/settings/channels/{broken.pk}/", {**form, "setting_secret": "a new one"})

    unread.refresh_from_db()
    assert unread.state == ReceiptState.NEW
    assert ChannelHealth.objects.get(pk=broken.pk).check_lines == ["Logged in."]


@pytest.mark.usefixtures("works")
def test_other_changes_are_not_tried(as_ada: Client, sandbox: Channel) -> None:
    form = {"name": "Renamed", "desk": sandbox.desk_id, "setting_send_url": "https://x.example/"}

    as_ada.post(f"/settings/channels/{sandbox.pk}/", {**form, "setting_secret": ""})

    assert not ChannelHealth.objects.filter(pk=sandbox.pk, checked_at__isnull=False).exists()


def test_a_broken_channel_offers_to_reconnect_and_a_good_one_does_not(
    as_ada: Client, broken: Channel
) -> None:
    good = factories.channel("sandbox", settings=dict(provider.SETTINGS))

    assert (
        f"/settings/channels/{broken.pk}/reconnect/"
        in as_ada.get(f"/settings/channels/{broken.pk}/").content.decode()
    )
    assert "/reconnect/" not in as_ada.get(f"/settings/channels/{good.pk}/").content.decode()


# ---------------------------------------------------------------- templates


@pytest.fixture
def with_templates(db: None) -> Channel:
    """A channel of a kind that has templates."""
    kind = next(kind for kind, each in registry.kinds().items() if each.capabilities.templates)
    return factories.channel(kind, name="Templates")


HELLO = Template(external_id="1", name="hello", language="en_GB", body="Hello {{1}}", category="UTILITY")
NO = Template(
    external_id="2",
    name="sale",
    language="en",
    body="Buy!",
    status=TemplateStatus.REJECTED,
    reason="Too loud.",
)


def test_the_templates_stand_on_the_page_with_their_state_and_reason(
    as_ada: Client, with_templates: Channel
) -> None:
    templates.keep(channel=with_templates, templates=[HELLO, NO])

    page = as_ada.get(f"/settings/channels/{with_templates.pk}/").content.decode()

    for word in (
        "hello",
        "en_GB",
        "utility",
        "Approved",
        "Hello {{1}}",
        "Rejected",
        "Too loud.",
        "Last asked",
    ):
        assert word in page


def test_one_can_ask_for_templates(
    as_ada: Client, with_templates: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "connector_for", lambda _channel: _Asked([HELLO]))

    answer = as_ada.post(f"/settings/channels/{with_templates.pk}/templates/")

    assert answer["Location"] == f"/settings/channels/{with_templates.pk}/"
    assert [each.name for each in with_templates.templates.all()] == ["hello"]


@pytest.mark.parametrize(
    ("error", "state"),
    [(TemporaryFailure("Busy."), ChannelState.ACTIVE), (ChannelBroken("Refused."), ChannelState.BROKEN)],
)
def test_what_was_known_of_templates_stays_when_asking_fails(
    with_templates: Channel, monkeypatch: pytest.MonkeyPatch, error: Exception, state: ChannelState
) -> None:
    templates.keep(channel=with_templates, templates=[HELLO])
    monkeypatch.setattr(registry, "connector_for", lambda _channel: _Asked(error))

    assert checking.ask_templates(with_templates) == str(error)

    with_templates.refresh_from_db()
    assert with_templates.templates.count() == 1
    assert (with_templates.state, with_templates.health.last_error) == (state, str(error))


def test_a_kind_without_templates_has_none_to_ask_for(as_ada: Client, sandbox: Channel) -> None:
    answer = as_ada.post(f"/settings/channels/{sandbox.pk}/templates/", follow=True)

    assert "This kind of channel has no templates." in answer.content.decode()
    assert "Ask for templates" not in as_ada.get(f"/settings/channels/{sandbox.pk}/").content.decode()


class _Asked:
    """A connector at which only templates are asked for: it gives these, or fails so."""

    def __init__(self, answer: list[Template] | Exception) -> None:
        self.answer = answer

    def templates(self) -> list[Template]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


# ---------------------------------------------------------------- choosing a kind


def test_every_kind_is_offered_once() -> None:
    offered = [offer.channel.kind for group in kinds.grouped() for offer in group.offers]

    assert sorted(offered) == sorted(registry.kinds())


def test_what_one_needs_comes_from_the_manual_without_its_marks() -> None:
    said = [manual.needs(kind) for kind in registry.kinds()]

    assert any(said)
    assert not any(mark in text for text in said for mark in ("**", "`", "](", "Onethread"))
