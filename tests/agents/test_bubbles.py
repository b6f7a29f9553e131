"""Bubbles: cards, the bubble they answer, reactions, who speaks and who else can read. All of it is theirs, so none of it is trusted."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from agents.live.render import html, patches
from agents.templatetags import bubbles
from inbox import cards, timeline
from inbox.actions import gestures, updates
from inbox.contract import Card, CardKind, Delete, Edit, GestureKind
from inbox.models import Agent, Channel, Conversation, Customer, Desk, Event, Identity, Message
from tests import factories
from tests.agents import talk
from tests.agents.talk import CARDS, carrying, on, react

HOSTILE = "<img src=x onerror=alert(1)>\u202e\"'"


@pytest.fixture
def chat(db: None) -> Channel:
    """A messenger in which messages quote one another and take our reactions."""
    return talk.channel_that("quotes", "own_reactions", name="Our messenger")


@pytest.fixture
def ana_chat(ana: Customer, chat: Channel) -> Identity:
    return factories.identity(ana, "1/77", space="chat", name="Ana")


@pytest.fixture
def matter(ana: Customer) -> Conversation:
    return factories.conversation(ana, title="Wrong size")


def bubble(message: Message) -> str:
    """As page and socket show it."""
    return html(timeline.messages([message.pk])[0])


def words(markup: str) -> str:
    return " ".join(strip_tags(markup).split())


# ---------------------------------------------------------------- cards


@pytest.mark.parametrize("card", CARDS, ids=lambda each: each.kind.value)
def test_every_card_says_what_it_is_and_what_it_holds(
    matter: Conversation, chat: Channel, ana_chat: Identity, card: Card
) -> None:
    shown = words(bubble(carrying(matter, card, **on(chat, ana_chat))))

    assert bubbles.card_name(card) in shown
    for told in (card.title, bubbles.card_text(card), *card.lines):
        assert told in shown


def test_every_kind_of_card_has_a_name_and_a_picture() -> None:
    assert set(bubbles.NAMES) == set(bubbles.ICONS) == set(CardKind)


@pytest.mark.parametrize("kind", CardKind)
def test_what_they_put_into_a_card_is_text(
    matter: Conversation, chat: Channel, ana_chat: Identity, kind: CardKind
) -> None:
    card = Card(kind=kind, title=HOSTILE, text=HOSTILE, lines=(HOSTILE,), url='https://x.example/"><script>')

    shown = bubble(carrying(matter, card, **on(chat, ana_chat)))

    assert "<img src=x" not in shown
    assert "<script" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//x.example/",
        "/settings/",
        "https://ana:secret@x.example/",
        "https://x.example\\@y.example/",
        "https://x.example/ \u202ea",
        "ftp://x.example/",
    ],
)
def test_only_web_addresses_are_links(
    matter: Conversation, chat: Channel, ana_chat: Identity, url: str
) -> None:
    shown = bubble(carrying(matter, Card(kind=CardKind.POST, title="Sale", url=url), **on(chat, ana_chat)))

    assert 'class="bubble-links"' not in shown


def test_a_link_tells_the_other_side_nothing_of_us(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    card = Card(kind=CardKind.POST, title="Sale", url="https://www.social.example/p/1?a=1&b=2")

    shown = bubble(carrying(matter, card, **on(chat, ana_chat)))

    assert (
        '<a href="https://www.social.example/p/1?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">'
        in shown
    )
    assert "Open social.example" in words(shown)


def test_a_place_is_on_the_map_for_who_clicks_and_loads_nothing(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    shown = bubble(carrying(matter, CARDS[0], **on(chat, ana_chat)))

    assert (
        'href="https://www.openstreetmap.org/?mlat=38.71090&amp;mlon=-9.13780#map=17/38.71090/-9.13780"'
        in shown
    )
    assert "<img" not in shown
    assert "<iframe" not in shown


def test_a_place_without_degrees_has_no_map(matter: Conversation, chat: Channel, ana_chat: Identity) -> None:
    beyond = Card(kind=CardKind.LOCATION, title="Nowhere", latitude=91.0, longitude=float("nan"))

    assert "openstreetmap" not in bubble(carrying(matter, beyond, **on(chat, ana_chat)))


def test_numbers_and_addresses_of_a_contact_can_be_copied(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    shown = bubble(carrying(matter, CARDS[1], **on(chat, ana_chat)))

    assert re.findall(r'data-copy="([^"]+)"', shown) == ["+351912345678", "rui@x.example"]


def test_a_card_of_a_kind_that_is_gone_counts_as_what_cannot_be_shown(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    odd = factories.message(matter, "", cards=[{"kind": "hologram", "text": "hi"}], **on(chat, ana_chat))

    assert "Cannot be shown here: hi. The original is kept." in words(bubble(odd))


def test_what_was_sent_as_a_template_says_so_with_its_buttons(
    sam: Agent, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    sent = factories.reply(
        matter,
        sam,
        "Your order has left.",
        template={"template": {"name": "order_<shipped>"}, "values": {}},
        choices=["Track <it>"],
        **on(chat, ana_chat),
    )

    shown = bubble(sent)

    assert "Template: order_&lt;shipped&gt; Your order has left. Track &lt;it&gt;" in words(shown)


# ---------------------------------------------------------------- quotes


def test_a_bubble_shows_the_one_it_answers_and_leads_there(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    first = factories.message(matter, f"Where? {HOSTILE}", **on(chat, ana_chat))
    answer = factories.message(matter, "This one", in_reply_to=first, **on(chat, ana_chat))

    shown = bubble(answer)

    assert (
        f'href="/conversations/{matter.pk}/?message={first.pk}#message-{first.pk}" data-to-message="{first.pk}"'
        in shown
    )
    assert "Ana Where? &lt;img src=x onerror=alert(1)" in words(shown)
    assert "<img" not in shown


def test_that_place_opens_with_the_message_in_it(
    as_sam: Client, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    first = factories.message(matter, "Long ago", occurred_at=factories.at(0), **on(chat, ana_chat))
    for minute in range(60):
        factories.message(matter, "Then", occurred_at=factories.at(1 + minute), **on(chat, ana_chat))

    page = as_sam.get(f"/conversations/{matter.pk}/?message={first.pk}").content.decode()

    assert f'data-show="message-{first.pk}"' in page
    assert f'id="message-{first.pk}"' in page


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("image/png", "Picture"),
        ("video/mp4", "Video"),
        ("audio/ogg", "Voice message"),
        ("text/plain", "a.bin"),
    ],
)
def test_what_has_no_words_is_quoted_by_what_it_is(
    matter: Conversation, chat: Channel, ana_chat: Identity, content_type: str, said: str
) -> None:
    first = factories.message(matter, "", **on(chat, ana_chat))
    talk.attach(first, "a.bin", content_type)
    answer = factories.message(matter, "This", in_reply_to=first, **on(chat, ana_chat))

    assert f"Ana {said} This" in words(bubble(answer))


def test_a_quoted_card_is_named(matter: Conversation, chat: Channel, ana_chat: Identity) -> None:
    first = carrying(matter, Card(kind=CardKind.LOCATION, latitude=1.0, longitude=1.0), **on(chat, ana_chat))
    answer = factories.message(matter, "There", in_reply_to=first, **on(chat, ana_chat))

    assert "Ana Location There" in words(bubble(answer))


def test_what_was_taken_back_is_not_quoted(matter: Conversation, chat: Channel, ana_chat: Identity) -> None:
    first = factories.message(
        matter, "Regrettable", external_id="first", occurred_at=factories.at(1), **on(chat, ana_chat)
    )
    answer = factories.message(matter, "What?", in_reply_to=first, **on(chat, ana_chat))
    updates.apply(channel=chat, event=Delete(event_key="d", external_id="first"), received_at=factories.at(2))

    shown = words(bubble(answer))

    assert "Ana Deleted What?" in shown
    assert "Regrettable" not in shown


def test_what_another_desk_reads_is_quoted_to_nobody_else(
    hr: Desk, ana: Customer, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    secret = factories.conversation(ana, desk=hr)
    first = factories.message(secret, "Between us", **on(chat, ana_chat))
    answer = factories.message(matter, "See above", in_reply_to=first, **on(chat, ana_chat))

    assert "Between us" not in bubble(answer)


def test_what_somebody_else_said_is_not_quoted(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    other = factories.conversation(factories.customer("Ben Okoye"))
    first = factories.message(other, "My own affair", **on(chat, ana_chat))
    answer = factories.message(matter, "See above", in_reply_to=first, **on(chat, ana_chat))

    assert "My own affair" not in bubble(answer)


def test_a_channel_that_cannot_quote_shows_no_quotes(
    sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    first = factories.message(matter, "When?", **on(number, ana_phone))
    answer = factories.reply(matter, sam, "Now", in_reply_to=first, **on(number, ana_phone))

    assert "When?" not in bubble(answer)


# ---------------------------------------------------------------- reactions, edits


def test_reactions_are_counted_and_say_who(
    sam: Agent, kim: Agent, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    message = factories.message(matter, "Yes!", **on(chat, ana_chat))
    for emoji, by in (("👍", sam), ("❤️", ana_chat), ("👍", kim), ("", factories.identity(matter.customer))):
        react(message, emoji, by)

    shown = bubble(message)

    assert re.findall(r'class="chip" title="([^"]*)"', shown) == ["Sam Reed, Kim Lee", "Ana"]
    assert "👍 2" in words(shown)


def test_an_edited_message_says_when(matter: Conversation, chat: Channel, ana_chat: Identity) -> None:
    message = factories.message(matter, "Yes!", edited_at=factories.at(7), **on(chat, ana_chat))

    assert re.search(rf'edited <relative-time datetime="{factories.at(7):%Y-%m-%dT%H:%M}', bubble(message))


def test_of_a_message_taken_back_nothing_but_a_mark_is_left(
    matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    message = carrying(matter, *CARDS, text="Oh", external_id="x", **on(chat, ana_chat))
    react(message, "👍", ana_chat)
    gestures.take_back(message, at=factories.at(9))

    shown = words(bubble(message))

    assert "Deleted by its author" in shown
    assert "Old Town" not in shown
    assert "React" not in shown
    assert "👍" not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"nature": "auto"}, "Automatic"),
        ({"client_key": "k"}, "A former colleague"),
        ({}, "Written elsewhere"),
    ],
)
def test_what_no_colleague_of_today_wrote_says_who_did(
    matter: Conversation, chat: Channel, ana_chat: Identity, fields: dict[str, str], said: str
) -> None:
    message = factories.message(matter, "Hello", direction="outbound", **fields, **on(chat, ana_chat))

    assert said in words(bubble(message))


# ---------------------------------------------------------------- public and groups


@pytest.fixture
def post(ana: Customer) -> Conversation:
    """Comments under a post, which everybody reads."""
    return factories.conversation(ana, title="Summer <sale>", main=False, public=True, thread_key="post-1")


def test_a_comment_cannot_be_taken_for_something_private(
    post: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    shown = bubble(factories.message(post, "Still on?", **on(chat, ana_chat)))

    assert "Public · under Summer &lt;sale&gt;" in words(shown)
    assert "is-public" in shown


def test_our_public_answer_says_so_too(
    sam: Agent, post: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    Conversation.objects.filter(pk=post.pk).update(title="")

    assert "Public · under the post" in words(bubble(factories.reply(post, sam, "Yes", **on(chat, ana_chat))))


def test_a_private_answer_to_a_comment_says_it_is(
    sam: Agent, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    shown = bubble(factories.reply(matter, sam, "Your number?", private=True, **on(chat, ana_chat)))

    assert "Privately, to a comment" in words(shown)
    assert "is-public" not in shown


def test_a_hidden_comment_says_so(post: Conversation, chat: Channel, ana_chat: Identity) -> None:
    message = factories.message(post, "Scam!", hidden_at=factories.at(1), **on(chat, ana_chat))

    assert "Hidden from the public" in words(bubble(message))


def test_a_note_in_a_public_thread_is_not_public(sam: Agent, post: Conversation) -> None:
    assert "Public" not in words(bubble(factories.note(post, sam, "Careful")))


def test_list_and_chips_know_a_public_thread(as_sam: Client, post: Conversation) -> None:
    page = as_sam.get(f"/conversations/{post.pk}/").content.decode()

    row = page[page.index(f'id="conversation-row-{post.pk}"') :].split("</li>")[0]
    chip = page[page.index(f'id="matter-{post.pk}"') :].split("</a>")[0]
    assert "Public: everybody can read it" in row
    assert "Public: everybody can read it" in chip


def test_an_old_public_episode_is_marked_where_it_folds(
    as_sam: Client, post: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    factories.message(post, "Still on?", **on(chat, ana_chat))
    Conversation.objects.filter(pk=post.pk).update(status="resolved", resolved_at=factories.at(60))

    page = as_sam.get(f"/conversations/{post.pk}/").content.decode()

    assert "Public" in words(page[page.index(f'id="boundary-{post.pk}"') :].split("</button>")[0])


def test_in_a_group_each_bubble_names_who_spoke(chat: Channel) -> None:
    club = factories.customer("Book club", kind="group")
    room = factories.identity(club, "1/g", space="chat", name="Book club")
    matter = factories.conversation(club)
    people = [
        factories.identity(factories.customer(name), f"1/{name}", space="chat", name=name)
        for name in ("Carla Dias", "<b>Omar</b>")
    ]
    by_carla, by_omar = [talk.said_in_group(matter, room, who, "When?", channel=chat) for who in people]
    answer = factories.message(matter, "At ten", in_reply_to=by_carla, **on(chat, room))

    assert f'data-speaker="{people[0].pk}"' in bubble(by_carla)
    assert ">CD</span>" in bubble(by_carla)
    assert "&lt;b&gt;Omar&lt;/b&gt;" in bubble(by_omar)
    assert "Carla Dias When? At ten" in words(bubble(answer))


def test_who_comments_under_somebody_elses_thread_is_named(
    post: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    ben = factories.identity(factories.customer("Ben Okoye"), "1/ben", space="chat", name="Ben Okoye")

    shown = bubble(talk.said_in_group(post, ana_chat, ben, "Me too", channel=chat))

    assert 'class="message-speaker" dir="auto" aria-hidden="true">Ben Okoye<' in shown
    assert "message-speaker" not in bubble(factories.message(post, "I", **on(chat, ana_chat)))


# ---------------------------------------------------------------- live, and the cost


def test_who_quotes_it_is_drawn_anew_when_it_changes(
    hr: Desk, ana: Customer, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    first = factories.message(
        matter, "Red", external_id="first", occurred_at=factories.at(1), **on(chat, ana_chat)
    )
    answer = factories.message(matter, "That", in_reply_to=first, **on(chat, ana_chat))
    elsewhere = factories.message(
        factories.conversation(ana, desk=hr), "Between us", in_reply_to=first, **on(chat, ana_chat)
    )
    updates.apply(
        channel=chat, event=Edit(event_key="e", external_id="first", text="Blue"), received_at=factories.at(2)
    )

    (patch,) = patches([Event.objects.latest("pk")], ["en"])["en"]

    assert [re.search(r'id="message-(\d+)"', entry)[1] for entry in patch.entries] == [  # type: ignore[index]
        str(first.pk),
        str(answer.pk),
    ]
    assert "Blue" in patch.entries[1]
    assert str(elsewhere.pk) not in "".join(patch.gone)


def _full_page(matter: Conversation, chat: Channel, identity: Identity, sam: Agent, count: int) -> None:
    before: Message | None = None
    for number in range(count):
        message = factories.message(
            matter,
            "" if number % 2 else "Words",
            cards=[cards.to_json(CARDS[number % len(CARDS)])],
            in_reply_to=before,
            external_id=f"e{number}",
            occurred_at=factories.at(number),
            **on(chat, identity),
        )
        talk.attach(message, "a.png", "image/png", talk.picture())
        react(message, "👍", sam)
        talk.ordered(message, sam, GestureKind.REACT, emoji="🎉")
        before = message


def test_a_page_costs_the_same_however_much_hangs_on_it(
    sam: Agent,
    ana: Customer,
    matter: Conversation,
    chat: Channel,
    ana_chat: Identity,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    _full_page(matter, chat, ana_chat, sam, 50)

    with django_assert_max_num_queries(16):
        page = timeline.page(sam, ana, limit=50)
        drawn = [html(entry) for entry in page.entries]

    assert sum('class="quote"' in each for each in drawn) == 49
    assert all("Reaction 🎉: on its way" in words(each) for each in drawn)


def test_what_is_done_is_on_its_way_no_more(
    sam: Agent, matter: Conversation, chat: Channel, ana_chat: Identity
) -> None:
    message = factories.message(
        matter, "Yes", external_id="e", occurred_at=factories.at(1), **on(chat, ana_chat)
    )
    order = gestures.order(agent=sam, message_id=message.pk, kind=GestureKind.REACT, emoji="👍")
    assert "on its way" in bubble(message)

    gestures.done(order.pk)

    assert "on its way" not in bubble(message)
    assert 'title="Sam Reed"' in bubble(message)
