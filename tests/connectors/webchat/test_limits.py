"""How much one address may ask, counted over all processes; and which address it is."""

import asyncio

import pytest
from django.core.cache import cache
from django.test import AsyncClient

from config.proxies import TrustedProxies
from connectors.models import Receipt
from connectors.visitors import limits
from connectors.visitors.limits import Limit, network, spend
from inbox import sending
from inbox.models import Channel
from tests.connectors.webchat.conftest import Browser
from tests.connectors.webchat.test_chatting import answer
from tests.connectors.webchat.tokens import signed

FEW = Limit("few", 3, 3600)


def test_a_limit_lets_so_many_through_and_then_says_how_long_to_wait() -> None:
    waits = [spend(FEW, "somebody") for _ in range(5)]

    assert waits[:3] == [0, 0, 0]
    assert all(0 < wait <= 3600 for wait in waits[3:])
    assert spend(FEW, "another") == 0


def test_a_limit_may_count_more_than_one_at_once() -> None:
    assert spend(FEW, "somebody", 3) == 0
    assert spend(FEW, "somebody", 1) > 0


def test_a_dead_cache_limits_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_args: object, **_more: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", dead)

    assert spend(FEW, "somebody") == 0


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::1", "::/64"),
        ("", "unknown"),
        ("a'; --", "unknown"),
    ],
)
def test_an_address_stands_for_its_subscriber(address: str, whom: str) -> None:
    assert network(address) == whom


def test_sessions_are_limited_by_address(ana: Browser) -> None:
    answers = []
    for _ in range(limits.SESSIONS_OF_IP.most + 1):
        ana.token = ""
        answers.append(ana.begin())

    assert [answer.status_code for answer in answers[:-1]] == [200] * limits.SESSIONS_OF_IP.most
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Browser(ana.channel, ip="198.51.100.1").begin().status_code == 200


def test_sessions_are_limited_by_channel_whatever_the_addresses(
    ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SESSIONS_OF_CHANNEL", Limit("session-channel", 2, 3600))

    codes = [Browser(ana.channel, ip=f"198.51.100.{n}").begin().status_code for n in range(3)]

    assert codes == [200, 200, 429]


def test_tries_to_identify_are_limited(ana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VOUCHING_OF_IP", Limit("vouch-ip", 2, 3600))

    codes = [ana.begin(jwt=signed("1001", secret="w" * 40)).status_code for _ in range(3)]

    assert codes == [403, 403, 429]


def test_introductions_are_limited_so_that_nobody_bombs_strangers(ana: Browser) -> None:
    ana.begin()

    codes = [
        ana.begin(email=f"victim{n}@x.example").status_code for n in range(limits.INTRODUCTIONS.most + 1)
    ]

    assert codes[-2:] == [200, 429]


def test_messages_are_limited_and_the_browser_is_told_to_wait(
    ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MESSAGES", Limit("message", 2, 3600))
    ana.begin()

    frames = [ana.say("Hello", f"message-{n:04}")[0] for n in range(3)]

    assert [frame["t"] for frame in frames] == ["ack", "ack", "refused"]
    assert frames[2]["reason"] == "slow"


def test_all_calls_together_are_limited(ana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLS_OF_IP", Limit("call-ip", 2, 3600))

    assert [ana.get("config").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("proxies", "counted_together"), [([], True), (["1"], False)])
async def test_a_forwarded_address_counts_only_from_a_proxy_we_trust(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, proxies: list[str], counted_together: bool
) -> None:
    """trust.md A20: without trusted proxies the header is a stranger's word."""
    from django.core.asgi import get_asgi_application

    monkeypatch.setattr(limits, "SESSIONS_OF_IP", Limit("session-ip", 2, 3600))
    application = TrustedProxies(get_asgi_application(), proxies)
    codes = [await _post(application, channel, f"198.51.100.{n}") for n in range(3)]

    assert codes == ([200, 200, 429] if counted_together else [200, 200, 200])


def test_what_a_browser_has_got_and_read_is_stored_so_often_only(
    ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEEN", Limit("seen", 2, 3600))
    ana.begin()
    ana.say("Do you have it in moss?")
    said = answer("Three left.")
    sending.send_due()
    before = Receipt.objects.count()

    for _ in range(4):
        ana.post("frames", {"frames": [{"t": "read", "id": said.public_id}]})
        ana.post("frames", {"frames": [{"t": "got", "ids": [said.public_id]}]})

    assert Receipt.objects.count() == before + 2


async def _post(application: TrustedProxies, channel: Channel, forwarded: str) -> int:
    scope = AsyncClient()._base_scope(
        path=f"/c/webchat/{channel.public_id}/session",
        method="POST",
        headers=[
            (b"host", b"testserver"),
            (b"origin", b"https://www.shop.example"),
            (b"content-type", b"application/json"),
            (b"x-forwarded-for", forwarded.encode()),
        ],
    )
    sent: list[dict[str, object]] = []
    body = iter([{"type": "http.request", "body": b"{}", "more_body": False}])

    async def receive() -> dict[str, object]:
        message = next(body, None)
        if message is None:
            await asyncio.Event().wait()
        return message  # type: ignore[return-value]

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await application({**scope, "client": ("203.0.113.1", 1)}, receive, send)
    return int(str(sent[0]["status"]))
