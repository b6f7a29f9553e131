"""What an agent does to a message that is there: react, edit, delete."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from connectors.slack.api import Slack
from connectors.slack.errors import FINAL
from connectors.slack.payload import rows, text
from connectors.slack.wording import mrkdwn, name
from inbox.contract import Gesture, GestureKind, PermanentFailure

# What a repeated gesture is told: it is done already.
DONE = {"already_reacted", "no_reaction", "message_not_found", "file_not_found", "file_deleted"}


def perform(slack: Slack, gesture: Gesture, *, bot_user: Callable[[], str]) -> None:
    """`bot_user` tells who we are in Slack: to take our reactions away, Slack wants each by its name."""
    channel, _, ts = gesture.external_id.rpartition("/")
    if gesture.kind is GestureKind.DELETE:
        for each in (gesture.external_id, *gesture.also):
            _delete(slack, each)
        return
    if not channel:
        # A file without a text: Slack tells its id, not that of the message that shows it.
        raise PermanentFailure("In Slack a file without text can only be deleted.", code="no_message")
    if gesture.kind is GestureKind.EDIT:
        slack.chat_update(channel=channel, ts=ts, text=mrkdwn(gesture.text))
    elif gesture.kind is GestureKind.REACT and gesture.emoji:
        _react(slack, channel, ts, gesture.emoji)
    elif gesture.kind is GestureKind.REACT:
        _take_back(slack, channel, ts, bot_user())
    else:
        raise PermanentFailure("Slack has nothing to hide from the public.", code="not_supported")


def _react(slack: Slack, channel: str, ts: str, emoji: str) -> None:
    named = name(emoji)
    if not named:
        raise PermanentFailure(FINAL["invalid_name"], code="invalid_name")
    try:
        slack.reactions_add(channel=channel, timestamp=ts, name=named)
    except PermanentFailure as error:
        if error.code != "already_reacted":
            raise


def _take_back(slack: Slack, channel: str, ts: str, bot: str) -> None:
    got = slack.reactions_get(channel=channel, timestamp=ts, full=True)
    for each in rows(got.data, "message", "reactions"):
        if bot in (each.get("users") or ()):
            _gone(partial(slack.reactions_remove, channel=channel, timestamp=ts, name=text(each, "name")))


def _delete(slack: Slack, external_id: str) -> None:
    channel, _, ts = external_id.rpartition("/")
    if channel:
        _gone(partial(slack.chat_delete, channel=channel, ts=ts))
    else:
        _gone(partial(slack.files_delete, file=external_id))


def _gone(call: Callable[[], object]) -> None:
    """What is gone already is no error."""
    try:
        call()
    except PermanentFailure as error:
        if error.code not in DONE:
            raise
