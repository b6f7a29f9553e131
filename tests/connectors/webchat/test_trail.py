"""What a visitor does on the website: kept in their thread, believed no further than a browser can be, and never too much."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import reader
from connectors.models import Receipt
from connectors.visitors import limits, trail
from connectors.visitors.limits import Limit
from inbox import live
from inbox.models import Channel, Conversation, Customer, Identity, Message, Touchpoint
from tests import factories
from tests.connectors.webchat.conftest import SHOP, Browser

pytestmark = pytest.mark.django_db(transaction=True)


def touch(browser: Browser, client_id: str = "touch-0001", **told: Any) -> dict[str, Any]:
    """Tell of one thing by HTTP, and have it read; the server's one answer."""
    frame = {
        "t": "touch",
        "id": client_id,
        "kind": "page",
        "title": "Fjord jumper",
        "url": f"{SHOP}/fjord",
        **told,
    }
    answered = browser.post("frames", {"frames": [frame]})
    assert answered.status_code == 200, answered.content
    reader.drain()
    (answer,) = json.loads(answered.content)["frames"]
    return dict(answer)


@pytest.fixture
def known(ana: Browser) -> Browser:
    """Ana's browser after her first word."""
    ana.begin()
    ana.say("Do you have it in moss?")
    return ana


def test_a_page_viewed_stands_in_the_visitors_thread(known: Browser) -> None:
    assert touch(known) == {"t": "ack", "id": "touch-0001"}

    kept = Touchpoint.objects.get()
    assert (kept.kind, kept.source, kept.title, kept.url) == ("page", "web", "Fjord jumper", f"{SHOP}/fjord")
    assert kept.customer == Message.objects.get().customer
    assert kept.identity == Message.objects.get().identity


def test_an_order_keeps_its_amount_and_what_is_in_it(known: Browser) -> None:
    touch(
        known,
        kind="order",
        reference="4417",
        value=128.5,
        currency="gbp",
        data={"items": [{"name": "Fjord"}]},
    )

    kept = Touchpoint.objects.get()
    assert (kept.reference, kept.value, kept.currency) == ("4417", Decimal("128.50"), "GBP")
    assert kept.data == {"items": [{"name": "Fjord"}]}


def test_it_wakes_no_matter_and_is_no_message(known: Browser) -> None:
    before = Conversation.objects.values().get()

    touch(known, kind="cart")

    assert Conversation.objects.values().get() == before
    assert Message.objects.count() == 1
    assert known.sees() == ["Do you have it in moss?"]


def test_told_five_times_it_is_one(known: Browser) -> None:
    for _ in range(5):
        assert touch(known) == {"t": "ack", "id": "touch-0001"}

    assert Touchpoint.objects.count() == 1


def test_two_visitors_may_use_the_same_ids(known: Browser) -> None:
    other = Browser(known.channel)
    other.begin()
    other.say("Me too")

    touch(known)
    touch(other)

    assert Touchpoint.objects.values("customer").distinct().count() == 2


def test_a_browser_cannot_say_that_somebody_else_says_so(known: Browser) -> None:
    touch(
        known,
        source="erp",
        external_id="erp-1",
        customer_id=1,
        address={"space": "email", "value": "kim@x.example"},
    )

    assert Touchpoint.objects.get().source == "web"
    assert not Identity.objects.filter(space="email").exists()


@pytest.mark.parametrize("kind", ["delivery", "ready", "visit", "rocket", "", None, 7, ["page"], {}])
def test_what_only_the_shop_can_know_a_browser_may_not_tell(known: Browser, kind: object) -> None:
    frame = {"t": "touch", "id": "touch-0001", "kind": kind, "title": "Paid"}
    answered = known.post("frames", {"frames": [frame]})

    assert answered.status_code == 200
    assert json.loads(answered.content)["frames"] == [{"t": "refused", "id": "touch-0001", "reason": "kind"}]
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/login",
        "https://www.shop.example.evil.example/",
        "https://www.shop.example@evil.example/",
        "javascript:alert(1)",
        "//www.shop.example/x",
        "https://[",
        "/x",
        5,
        None,
    ],
)
def test_a_link_to_another_website_is_left_out(known: Browser, url: object) -> None:
    touch(known, url=url)

    assert Touchpoint.objects.get().url == ""


def test_what_follows_the_hash_is_cut_and_so_is_a_long_title(known: Browser) -> None:
    touch(known, url=f"{SHOP}/fjord#token=secret", title="  Fjord \n jumper " + "x" * 900)

    kept = Touchpoint.objects.get()
    assert kept.url == f"{SHOP}/fjord"
    assert kept.title.startswith("Fjord jumper xxx")
    assert len(kept.title) == 300


