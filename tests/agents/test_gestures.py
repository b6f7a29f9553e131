"""React, edit, take back, hide, show: offered where it can be done, on its way until it is, and what fails says why."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from inbox import registry
from inbox.actions import gestures
from inbox.contract import GestureKind
from inbox.models import Agent, Channel, Conversation, Customer, Event, GestureOrder, Identity, Message
from tests import factories
from tests.agents import talk
from tests.agents.conftest import HTMX
from tests.agents.talk import on

Post = Callable[..., HttpResponse]


@pytest.fixture
def chat(db: None) -> Channel:
    """A messenger that lets us react, and change what we wrote."""
    return talk.channel_that("own_reactions", "own_edits", "own_deletes", name="Our messenger")


@pytest.fixture
def ana_chat(ana: Customer, chat: Channel) -> Identity:
    return factories.identity(ana, "1/77", space="chat", name="Ana")


@pytest.fixture
def matter(ana: Customer) -> Conversation:
    return factories.conversation(ana, title="Wrong size")


@pytest.fixture
def theirs(matter: Conversation, chat: Channel, ana_chat: Identity) -> Message:
    return factories.message(matter, "Where is it?", external_id="in-1", **on(chat, ana_chat))


@pytest.fixture
def ours(sam: Agent, matter: Conversation, chat: Channel, ana_chat: Identity) -> Message:
    return factories.reply(matter, sam, "On its **way**", external_id="out-1", **on(chat, ana_chat))


@pytest.fixture
def page(ana: Customer) -> Channel:
    return talk.channel_that("hides", "public", name="Our page")


@pytest.fixture
def comment(ana: Customer, page: Channel) -> Message:
    """Said in public."""
    post = factories.conversation(ana, main=False, public=True, thread_key="post-1")
    identity = factories.identity(ana, "9/1", space="page", name="Ana")
    return factories.message(post, "Scam!", external_id="c-1", **on(page, identity))


def menu_of(client: Client, message: Message) -> str:
    return client.get(f"/messages/{message.pk}/menu/", headers=HTMX).content.decode()


def words(answer: HttpResponse) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


# ---------------------------------------------------------------- what is offered


def test_their_message_can_be_reacted_to_and_no_more(as_sam: Client, theirs: Message) -> None:
    menu = menu_of(as_sam, theirs)

    assert f'href="/messages/{theirs.pk}/react/"' in menu
    for other in ("/edit/", 'value="delete"', 'value="hide"', 'value="show"'):
        assert other not in menu


def test_my_own_can_be_edited_and_taken_back(as_sam: Client, ours: Message) -> None:
    menu = menu_of(as_sam, ours)

    assert f'href="/messages/{ours.pk}/edit/"' in menu
    assert 'value="delete"' in menu


def test_a_colleagues_cannot(as_kim: Client, ours: Message) -> None:
    menu = menu_of(as_kim, ours)

    assert "/edit/" not in menu
    assert 'value="delete"' not in menu


def test_when_it_is_too_late_nothing_is_offered(
    as_sam: Client, sam: Agent, matter: Conversation, ana_chat: Identity
) -> None:
    brief = talk.channel_that("own_deletes", "own_delete_window")
    window = registry.capabilities(brief.kind).own_delete_window
    assert window is not None
    late, fresh = [
        factories.reply(matter, sam, "Oh", external_id=f"out-{at}", occurred_at=at, **on(brief, ana_chat))
        for at in (timezone.now() - 2 * window, timezone.now())
    ]

    assert 'value="delete"' not in menu_of(as_sam, late)
    assert 'value="delete"' in menu_of(as_sam, fresh)


def test_a_public_comment_is_hidden_or_shown(as_sam: Client, comment: Message) -> None:
    seen = menu_of(as_sam, comment)
    Message.objects.filter(pk=comment.pk).update(hidden_at=factories.at(1))
    hidden = menu_of(as_sam, comment)

    assert ('value="hide"' in seen, 'value="show"' in seen) == (True, False)
    assert ('value="hide"' in hidden, 'value="show"' in hidden) == (False, True)


def test_where_the_channel_can_do_nothing_nothing_is_offered(
    as_sam: Client, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    message = factories.message(matter, "Hi", external_id="sms-1", **on(number, ana_phone))
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    for offer in ("/react/", "/edit/", "/gesture/"):
        assert offer not in menu_of(as_sam, message)
        assert f"/messages/{message.pk}{offer}" not in html


def test_the_tools_beside_a_bubble_have_the_way_to_react(
    as_sam: Client, matter: Conversation, theirs: Message
) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert f'href="/messages/{theirs.pk}/react/" data-menu="react-menu"' in html


# ---------------------------------------------------------------- asking for it


def test_a_reaction_is_on_its_way_until_the_provider_has_it(
    post: Post, as_sam: Client, sam: Agent, matter: Conversation, theirs: Message
) -> None:
    answer = post(f"/messages/{theirs.pk}/react/", emoji="👍")

    (order,) = GestureOrder.objects.all()
    assert (order.kind, order.emoji, order.agent, order.message) == ("react", "👍", sam, theirs)
    assert "Reaction 👍: on its way" in words(answer)
    gestures.done(order.pk)
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert 'class="chip" title="Sam Reed"' in html
    assert "Reaction 👍" not in html


def test_my_reaction_can_be_taken_away(post: Post, as_sam: Client, sam: Agent, theirs: Message) -> None:
    talk.react(theirs, "👍", sam)
    assert "Take 👍 away" in as_sam.get(f"/messages/{theirs.pk}/react/", headers=HTMX).content.decode()

    answer = post(f"/messages/{theirs.pk}/react/", emoji="")
    gestures.done(GestureOrder.objects.get().pk)

    assert "Taking the reaction away: on its way" in words(answer)
    assert theirs.reactions.get(agent=sam).emoji == ""


@pytest.mark.parametrize("emoji", ["<b>", "x" * 500, "👍👍"])
def test_only_what_is_offered_can_be_put_on(post: Post, theirs: Message, emoji: str) -> None:
    answer = post(f"/messages/{theirs.pk}/react/", emoji=emoji)

    assert answer.status_code == 422
    assert not GestureOrder.objects.exists()


def test_an_edit_shows_the_new_words_only_when_it_is_made(post: Post, as_sam: Client, ours: Message) -> None:
    form = as_sam.get(f"/messages/{ours.pk}/edit/", headers=HTMX).content.decode()
    assert ">On its **way**</textarea>" in form

    answer = post(f"/messages/{ours.pk}/edit/", text="It has <b>left</b>")

    assert "On its **way**" in words(answer)
    assert "New words: on its way It has &lt;b&gt;left&lt;/b&gt;" in words(answer)
    gestures.done(GestureOrder.objects.get().pk)
    ours.refresh_from_db()
    assert ours.text == "It has <b>left</b>"
    assert ours.edited_at is not None


def test_an_edit_needs_words(post: Post, ours: Message) -> None:
    answer = post(f"/messages/{ours.pk}/edit/", text="  ")

    assert "Write what it shall say." in unquote(answer["X-Reason"])


def test_a_message_is_taken_back_for_everybody(post: Post, ours: Message) -> None:
    answer = post(f"/messages/{ours.pk}/gesture/", kind="delete")

    assert "Taking back: on its way" in words(answer)
    gestures.done(GestureOrder.objects.get().pk)
    ours.refresh_from_db()
    assert ours.text == ""
    assert ours.deleted_at is not None


@pytest.mark.parametrize(
    ("kind", "said"), [("hide", "Hiding: on its way"), ("show", "Showing again: on its way")]
)
def test_a_comment_is_hidden_from_the_public_and_shown_again(
    post: Post, comment: Message, kind: str, said: str
) -> None:
    if kind == "show":
        Message.objects.filter(pk=comment.pk).update(hidden_at=factories.at(1))

    answer = post(f"/messages/{comment.pk}/gesture/", kind=kind)
    gestures.done(GestureOrder.objects.get().pk)

    assert said in words(answer)
    comment.refresh_from_db()
    assert (comment.hidden_at is not None) == (kind == "hide")


def test_what_somebody_else_wrote_is_not_changed_by_asking_all_the_same(post: Post, theirs: Message) -> None:
    for path, values in (("edit", {"text": "Mine now"}), ("gesture", {"kind": "delete"})):
        answer = post(f"/messages/{theirs.pk}/{path}/", **values)
        assert answer.status_code == 422
        assert "Only whoever wrote it can change it." in unquote(answer["X-Reason"])
    assert not GestureOrder.objects.exists()


@pytest.mark.parametrize(
    "values", [{}, {"kind": "edit"}, {"kind": "x"}, {"again": "x"}, {"again": "٣"}, {"let_be": "-1"}]
)
def test_strange_wishes_are_refused(post: Post, theirs: Message, values: dict[str, Any]) -> None:
    assert post(f"/messages/{theirs.pk}/gesture/", **values).status_code == 422


def test_a_second_thought_takes_the_place_of_the_first(post: Post, theirs: Message) -> None:
    for emoji in ("👍", "🎉"):
        post(f"/messages/{theirs.pk}/react/", emoji=emoji)

    assert [order.emoji for order in GestureOrder.objects.all()] == ["🎉"]


def test_the_list_says_what_the_newest_message_says_now(
    post: Post, matter: Conversation, ours: Message, theirs: Message
) -> None:
    Message.objects.filter(pk=theirs.pk).update(occurred_at=factories.at(0))
    post(f"/messages/{ours.pk}/edit/", text="It has left")
    gestures.done(GestureOrder.objects.get().pk)
    matter.refresh_from_db()
    assert matter.preview == "It has left"

    post(f"/messages/{ours.pk}/gesture/", kind="delete")
    gestures.done(GestureOrder.objects.get(kind="delete").pk)

    matter.refresh_from_db()
    assert matter.preview == ""


def test_hiding_that_the_provider_told_of_first_is_done_all_the_same(sam: Agent, comment: Message) -> None:
    order = gestures.order(agent=sam, message_id=comment.pk, kind=GestureKind.HIDE)
    Message.objects.filter(pk=comment.pk).update(hidden_at=factories.at(1))
    last = Event.objects.latest("pk").pk

    gestures.done(order.pk)

    assert Event.objects.filter(pk__gt=last, message=comment).exists()


# ---------------------------------------------------------------- what fails


@pytest.fixture
def failed(sam: Agent, ours: Message) -> GestureOrder:
    order = gestures.order(agent=sam, message_id=ours.pk, kind=GestureKind.EDIT, text="New")
    gestures.failed(order.pk, "The provider <refused>.")
    return order


def test_what_failed_says_why_and_can_be_tried_again(
    post: Post, as_sam: Client, matter: Conversation, ours: Message, failed: GestureOrder
) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert "New words: not done." in html
    assert "The provider &lt;refused&gt;." in html
    assert f'{{"again": {failed.pk}}}' in html

    answer = post(f"/messages/{ours.pk}/gesture/", again=failed.pk)

    (order,) = GestureOrder.objects.all()
    assert (order.state, order.text) == ("queued", "New")
    assert "New words: on its way" in words(answer)


def test_trying_again_twice_is_once(post: Post, ours: Message, failed: GestureOrder) -> None:
    post(f"/messages/{ours.pk}/gesture/", again=failed.pk)

    answer = post(f"/messages/{ours.pk}/gesture/", again=failed.pk)

    assert answer.status_code == 422
    assert "settled meanwhile" in unquote(answer["X-Reason"])
    assert GestureOrder.objects.count() == 1


def test_what_can_no_longer_be_done_stays_failed(
    post: Post, kim: Agent, ours: Message, failed: GestureOrder
) -> None:
    Message.objects.filter(pk=ours.pk).update(author=kim)

    assert post(f"/messages/{ours.pk}/gesture/", again=failed.pk).status_code == 422
    assert GestureOrder.objects.get().state == "failed"


def test_what_failed_can_be_left(post: Post, ours: Message, failed: GestureOrder) -> None:
    answer = post(f"/messages/{ours.pk}/gesture/", let_be=failed.pk)

    assert "not done" not in words(answer)
    assert not GestureOrder.objects.exists()


def test_a_failed_gesture_is_only_reached_through_its_own_message(
    post: Post, theirs: Message, failed: GestureOrder
) -> None:
    assert post(f"/messages/{theirs.pk}/gesture/", again=failed.pk).status_code == 422
    post(f"/messages/{theirs.pk}/gesture/", let_be=failed.pk)

    assert GestureOrder.objects.get().state == "failed"


# ---------------------------------------------------------------- who, and without scripts


@pytest.mark.parametrize("what", ["react", "edit", "gesture"])
def test_nothing_of_a_message_i_may_not_read_can_be_touched(
    as_sam: Client, secret: Conversation, what: str
) -> None:
    address = f"/messages/{secret.messages.get().pk}/{what}/"

    assert as_sam.post(address, {"emoji": "👍", "kind": "delete", "text": "x"}).status_code == 404
    assert as_sam.get(address).status_code in (404, 405)


def test_without_scripts_menus_are_pages_and_lead_back(
    as_sam: Client, ours: Message, matter: Conversation
) -> None:
    for what in ("react", "edit"):
        assert "<html" in as_sam.get(f"/messages/{ours.pk}/{what}/").content.decode()

    answer = as_sam.post(f"/messages/{ours.pk}/edit/", {"text": "It has left"})

    assert answer.headers["Location"] == f"/conversations/{matter.pk}/?message={ours.pk}"
