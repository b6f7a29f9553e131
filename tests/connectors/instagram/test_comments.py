"""Comments there and back: what people write in public, our answers, and what can be done to both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.instagram.connector import InstagramConnector
from connectors.instagram.standin import AccountStandIn
from connectors.meta.standin_wall import Comment
from inbox.contract import Gesture, GestureKind, InboundMessage, PermanentFailure
from tests.connectors.instagram.conftest import ACCOUNT, heard, outgoing
from tests.standins.web import Web

BO = "8765432109876543"


@pytest.fixture
def comment(meta: AccountStandIn) -> Comment:
    return meta.comments(BO, "bo.berg", "Do you ship to Porto?")


def gesture(kind: GestureKind, target: str, thread: str) -> Gesture:
    return Gesture(kind=kind, to=outgoing(f"user/{BO}").to, external_id=target, thread_key=thread)


def test_a_comment_comes_as_a_public_thread_of_whoever_wrote_it(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment, hook: Web
) -> None:
    meta.comments("7099", "cy", "Me too", parent=comment.id)

    first, second = heard(instagram, hook)

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert (first.public, first.thread_key, first.author.name) == (True, comment.id, "bo.berg")
    assert (second.thread_key, second.in_reply_to) == (comment.id, comment.id)


def test_their_id_in_messages_is_proven_by_the_comment(
    instagram: InstagramConnector, comment: Comment, hook: Web
) -> None:
    [first] = heard(instagram, hook)

    assert isinstance(first, InboundMessage)
    assert (first.author.value, first.proofs[0].value) == (f"{ACCOUNT}/user/{BO}", f"{ACCOUNT}/{BO}")


def test_our_public_answer_stands_under_the_threads_first_comment(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment
) -> None:
    nested = meta.comments("7099", "cy", "Me too", parent=comment.id)

    accepted = instagram.send(
        outgoing(f"user/{BO}", public=True, thread_key=comment.id, in_reply_to=nested.id)
    )

    assert meta.wall.comments[accepted.external_id].parent == comment.id


def test_a_hidden_comment_cannot_be_answered(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment
) -> None:
    instagram.perform(gesture(GestureKind.HIDE, comment.id, comment.id))

    with pytest.raises(PermanentFailure, match="hidden"):
        instagram.send(outgoing(f"user/{BO}", public=True, thread_key=comment.id))


def test_a_private_answer_goes_once_and_tells_who_they_are(
    instagram: InstagramConnector, comment: Comment
) -> None:
    answer = outgoing(f"user/{BO}", private=True, in_reply_to=comment.id)

    accepted = instagram.send(answer)

    assert accepted.known_as is not None
    assert accepted.known_as.value == f"{ACCOUNT}/{BO}"
    with pytest.raises(PermanentFailure, match="once to each comment"):
        instagram.send(answer)


def test_a_private_answer_after_seven_days_is_refused_and_closes_no_window(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment
) -> None:
    meta.ahead = timedelta(days=8)

    with pytest.raises(PermanentFailure, match="within 7 days") as refused:
        instagram.send(outgoing(f"user/{BO}", private=True, in_reply_to=comment.id))

    assert not refused.value.window_closed


def test_a_comment_is_hidden_and_shown_again(instagram: InstagramConnector, comment: Comment) -> None:
    instagram.perform(gesture(GestureKind.HIDE, comment.id, comment.id))
    was = comment.hidden
    instagram.perform(gesture(GestureKind.SHOW, comment.id, comment.id))

    assert (was, comment.hidden) == (True, False)


def test_our_answer_is_taken_back_and_taken_back_again(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment
) -> None:
    answer = instagram.send(outgoing(f"user/{BO}", public=True, thread_key=comment.id)).external_id

    for _ in range(2):
        instagram.perform(gesture(GestureKind.DELETE, answer, comment.id))

    assert list(meta.wall.comments) == [comment.id]


def test_what_is_gone_cannot_be_answered(
    instagram: InstagramConnector, meta: AccountStandIn, comment: Comment
) -> None:
    meta.wall.remove(comment.id)

    for how in ({"public": True, "thread_key": comment.id}, {"private": True, "in_reply_to": comment.id}):
        with pytest.raises(PermanentFailure, match="does not find it"):
            instagram.send(outgoing(f"user/{BO}", **how))
