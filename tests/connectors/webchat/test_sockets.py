"""The websocket: who gets one, what is said on it, and when it closes (trust.md A17)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from redis.exceptions import ConnectionError as RedisConnectionError

from connectors import reader
from connectors.visitors import hub, limits, offload, sessions, sockets, tokens
from connectors.visitors.models import Ended, VisitorSession
from connectors.visitors.routing import websocket_urlpatterns
from inbox import live, sending
from inbox.actions import conversations, record
from inbox.events import Kind
from inbox.models import Channel, Delivery, Message
from tests import factories
from tests.connectors.webchat.conftest import SHOP, Browser
from tests.connectors.webchat.test_chatting import answer

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
application = URLRouter(websocket_urlpatterns)


class Line(WebsocketCommunicator):
    """One visitor's socket."""

    async def say(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame))

    async def hears(self, kind: str, *, within: float = 5) -> dict[str, Any]:
        """The next frame of this kind; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = json.loads(await self.receive_from(within))
                if frame["t"] == kind:
                    return frame

    async def closes(self, *, within: float = 5) -> int:
        async with asyncio.timeout(within):
            while True:
                message = await self.receive_output(within)
                if message["type"] == "websocket.close":
                    return int(message["code"])


Dial = Callable[..., Line]


@pytest.fixture
async def dial(channel: Channel) -> AsyncIterator[Dial]:
    """Makes lines to the channel, and hangs up at the end."""
    made: list[Line] = []

    def new(path: str = "", origin: str | None = SHOP, ip: str = "203.0.113.7") -> Line:
        headers = [(b"origin", origin.encode())] if origin is not None else []
        line = Line(application, path or f"/c/webchat/socket/{channel.public_id}", headers)
        line.scope["client"] = (ip, 4000)
        made.append(line)
        return line

    yield new
    for line in made:
        await line.disconnect()
    await hub.here().close()
    layer = get_channel_layer()
    assert layer is not None
    await layer.flush()


def in_thread(work: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """The database from a test that runs in the event loop; the connection is given back."""
    return partial(offload.in_thread, work)


@in_thread
def session(channel: Channel) -> VisitorSession:
    return sessions.begin(channel)


def token(session: VisitorSession) -> str:
    return tokens.issue(session.sid, session.generation)


async def connected(dial: Dial, session: VisitorSession, **hello: Any) -> tuple[Line, dict[str, Any]]:
    line = dial()
    assert (await line.connect())[0]
    await line.say(t="hello", token=token(session), visible=True, **hello)
    return line, await line.hears("ready")


async def test_a_message_is_acknowledged_and_comes_back_as_part_of_the_thread(
    dial: Dial, channel: Channel
) -> None:
    line, ready = await connected(dial, await session(channel))
    assert (ready["items"], ready["identified"]) == ([], False)

    await line.say(t="msg", id="message-0001", text="Hello")
    assert await line.hears("ack") == {"t": "ack", "id": "message-0001"}
    await in_thread(reader.drain)()

    told = await line.hears("messages")
    assert [(item["text"], item["client"], item["from"]) for item in told["items"]] == [
        ("Hello", "message-0001", "me")
    ]


async def test_an_answer_arrives_by_itself(dial: Dial, channel: Channel) -> None:
    line, _ready = await connected(dial, await session(channel))
    await line.say(t="msg", id="message-0001", text="Hello")
    await line.hears("ack")
    await in_thread(reader.drain)()
    await line.hears("messages")

    said = await in_thread(answer)("Three left.")
    await in_thread(sending.send_due)()

    told = await line.hears("messages")
    while not told["items"]:
        told = await line.hears("messages")
    assert [(item["text"], item["name"]) for item in told["items"]] == [("Three left.", "Sam")]
    await line.say(t="got", ids=[said.public_id])
    await line.say(t="ping")
    await line.hears("pong")
    await in_thread(reader.drain)()
    assert (await in_thread(Delivery.objects.get)()).status == "delivered"


async def test_two_devices_of_a_visitor_hear_the_same(dial: Dial, channel: Channel) -> None:
    one = await session(channel)
    first, _ = await connected(dial, one)
    second, _ = await connected(dial, one)

    await first.say(t="msg", id="message-0001", text="Hello")
    await first.hears("ack")
    await in_thread(reader.drain)()

    assert (await second.hears("messages"))["items"][0]["text"] == "Hello"


async def test_nobody_hears_what_is_said_to_somebody_else(dial: Dial, channel: Channel) -> None:
    ana, _ = await connected(dial, await session(channel))
    ben, _ = await connected(dial, await session(channel))

    await ana.say(t="msg", id="message-0001", text="Between us")
    await ana.hears("ack")
    await in_thread(reader.drain)()
    await ana.hears("messages")

    assert await ben.receive_nothing(0.5)


async def test_an_agent_who_types_an_answer_is_seen_typing_but_not_one_who_types_elsewhere(
    dial: Dial, channel: Channel
) -> None:
    line, _ = await connected(dial, await session(channel))
    await line.say(t="msg", id="message-0001", text="Hello")
    await line.hears("ack")
    await in_thread(reader.drain)()
    await line.hears("messages")
    sam = await in_thread(factories.agent)()
    customer_id = (await in_thread(Message.objects.get)()).customer_id

    live.typing(customer_id=customer_id, who=f"agent:{sam.pk}", active=True, channel_id=channel.pk)
    assert await line.hears("typing") == {"t": "typing", "on": True, "name": "Sam"}
    live.typing(customer_id=customer_id, who=f"agent:{sam.pk}", active=True, channel_id=channel.pk + 1)
    assert (await line.hears("typing"))["on"] is False
    live.typing(customer_id=customer_id, who=f"agent:{sam.pk}", active=True)

    assert (await line.hears("typing"))["on"] is False


async def test_the_visitor_learns_at_once_that_an_agent_has_read(dial: Dial, channel: Channel) -> None:
    line, _ = await connected(dial, await session(channel))
    await line.say(t="msg", id="message-0001", text="Hello")
    await line.hears("ack")
    await in_thread(reader.drain)()
    told = await line.hears("messages")

    def look() -> None:
        conversations.mark_read(agent=factories.agent(), conversation=Message.objects.get().conversation)

    await in_thread(look)()

    assert (await line.hears("messages", within=2))["seen"] == told["items"][0]["order"]


async def test_a_doorbell_that_breaks_is_heard_again(
    dial: Dial, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valkey restarts: the ear comes back by itself, and what was rung meanwhile is looked for."""
    monkeypatch.setattr(hub, "DEAF_SECONDS", 0.05)
    layer: Any = get_channel_layer()
    line, _ = await connected(dial, await session(channel))
    real, broken = layer.receive, iter([True])

    async def receive(name: str) -> dict[str, Any]:
        if next(broken, False):
            raise RedisConnectionError
        message: dict[str, Any] = await real(name)
        return message

    monkeypatch.setattr(layer, "receive", receive)
    live.signal({"type": "anything"})
    await asyncio.sleep(0.2)
    assert next(broken, None) is None
    await line.say(t="msg", id="message-0001", text="Hello")
    await line.hears("ack")
    await in_thread(reader.drain)()

    assert (await line.hears("messages"))["items"][0]["text"] == "Hello"


