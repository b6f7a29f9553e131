"""Which websites may show the chat."""

import pytest

from connectors.visitors.origins import allowed
from inbox.models import Channel
from inbox.models.channels import ChannelState
from tests.connectors.webchat.conftest import SHOP, Browser

OWN = "https://inbox.example"
LISTED = [
    SHOP,
    "https://*.brand.example",
    "http://localhost:3000/",
    "https://shop.example:8443",
    "nonsense",
    "",
]


@pytest.mark.parametrize(
    "origin",
    [
        SHOP,
        "https://WWW.shop.example",
        "https://www.shop.example:443",
        OWN,
        "https://de.brand.example",
        "https://a.b.brand.example",
        "http://localhost:3000",
        "https://shop.example:8443",
    ],
)
def test_listed_websites_may(origin: str) -> None:
    assert allowed(origin, LISTED, own=OWN)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://www.shop.example",
        "https://shop.example",
        "https://www.shop.example.evil.example",
        "https://evilwww.shop.example",
        "https://evil.example#www.shop.example",
        "https://evil.example/www.shop.example",
        "https://www.shop.example@evil.example",
        "https://www.shop.example:8443",
        "https://brand.example",
        "https://evilbrand.example",
        "https://*.brand.example.evil.example",
        "ftp://www.shop.example",
        "file://",
        "https://",
        "https://[",
        "https://www.shop.example:99999",
        "chrome-extension://abcdef",
    ],
)
def test_all_others_may_not(origin: str) -> None:
    assert not allowed(origin, LISTED, own=OWN)


def test_with_an_empty_list_only_our_own_pages_may() -> None:
    assert allowed(OWN, [], own=OWN)
    assert not allowed(SHOP, [], own=OWN)


@pytest.mark.parametrize("path", ["session", "logout", "frames", "files"])
def test_every_post_needs_a_listed_website(ana: Browser, path: str) -> None:
    for origin in ("https://evil.example", "null", ""):
        ana.origin = origin
        answer = ana.post(path)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("path", ["config", "events", "history"])
def test_every_get_from_another_website_is_refused(ana: Browser, path: str) -> None:
    ana.origin = "https://evil.example"

    assert ana.get(path).status_code == 403


def test_a_listed_website_may_read_the_answer_and_no_cookie_may_go_along(ana: Browser) -> None:
    answer = ana.get("config")

    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_browser_may_ask_before_it_posts(ana: Browser) -> None:
    asked = ana.client.options(
        f"{ana.base}/session", headers={"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    )

    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert (
        ana.client.options(f"{ana.base}/session", headers={"Origin": "https://evil.example"}).status_code
        == 403
    )


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.BROKEN])
def test_a_chat_that_is_not_active_is_closed(channel: Channel, ana: Browser, state: str) -> None:
    Channel.objects.filter(pk=channel.pk).update(state=state)

    assert ana.get("config").status_code == 404
    assert ana.begin().status_code == 404


def test_a_channel_of_another_kind_is_no_chat(ana: Browser) -> None:
    Channel.objects.filter(pk=ana.channel.pk).update(kind="sandbox")

    assert ana.get("config").status_code == 404
    assert ana.client.get(f"/c/sandbox/{ana.channel.public_id}/config").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_another_method_is_refused(ana: Browser, method: str) -> None:
    answer = getattr(ana.client, method)(f"{ana.base}/session", headers={"Origin": SHOP})

    assert answer.status_code == 405


@pytest.mark.parametrize("body", ["[]", "7", "nonsense", '{"a":' * 3000, "null"])
def test_a_body_that_is_no_object_is_refused(ana: Browser, body: str) -> None:
    answer = ana.client.post(
        f"{ana.base}/session", body, content_type="application/json", headers={"Origin": SHOP}
    )

    assert answer.status_code == 400


def test_a_body_too_large_is_refused(ana: Browser) -> None:
    ana.begin()

    answer = ana.post("frames", {"frames": [{"t": "msg", "text": "a" * 70_000}]})

    assert answer.status_code == 413
