"""An agent's socket: who gets one, what is told over it and what is not, and when it closes (trust.md P8, P13, A17)."""

import asyncio
import contextlib
import json
import queue
import time
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from agents.live import consumer, feed, hub, lists
from inbox import live
from inbox.actions import absorb, conversations, reply, status
from inbox.models import Agent, Channel, Conversation, Customer, Desk, Event
from tests import factories
from tests.inbox.arrivals import arrive
from tests.live.conftest import session_of
from tests.live.lines import Line, connected, hung_up, in_thread, line

__all__ = ["hung_up"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hung_up")]

said = in_thread(arrive)


@in_thread
def note(agent: Agent, matter: Conversation, text: str = "Be kind") -> None:
    reply.note(agent=agent, conversation_id=matter.pk, text=text, client_key=f"{text}-{time.time()}")


@in_thread
def mention(agent: Agent, matter: Conversation, named: Agent) -> None:
    reply.note(agent=agent, conversation_id=matter.pk, text="Look", mentions=[named], client_key="named")


# ---------------------------------------------------------------- who gets one


async def test_who_is_not_logged_in_gets_no_socket() -> None:
    for key in ("", "x" * 32):
        assert not (await line(key).connect(timeout=5))[0]


async def test_another_website_gets_no_socket_even_with_the_agents_session(sam: Agent) -> None:
    key = await in_thread(session_of)(sam)

    for origin in ("https://evil.example", "null", "http://localhost.evil.example"):
        assert not (await line(key, origin=origin).connect(timeout=5))[0]
    assert (await line(key).connect(timeout=5))[0]


async def test_a_deactivated_agent_gets_no_socket(sam: Agent) -> None:
    key = await in_thread(session_of)(sam)
    sam.is_active = False
    await in_thread(sam.save)()

    assert not (await line(key).connect(timeout=5))[0]


async def test_an_agent_may_have_many_pages_open_but_not_any_number(
    sam: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "MOST_SOCKETS", 2)
    key = await in_thread(session_of)(sam)
    first, second = line(key), line(key)
    assert (await first.connect(timeout=5))[0]
    assert (await second.connect(timeout=5))[0]

    assert not (await line(key).connect(timeout=5))[0]

    await first.disconnect()
    assert (await line(key).connect(timeout=5))[0]


# ---------------------------------------------------------------- what is told


async def test_what_happens_comes_as_the_pages_own_fragments(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = await connected(sam, matter)

    message = await said(channel, "Hello? <b>Anybody</b>?")

    (event,) = await page.events(1)
    (html,) = event["entries"]
    assert f'id="message-{message.pk}"' in html
    assert "Hello? &lt;b&gt;Anybody&lt;/b&gt;?" in html
    assert event["kind"] == "message_received"


async def test_a_page_in_another_language_is_told_in_it(sam: Agent, matter: Conversation) -> None:
    english, german = await connected(sam, matter), await connected(sam, matter)
    await german.say(t="hello")  # not understood twice: a page says hello once
    assert await german.closes() == 4400
    german = line(await in_thread(session_of)(sam))
    await german.connect()
    since = english.since
    await german.say(t="hello", language="de", customer=matter.customer_id, since=since, age=0)

    await note(sam, matter)

    assert "<html" not in (await english.events(1))[0]["entries"][0]
    assert (await german.hears("thread"))["events"]


async def test_another_customers_thread_is_not_told(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = await connected(sam, matter)

    other = await in_thread(factories.conversation)(await in_thread(factories.customer)("Bo"))
    await note(sam, other)

    await page.hears_nothing("thread")


async def test_a_page_that_turns_to_another_thread_is_told_of_that_one(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = await connected(sam, matter)
    other = await in_thread(factories.conversation)(await in_thread(factories.customer)("Bo"))

    await page.say(t="look", customer=other.customer_id, conversation=other.pk, since=0, view="all")
    await note(sam, matter, "unheard")
    await note(sam, other, "heard")

    (event,) = await page.events(1)
    assert "heard" in event["entries"][0]


async def test_rows_and_counts_of_the_list_are_told(sam: Agent, kim: Agent, matter: Conversation) -> None:
    page = await connected(sam, view="mine")
    greeting = await page.hears("lists")
    assert (greeting["counts"]["mine"], greeting["counts"]["unassigned"]) == (0, 1)

    await in_thread(conversations.assign)(agent=kim, conversation_ids=[matter.pk], assignee=sam, team=None)
    came = await page.hears("lists")
    await in_thread(status.resolve)(agent=kim, conversation_ids=[matter.pk])
    went = await page.hears("lists")

    assert came["counts"]["mine"] == 1
    (row,) = came["rows"]
    assert f'id="conversation-row-{matter.pk}"' in row["html"]
    assert went["rows"] == [{"id": matter.pk}]
    assert went["counts"]["mine"] == 0


async def test_rows_are_unread_for_who_has_not_read_them(
    sam: Agent, kim: Agent, matter: Conversation, channel: Channel
) -> None:
    sams, kims = await connected(sam, view="all"), await connected(kim, view="all")
    message = await said(channel, "Hello?")
    await in_thread(conversations.mark_read)(agent=kim, conversation=message.conversation, up_to=message.pk)
    for page in (sams, kims):
        while not (await page.hears("lists")).get("rows"):
            pass

    await note(await in_thread(factories.agent)("Lo Marsh"), matter)

    def unread(frame: dict[str, Any]) -> bool:
        return 'data-unread="true"' in frame["rows"][0]["html"]

    assert unread(await sams.hears("lists"))
    assert not unread(await kims.hears("lists"))


async def test_lists_are_told_at_most_twice_a_second(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = await connected(sam, view="all")
    await page.hears("lists")
    frames = 0

    start = time.monotonic()
    for number in range(30):
        await said(channel, f"Hello {number}")
    await asyncio.sleep(1)
    took = time.monotonic() - start
    while not await page.receive_nothing(timeout=0.05):
        frames += json.loads(await page.receive_from())["t"] == "lists"

    assert 1 <= frames <= took / hub.LISTS_SECONDS + 2


# ---------------------------------------------------------------- what is not theirs


async def test_a_restricted_desk_leaves_no_trace_on_the_line(
    sam: Agent, kim: Agent, matter: Conversation, hr: Desk, channel: Channel
) -> None:
    sams, kims = await connected(sam, matter, view="all"), await connected(kim, matter, view="all")
    await sams.hears("lists")
    secret_channel = await in_thread(factories.channel)(name="HR box", desk=hr)

    await said(secret_channel, "My boss shouts at me")

    assert "shouts" in (await kims.events(2))[1]["entries"][0]
    await sams.hears_nothing("thread")
    await sams.hears_nothing("lists", within=0.2)


async def test_a_customer_of_a_restricted_desk_cannot_be_watched(sam: Agent, kim: Agent, hr: Desk) -> None:
    secret_channel = await in_thread(factories.channel)(name="HR box", desk=hr)
    secret = (await said(secret_channel, "My boss shouts at me")).conversation
    page = line(await in_thread(session_of)(sam))
    await page.connect()
    await page.say(t="hello", customer=secret.customer_id, conversation=secret.pk, since=0, age=0)
    await page.hears("ready")

    await note(kim, secret)

    await page.hears_nothing("thread")
    await page.hears_nothing("here", within=0.2)


@pytest.mark.parametrize(
    "asked",
    [
        {"customer": "%", "since": 0},
        {"customer": "_", "conversation": "%"},
        {"customer": -1},
        {"customer": 2**70},
        {"customer": True},
        {"customer": None, "view": "team-%"},
        {"customer": [1], "view": {"a": 1}},
        {"view": "team-999999", "language": "../../etc"},
    ],
)
async def test_strange_questions_are_answered_with_nothing(
    sam: Agent, matter: Conversation, channel: Channel, asked: dict[str, Any]
) -> None:
    page = await connected(sam, **asked)

    await said(channel, "Hello")

    await page.hears_nothing("thread", within=0.5)


# ---------------------------------------------------------------- no holes


async def test_a_page_that_comes_back_is_told_what_it_missed(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    page = await connected(sam, matter)
    await said(channel, "one")
    await page.events(1)
    await page.disconnect()
    await said(channel, "two")
    await note(sam, matter, "three")

    again = await connected(sam, matter, since=page.since)

    missed = await again.events(2)
    assert ["two" in missed[0]["entries"][0], "three" in missed[1]["entries"][0]] == [True, True]


async def test_a_list_that_comes_back_is_told_what_it_missed(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    message = await said(channel, "while I was away")

    page = await connected(sam, view="all", age=3)

    frame = await page.hears("lists")
    assert [row["id"] for row in frame["rows"]] == [message.conversation_id]


async def test_mail_of_a_machine_with_very_many_open_matters_changes_a_few_rows_only(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    machine = await in_thread(factories.customer)("No reply")
    last = [
        await in_thread(factories.conversation)(machine, main=False) for _number in range(lists.MOST + 1)
    ][-1]
    page = await connected(sam, view="all")
    await page.hears("lists")

    await note(kim, last)

    frame = await page.hears("lists")
    assert "reload_list" not in frame
    assert last.pk in [row["id"] for row in frame["rows"]]


async def test_what_i_read_in_one_page_is_read_in_my_others(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    await mention(kim, matter, sam)
    other = await connected(sam, view="mentions")
    stranger = await connected(kim, view="all")
    assert (await other.hears("lists"))["counts"]["mentions"] == 1
    await stranger.hears("lists")

    await in_thread(conversations.mark_read)(agent=sam, conversation=matter)

    told = await other.hears("lists")
    assert told["counts"]["mentions"] == 0
    assert [row["id"] for row in told["rows"]] == [matter.pk]
    await stranger.hears_nothing("lists")


async def test_a_row_told_live_names_who_mentioned_me_as_the_page_does(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    page = await connected(sam, view="all")
    await page.hears("lists")

    await mention(kim, matter, sam)

    html = (await page.hears("lists"))["rows"][0]["html"]
    assert "Kim mentioned you" in html


async def test_a_list_that_was_away_for_long_is_read_anew(sam: Agent, matter: Conversation) -> None:
    page = await connected(sam, view="all", age=3600)

    assert (await page.hears("lists"))["reload_list"]


async def test_a_page_too_far_behind_is_opened_anew(
    sam: Agent, matter: Conversation, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST", 3)
    first = await in_thread(Event.objects.earliest)("pk")
    for number in range(5):
        await said(channel, f"{number}")

    page = await connected(sam, matter, since=first.pk)

    await page.hears("reload")
    await said(channel, "and on it goes")
    assert "and on it goes" in (await page.events(1))[0]["entries"][0]


async def reconnecting(key: str, matter: Conversation, since: int, times: int) -> list[int]:
    """The ids of the events a page is told while its line is cut so many times."""
    told: list[int] = []
    for attempt in range(times):
        page = line(key)
        assert (await page.connect(timeout=10))[0]
        last = told[-1] if told else since
        await page.say(t="hello", customer=matter.customer_id, conversation=matter.pk, since=last, age=0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout((attempt % 7) / 14):
                while True:
                    told += [event["id"] for event in (await page.hears("thread"))["events"]]
        await page.disconnect()
    return told


async def test_a_thousand_reconnections_leave_no_hole_and_double_nothing(
    sam: Agent, matter: Conversation
) -> None:
    """Twenty pages are cut fifty times each while notes keep coming: each is told every event once, in order (trust.md P8)."""
    start = (await in_thread(Event.objects.latest)("pk")).pk
    key = await in_thread(session_of)(sam)
    pages = [asyncio.create_task(reconnecting(key, matter, start, 50)) for _number in range(20)]

    # Fewer than feed.MOST: a page that is further behind is told to open anew, which is another test's matter.
    for _number in range(150):
        await note(sam, matter)
    await asyncio.gather(*pages)

    happened = await in_thread(
        lambda: list(
            Event.objects.filter(customer=matter.customer_id, pk__gt=start)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    )()
    assert len(happened) > 50
    for page in pages:
        told = page.result()
        if told != happened:
            last = await connected(sam, matter, since=told[-1] if told else start)
            told += [event["id"] for event in await last.events(len(happened) - len(told))]
            await last.disconnect()
        assert told == happened


async def test_a_doorbell_that_did_not_ring_is_healed_from_the_log(
    sam: Agent, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_BACK_SECONDS", 0.3)
    page = await connected(sam, matter, view="all")
    await page.hears("lists")
    monkeypatch.setattr(live, "signal", lambda message: None)

    await note(sam, matter, "unheard of")

    assert "unheard of" in (await page.events(1))[0]["entries"][0]
    assert (await page.hears("lists"))["rows"][0]["id"] == matter.pk


@pytest.mark.parametrize(("module", "read"), [(feed, "changes"), (feed, "after"), (lists, "frames")])
async def test_a_database_that_is_away_for_a_moment_leaves_nothing_stale(
    sam: Agent, matter: Conversation, monkeypatch: pytest.MonkeyPatch, module: ModuleType, read: str
) -> None:
    monkeypatch.setattr(hub, "LOOK_BACK_SECONDS", 600)  # it is not by this that the page catches up
    page = await connected(sam, matter, view="all")
    await page.hears("lists")
    real, times = getattr(module, read), []

    def away_at_first(*args: Any, **kwargs: Any) -> Any:
        times.append(1)
        if len(times) == 1:
            raise OperationalError("the server closed the connection unexpectedly")
        return real(*args, **kwargs)

    monkeypatch.setattr(module, read, away_at_first)
    await note(sam, matter, "said meanwhile")

    # Lists and the thread are told apart, in whatever order.
    heard: dict[str, dict[str, Any]] = {}
    while heard.keys() != {"thread", "lists"}:
        frame = json.loads(await page.receive_from(20))
        heard |= {frame["t"]: frame} if frame["t"] in ("thread", "lists") else {}
    assert "said meanwhile" in heard["thread"]["events"][0]["entries"][0]
    assert heard["lists"]["rows"][0]["id"] == matter.pk


async def test_events_of_other_customers_committed_out_of_order_are_all_told(
    sam: Agent, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A higher id may be seen before a lower one: what decides is the id, not "newer than the newest"."""
    monkeypatch.setattr(hub, "LOOK_BACK_SECONDS", 0.3)
    page = await connected(sam, view="all")
    await page.hears("lists")
    newest = (await in_thread(Event.objects.latest)("pk")).pk
    other = await in_thread(factories.conversation)(await in_thread(factories.customer)("Bo"))
    await in_thread(factories.event)(other, pk=newest + 50)
    assert other.pk in [row["id"] for row in (await page.hears("lists"))["rows"]]

    await in_thread(factories.event)(matter, pk=newest + 49)

    assert matter.pk in [row["id"] for row in (await page.hears("lists"))["rows"]]


async def test_who_watches_a_customer_that_is_merged_away_opens_the_page_anew(
    sam: Agent, matter: Conversation
) -> None:
    twin = await in_thread(factories.conversation)(await in_thread(factories.customer)("Ana S."))
    page = await connected(sam, twin)

    await in_thread(absorb.into)(keep_id=matter.customer_id, gone_id=twin.customer_id)

    await page.hears("reload")


# ---------------------------------------------------------------- rights


async def lose(page: Line) -> int:
    """The code with which the line is closed, within a second."""
    return await page.closes(within=hub.RIGHTS_SECONDS + 0.9)


async def test_logging_out_closes_the_line_within_a_second(sam: Agent, matter: Conversation) -> None:
    page = await connected(sam, matter)

    await in_thread(Session.objects.all().delete)()

    assert await lose(page) == 4401


async def test_a_session_that_ends_closes_the_line(sam: Agent, matter: Conversation) -> None:
    page = await connected(sam, matter)

    await in_thread(Session.objects.update)(expire_date=timezone.now() - timedelta(seconds=1))

    assert await lose(page) == 4401


async def test_deactivation_closes_the_line_within_a_second(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    page, other = await connected(sam, matter), await connected(kim, matter)
    sam.is_active = False

    await in_thread(sam.save)()

    assert await lose(page) == 4401
    await note(kim, matter)
    assert await other.events(1)


async def test_a_new_password_closes_the_line_within_a_second(sam: Agent, matter: Conversation) -> None:
    page = await connected(sam, matter)
    sam.set_password("another long password")

    await in_thread(sam.save)()

    assert await lose(page) == 4401


async def test_losing_a_desk_closes_the_line_within_a_second(
    kim: Agent, matter: Conversation, hr: Desk
) -> None:
    page = await connected(kim, matter)

    await in_thread(hr.members.remove)(kim)

    assert await lose(page) == 4401


async def test_a_desk_that_becomes_restricted_closes_the_lines_of_others(
    sam: Agent, matter: Conversation
) -> None:
    page = await connected(sam, matter)

    await in_thread(Desk.objects.update)(restricted=True)

    assert await lose(page) == 4401


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("text", ["{", "[]", '"hello"', "{}", '{"t": 1}', '{"t": "unknown"}', "[" * 3000])
async def test_what_is_no_frame_closes_the_line(sam: Agent, text: str) -> None:
    page = await connected(sam)

    await page.send_to(text_data=text)

    assert await page.closes() == 4400


async def test_a_frame_that_is_too_large_or_binary_closes_the_line(sam: Agent) -> None:
    large, binary = await connected(sam), await connected(sam)

    await large.send_to(text_data=json.dumps({"t": "ping", "x": "y" * consumer.MOST_BYTES}))
    await binary.send_to(bytes_data=b'{"t": "ping"}')

    assert await large.closes() == 1009
    assert await binary.closes() == 1009


async def test_too_many_frames_close_the_line(sam: Agent) -> None:
    page = await connected(sam)

    for _number in range(60):
        await page.say(t="ping")

    assert await page.closes() == 4429


async def test_a_page_that_says_nothing_is_hung_up_on(sam: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.1)
    silent = line(await in_thread(session_of)(sam))
    await silent.connect()
    assert await silent.closes() == 4408

    monkeypatch.setattr(consumer, "HELLO_SECONDS", 5)
    monkeypatch.setattr(consumer, "SILENT_SECONDS", 0.2)
    page = await connected(sam)
    assert await page.closes() == 4408


async def test_a_ping_is_answered(sam: Agent) -> None:
    page = await connected(sam)

    await page.say(t="ping")

    assert await page.hears("pong") == {"t": "pong"}


# ---------------------------------------------------------------- who is here


async def sees(page: Line, words: str) -> None:
    """Who is here is told with these words sooner or later; "" for nobody."""
    while (words or "avatar") not in (html := (await page.hears("here"))["html"]):
        if not words and not html:
            return


async def test_colleagues_see_each_other_come_type_and_go(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    sams = await connected(sam, matter)
    await sees(sams, "")
    kims = await connected(kim, matter)

    await sees(kims, "Sam Reed is here")
    await sees(sams, "Kim Lee is here")
    await kims.say(t="typing", mode="note")
    await sees(sams, "Kim Lee is writing a note")
    await kims.say(t="typing", mode="")
    await sees(sams, "Kim Lee is here")
    await kims.disconnect()
    await sees(sams, "")


async def test_who_stops_typing_without_a_word_is_seen_to_have_stopped(
    sam: Agent, kim: Agent, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.live.presence.TYPING_SECONDS", 1)
    sams, kims = await connected(sam, matter), await connected(kim, matter)

    await kims.say(t="typing", mode="reply")

    await sees(sams, "Kim Lee is writing")
    await sees(sams, "Kim Lee is here")


async def test_who_is_in_a_matter_of_a_restricted_desk_is_told_to_its_readers_only(
    sam: Agent, kim: Agent, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    secret = await in_thread(factories.conversation)(ana, desk=hr)
    sams, kims = await connected(sam, matter), await connected(kim, matter)
    await sees(sams, "Kim Lee is here")

    await kims.say(t="look", customer=ana.pk, conversation=secret.pk, since=0)
    await kims.say(t="typing", mode="reply")

    await sees(sams, "")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await sees(sams, "Kim")


async def test_the_customers_typing_is_told_and_forgotten(
    sam: Agent, kim: Agent, ana: Customer, matter: Conversation, channel: Channel, hr: Desk
) -> None:
    page = await connected(sam, matter)
    secret_channel = await in_thread(factories.channel)(desk=hr)
    who = f"customer:{ana.pk}"

    await in_thread(live.typing)(customer_id=ana.pk, who=who, active=True, channel_id=secret_channel.pk)
    await in_thread(live.typing)(customer_id=ana.pk, who=who, active=True, channel_id=channel.pk)
    await in_thread(live.typing)(customer_id=ana.pk, who=who, active=False, channel_id=channel.pk)

    assert (await page.hears("typing"))["seconds"] == live.TYPING_SECONDS
    assert (await page.hears("typing"))["seconds"] == 0


async def test_the_page_in_view_is_told_and_forgotten_to_those_who_read_its_desk(
    sam: Agent, ana: Customer, matter: Conversation, channel: Channel, hr: Desk
) -> None:
    page = await connected(sam, matter)
    secret_channel = await in_thread(factories.channel)(desk=hr)

    for looked_at in (secret_channel, channel):
        viewed = live.Viewing(title="Sizes", url="", channel_id=looked_at.pk, since=timezone.now())
        await in_thread(live.viewing)(who="v", customer_id=ana.pk, page=viewed)
    assert (await page.hears("viewing"))["since"] == viewed.since.isoformat()
    await in_thread(live.still_viewing)(who="v", here=False)

    assert (await page.hears("viewing"))["since"] == ""
    await page.hears_nothing("viewing")


async def test_an_agents_typing_is_shown_at_the_other_end_where_the_channel_can(
    sam: Agent, ana: Customer, matter: Conversation, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: queue.Queue[tuple[str, bool]] = queue.Queue()
    monkeypatch.setattr(
        "connectors.sandbox.connector.SandboxConnector.show_typing",
        lambda self, to, active, *, last: shown.put((to.value, active)),
    )
    identity = await in_thread(ana.identities.get)()
    page = await connected(sam, matter)

    await page.say(t="typing", mode="note", channel=channel.pk, identity=identity.pk)
    await page.say(t="typing", mode="reply", channel=channel.pk, identity=identity.pk)
    assert await asyncio.to_thread(shown.get, timeout=5) == ("ana", True)
    await page.say(t="typing", mode="", channel=channel.pk, identity=identity.pk)
    assert await asyncio.to_thread(shown.get, timeout=5) == ("ana", False)


async def test_closing_one_of_two_tabs_leaves_the_agent_there(
    sam: Agent, kim: Agent, matter: Conversation
) -> None:
    kims = await connected(kim, matter)
    first, second = await connected(sam, matter), await connected(sam, matter)
    await sees(kims, "Sam Reed is here")

    await first.disconnect()
    await sees(kims, "")
    await second.say(t="ping")

    await sees(kims, "Sam Reed is here")


async def test_presence_lives_in_the_cache_only_and_ends_by_itself(sam: Agent, matter: Conversation) -> None:
    page = await connected(sam, matter)
    await page.hears("here")
    key = f"here:{matter.customer_id}:{sam.pk}"

    assert cache.get(key) == matter.desk_id
    assert 0 < cache._cache.get_client().ttl(cache.make_key(key)) <= 60