async def test_a_line_that_comes_back_gets_what_it_missed_and_no_more(dial: Dial, channel: Channel) -> None:
    one = await session(channel)
    line, _ = await connected(dial, one)
    await line.say(t="msg", id="message-0001", text="Before the tunnel")
    await line.hears("ack")
    await in_thread(reader.drain)()
    since = (await line.hears("messages"))["since"]
    await line.disconnect()
    await in_thread(answer)("In the tunnel")
    await in_thread(sending.send_due)()

    _line, ready = await connected(dial, one, since=since)

    assert [item["text"] for item in ready["items"]] == ["In the tunnel"]


async def test_forty_cuts_leave_no_hole_and_no_repeat(
    dial: Dial, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at any moment, resume by cursor: what the browser has put together is the whole thread, each message once."""
    monkeypatch.setattr(limits, "MESSAGES", limits.Limit("message", 100, 60))
    one = await session(channel)
    known: dict[str, str] = {}
    told: list[str] = []
    since = None
    for number in range(40):
        line, ready = await connected(dial, one, **({"since": since} if since else {}))
        since = ready["since"]
        told += [item["id"] for item in ready["items"]]
        known |= {item["id"]: item["text"] for item in ready["items"]}
        await line.say(t="msg", id=f"message-{number:04}", text=f"No {number}")
        if number % 3:
            await line.hears("ack")
        if number % 4 == 0:
            await in_thread(reader.drain)()
        await line.disconnect()
    await in_thread(reader.drain)()
    stored = await in_thread(lambda: {m.public_id: m.text for m in Message.objects.all()})()
    _line, ready = await connected(dial, one, since=since)
    known |= {item["id"]: item["text"] for item in ready["items"]}

    assert known == stored
    assert len(told) == len(set(told))
    assert {f"No {n}" for n in range(40) if n % 3} <= set(stored.values())


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://www.shop.example", ""])
async def test_a_website_that_is_not_listed_gets_no_socket(dial: Dial, origin: str | None) -> None:
    assert (await dial(origin=origin).connect())[0] is False


@pytest.mark.parametrize(
    "path",
    [
        "/c/webchat/socket/unknown",
        "/c/webchat/socket/%25",
        "/c/webchat/socket/_",
        "/c/sandbox/socket/x",
        "/c/nothing/socket/x",
    ],
)
async def test_a_channel_that_is_no_chat_has_no_socket(dial: Dial, path: str) -> None:
    assert (await dial(path).connect())[0] is False


@pytest.mark.parametrize("forged", ["", "x", None, 7, {"a": 1}, "eyJ.eyJ.x"])
async def test_without_a_token_of_ours_the_line_ends(dial: Dial, forged: object) -> None:
    line = dial()
    await line.connect()

    await line.say(t="hello", token=forged)

    assert (await line.hears("bye"))["reason"] == "session"
    assert await line.closes() == 4401


async def test_a_line_that_says_something_else_first_ends(dial: Dial, channel: Channel) -> None:
    line = dial()
    await line.connect()

    await line.say(t="msg", id="message-0001", text="Hello", token=token(await session(channel)))

    assert await line.closes() == 4401
    assert not await in_thread(Message.objects.exists)()


async def test_a_line_that_says_nothing_ends(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 0.05)
    line = dial()
    await line.connect()

    assert await line.closes() == 4408


@pytest.mark.parametrize(
    ("data", "code"),
    [("nonsense", 4400), ("[]", 4400), ("7", 4400), ('{"t":7}', 4400), ("{}", 4400), ("[" * 60_000, 4400), ('{"t":"' + "a" * 70_000 + '"}', 1009)],
    ids=["text", "list", "number", "type", "empty", "nested", "large"],
)  # fmt: skip
async def test_what_is_no_frame_ends_the_line(dial: Dial, channel: Channel, data: str, code: int) -> None:
    line, _ = await connected(dial, await session(channel))

    await line.send_to(text_data=data)

    assert await line.closes() == code


async def test_a_flood_of_frames_ends_the_line_and_the_browser_may_come_back(
    dial: Dial, channel: Channel
) -> None:
    line, _ = await connected(dial, await session(channel))

    for _ in range(int(sockets.BURST) * 3):
        await line.say(t="dance")

    assert await line.hears("bye") == {"t": "bye", "reason": "slow", "again": True}
    assert await line.closes() == 4429


async def test_one_address_has_only_so_many_sockets(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_SOCKETS_OF_IP", 2)

    opened = [(await dial().connect())[0] for _ in range(3)]

    assert opened == [True, True, False]
    assert (await dial(ip="198.51.100.1").connect())[0] is True


async def test_a_session_that_ends_closes_its_sockets_within_a_second(dial: Dial, channel: Channel) -> None:
    one, other = await session(channel), await session(channel)
    line, _ = await connected(dial, one)
    bystander, _ = await connected(dial, other)
    began = time.monotonic()

    await in_thread(sessions.end)(one, Ended.LOGGED_OUT)

    assert await line.closes(within=1) == 4401
    assert time.monotonic() - began < 1
    assert await bystander.receive_nothing(0.2)


async def test_a_blocked_visitors_socket_closes_within_a_second(dial: Dial, channel: Channel) -> None:
    line, _ = await connected(dial, await session(channel))
    await line.say(t="msg", id="message-0001", text="Buy my pills")
    await line.hears("ack")
    await in_thread(reader.drain)()
    await line.hears("messages")

    def block() -> None:
        customer = Message.objects.get().customer
        customer.blocked = True
        customer.save()
        record.facts(
            [record.Fact(kind=Kind.CUSTOMER_CHANGED, customer_id=customer.pk, data={"change": "blocked"})]
        )

    await in_thread(block)()

    assert (await line.hears("bye", within=1))["reason"] == "blocked"
    assert await line.closes(within=1) == 4401


async def test_an_ended_session_says_nothing_more_even_if_nobody_was_told(
    dial: Dial, channel: Channel
) -> None:
    """The word that a session ended may be lost: each frame looks for itself."""
    one = await session(channel)
    line, _ = await connected(dial, one)
    await in_thread(VisitorSession.objects.filter(pk=one.pk).delete)()

    await line.say(t="msg", id="message-0001", text="Still here")

    assert await line.closes() == 4401


async def test_one_subscription_serves_all_lines_of_a_process(dial: Dial, channel: Channel) -> None:
    for _ in range(5):
        await connected(dial, await session(channel))

    layer: Any = get_channel_layer()
    assert len(layer._get_layer().channels) == 1


async def test_a_line_that_has_gone_leaves_nothing_behind(dial: Dial, channel: Channel) -> None:
    line, _ = await connected(dial, await session(channel))
    assert hub.here().by_name

    await line.disconnect()

    assert not hub.here().by_name
    assert not hub.here().lines
    assert not sockets._open


async def test_a_lost_doorbell_is_healed_by_looking(
    dial: Dial, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.2)
    line, _ = await connected(dial, await session(channel))
    monkeypatch.setattr(live, "signal", lambda _message: None)
    await line.say(t="msg", id="message-0001", text="Hello")
    await line.hears("ack")

    await in_thread(reader.drain)()

    assert (await line.hears("messages"))["items"][0]["text"] == "Hello"


def test_long_polling_answers_as_soon_as_there_is_news(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    since = ana.get("events").json()["frames"][0]["since"]
    assert ana.get("events", since=since, wait="0").json()["frames"][0]["items"] == []

    said = answer("Three left.")
    sending.send_due()

    frame = ana.get("events", since=since, wait="20").json()["frames"][0]
    assert [item["id"] for item in frame["items"]] == [said.public_id]