def test_what_was_done_before_there_was_a_line_keeps_its_time(known: Browser) -> None:
    touch(known, ago=600)
    touch(known, "touch-0002", ago=1e300)

    moments = list(Touchpoint.objects.order_by("pk").values_list("occurred_at", flat=True))
    assert timedelta(minutes=9) < timezone.now() - moments[0] < timedelta(minutes=20)
    assert timedelta(hours=23) < timezone.now() - moments[1] < timedelta(hours=25)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ago": -1},
        {"ago": "x"},
        {"ago": True},
        {"value": "many", "currency": "EUR"},
        {"value": 5},
        {"value": [1], "currency": "EUR"},
        {"value": "1e999999", "currency": "EUR"},
        {"value": 5, "currency": "EURO"},
        {"currency": 5, "value": 5},
        {"title": 5},
        {"reference": {"a": 1}},
        {"data": "x"},
        {"data": {"a": "x" * 9000}},
        {"data": {"a": {"b": {"c": {"d": {}}}}}},
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_stored(
    known: Browser, wrong: dict[str, Any]
) -> None:
    before = Receipt.objects.count()

    assert touch(known, **wrong)["t"] == "refused"
    assert Receipt.objects.count() == before


def test_who_tells_too_much_is_not_listened_to(known: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOUCHES", Limit("few-touches", 3, 3600))

    answers = [touch(known, f"touch-{number:04}") for number in range(5)]

    assert [answer["t"] for answer in answers] == ["ack"] * 3 + ["refused"] * 2
    assert answers[-1]["reason"] == "slow"
    assert known.say("Can I still write?", "message-0002") == [{"t": "ack", "id": "message-0002"}]


def test_without_a_session_nothing_is_told(ana: Browser) -> None:
    frame = {"t": "touch", "id": "touch-0001", "kind": "page"}

    assert ana.post("frames", {"frames": [frame]}).status_code == 401


def test_whom_we_blocked_tells_nothing(known: Browser) -> None:
    Customer.objects.update(blocked=True)
    known.get("events")

    frame = {"t": "touch", "id": "touch-0001", "kind": "page"}
    assert known.post("frames", {"frames": [frame]}).status_code == 401


# ---------------------------------------------------------------- the page in view


def in_view() -> live.Viewing | None:
    return live.viewed(Message.objects.first().customer_id)  # type: ignore[union-attr]


def say(browser: Browser, **frame: Any) -> None:
    assert browser.post("frames", {"frames": [frame]}).status_code == 200


def test_the_page_in_view_is_known_until_they_look_away(known: Browser) -> None:
    touch(known, now=True)
    found = in_view()
    assert found is not None
    assert (found.title, found.url, found.channel_id) == ("Fjord jumper", f"{SHOP}/fjord", known.channel.pk)

    say(known, t="ping", visible=True)
    assert in_view() == found
    say(known, t="ping", visible=False)

    assert in_view() is None


def test_who_comes_back_to_a_page_has_it_in_view_again(known: Browser) -> None:
    touch(known, now=True)
    say(known, t="ping", visible=False)

    say(known, t="viewing", id="touch-0001", title="Fjord jumper", url=f"{SHOP}/fjord")

    found = in_view()
    assert found is not None
    assert found.title == "Fjord jumper"
    assert Touchpoint.objects.count() == 1


def test_what_was_viewed_earlier_is_not_in_view(known: Browser) -> None:
    touch(known)
    assert in_view() is None
    touch(known, "touch-0002", now=True, ago=3600)
    assert in_view() is None


def test_the_page_in_view_links_only_to_our_websites(known: Browser) -> None:
    touch(known, now=True)

    say(known, t="viewing", id="touch-0001", title="Look", url="https://evil.example/")

    found = in_view()
    assert found is not None
    assert found.url == ""


def test_an_agent_sees_it_at_the_top_of_the_customers_place(known: Browser, client: Client) -> None:
    touch(known, now=True, title="Fjord <b>jumper</b>")
    client.force_login(factories.agent())
    customer = Message.objects.get().customer_id

    page = client.get(f"/live/matters-now/{customer}/").content.decode()

    assert "Fjord &lt;b&gt;jumper&lt;/b&gt;" in page
    assert f'href="{SHOP}/fjord"' in page


# ---------------------------------------------------------------- hostile

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("kind", "title", "url", "reference", "value", "currency", "data", "ago", "now", "id", "source", "at")
KIND = st.sampled_from(sorted(trail.KINDS))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(frame=st.dictionaries(st.sampled_from(NAMES), JSON), kind=KIND)
def test_whatever_a_browser_says_is_kept_or_refused_and_never_an_error(
    known: Browser, frame: dict[str, Any], kind: str
) -> None:
    told = {"id": "touch-0001", "kind": kind, **frame, "t": "touch"}
    answered = known.client.post(
        f"{known.base}/frames",
        json.dumps({"frames": [told]}),
        content_type="application/json",
        REMOTE_ADDR=known.ip,
        headers={"Origin": known.origin, **known.bearer},
    )
    reader.drain()

    assert answered.status_code == 200
    assert answered.json()["frames"][0]["t"] in ("ack", "refused")
    assert not Receipt.objects.filter(state="parked").exists()
    assert set(Touchpoint.objects.values_list("source", flat=True)) <= {"web"}


def test_a_channel_of_another_website_keeps_its_own(channel: Channel, known: Browser) -> None:
    other = Browser(factories.channel("webchat", settings={"origins": ["https://other.example"]}))
    other.origin = "https://other.example"
    other.begin()
    other.say("Hello")

    touch(other, url=f"{SHOP}/fjord")

    assert Touchpoint.objects.get().url == ""
