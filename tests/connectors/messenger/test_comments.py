"""Comments there and back: what people write in public, our answers, and what can be done to both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.messenger.connector import MessengerConnector
from connectors.messenger.standin import PageStandIn
from connectors.meta.standin_inbox import Person
from connectors.meta.standin_wall import Comment
from inbox.contract import File, Gesture, GestureKind, InboundMessage, PermanentFailure
from tests.connectors.messenger.conftest import PAGE, heard, outgoing
from tests.standins.web import Web

BO = "7012345678901234"


@pytest.fixture
def comment(facebook: PageStandIn) -> Comment:
    return facebook.comments(BO, "Bo Berg", "Do you ship to Porto?")


def gesture(kind: GestureKind, target: str, thread: str, text: str = "") -> Gesture:
    return Gesture(kind=kind, to=outgoing(f"user/{BO}").to, external_id=target, thread_key=thread, text=text)


def test_a_comment_comes_as_a_public_thread_of_whoever_wrote_it(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment, hook: Web
) -> None:
    facebook.comments("7099", "Cy", "Me too", parent=comment.id)

    first, second = heard(messenger, hook)

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert (first.public, first.thread_key, first.author.name) == (True, comment.id, "Bo Berg")
    assert (second.thread_key, second.in_reply_to) == (comment.id, comment.id)
    assert first.author.value == f"{PAGE}/user/{BO}"


def test_our_public_answer_stands_under_the_comment(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    picture = File(name="a.png", content_type="image/png", url="https://inbox.example/f/1")

    accepted = messenger.send(outgoing(f"user/{BO}", public=True, thread_key=comment.id, files=(picture,)))

    answer = facebook.wall.comments[accepted.external_id]
    assert (answer.parent, answer.author, answer.picture) == (comment.id, "", picture.url)


def test_a_private_answer_tells_who_they_are_in_messages(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    accepted = messenger.send(outgoing(f"user/{BO}", private=True, in_reply_to=comment.id))

    assert accepted.known_as is not None
    assert accepted.known_as.value == f"{PAGE}/{facebook.sent[0].to}"


def test_a_second_private_answer_is_refused_and_says_why(
    messenger: MessengerConnector, comment: Comment
) -> None:
    answer = outgoing(f"user/{BO}", private=True, in_reply_to=comment.id)
    messenger.send(answer)

    with pytest.raises(PermanentFailure, match="once to each comment"):
        messenger.send(answer)


def test_a_private_answer_after_seven_days_is_refused_and_closes_no_window(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    facebook.ahead = timedelta(days=8)

    with pytest.raises(PermanentFailure, match="within 7 days") as refused:
        messenger.send(outgoing(f"user/{BO}", private=True, in_reply_to=comment.id))

    assert not refused.value.window_closed


def test_a_private_answer_opens_no_window_until_they_write(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    messenger.send(outgoing(f"user/{BO}", private=True, in_reply_to=comment.id))
    person = facebook.people[facebook.sent[0].to]

    with pytest.raises(PermanentFailure) as refused:
        messenger.send(outgoing(person))
    facebook.says(person, "Here I am")
    messenger.send(outgoing(person))

    assert refused.value.window_closed
    assert len(facebook.sent) == 2


def test_a_comment_is_hidden_and_shown_again(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    messenger.perform(gesture(GestureKind.HIDE, comment.id, comment.id))
    was = comment.hidden
    messenger.perform(gesture(GestureKind.SHOW, comment.id, comment.id))

    assert (was, comment.hidden) == (True, False)


def test_our_answer_is_changed_and_taken_back_and_taken_back_again(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    answer = messenger.send(outgoing(f"user/{BO}", public=True, thread_key=comment.id)).external_id

    messenger.perform(gesture(GestureKind.EDIT, answer, comment.id, "We do!"))
    text = facebook.wall.comments[answer].text
    for _ in range(2):
        messenger.perform(gesture(GestureKind.DELETE, answer, comment.id))

    assert text == "We do!"
    assert list(facebook.wall.comments) == [comment.id]


def test_somebody_elses_comment_cannot_be_changed(messenger: MessengerConnector, comment: Comment) -> None:
    with pytest.raises(PermanentFailure, match="permission"):
        messenger.perform(gesture(GestureKind.EDIT, comment.id, comment.id, "I love this shop"))


def test_what_is_gone_cannot_be_answered(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment
) -> None:
    facebook.wall.remove(comment.id)

    for how in ({"public": True, "thread_key": comment.id}, {"private": True, "in_reply_to": comment.id}):
        with pytest.raises(PermanentFailure, match="does not find it"):
            messenger.send(outgoing(f"user/{BO}", **how))


def test_messages_and_comments_of_one_person_are_two_until_it_is_proven(
    messenger: MessengerConnector, facebook: PageStandIn, comment: Comment, ana: Person, hook: Web
) -> None:
    authors = {event.author.value for event in heard(messenger, hook) if isinstance(event, InboundMessage)}

    assert authors == {f"{PAGE}/user/{BO}", f"{PAGE}/{ana.id}"}
