"""Messages, and answers to comments, in the account's name: in private, in public, and what can be done to them afterwards."""

from __future__ import annotations

from connectors.meta.reading import text
from connectors.meta.refusals import GONE
from connectors.meta.sends import Outlet
from inbox.contract import Accepted, Gesture, GestureKind, OutboundMessage, OutcomeUnknown, PermanentFailure

# The one reaction that the API has (docs: messaging-api/sender-actions).
LOVE = "love"
HEARTS = frozenset("❤♥💗💖💕💙💚💛🧡💜🖤🤍🤎😍🥰")
FIXED = "Instagram lets us put a heart on messages, and take back answers under comments; nothing else."
ONLY_HEART = "Instagram lets us put only a heart on a message."


def send(message: OutboundMessage, outlet: Outlet) -> Accepted:
    """Raises like Connector.send."""
    if message.private:
        return outlet.answer_privately(message, {"comment_id": message.in_reply_to or message.thread_key})
    return _publicly(message, outlet) if message.public else outlet.send(message)


def _publicly(message: OutboundMessage, outlet: Outlet) -> Accepted:
    """Only first comments can be answered (docs: ig-comment/replies), so the answer goes to the thread's."""
    under = message.thread_key or message.in_reply_to
    if not under:
        raise PermanentFailure("There is no comment to answer.")
    if message.files:
        raise PermanentFailure("An answer under a comment is text only on Instagram. Send a link instead.")
    found = text(outlet.graph.post(f"{under}/replies", {"message": message.text}).get("id"))
    if not found:
        raise OutcomeUnknown("Meta answered without an id.", code="no_id")
    return Accepted(external_id=found)


def perform(gesture: Gesture, outlet: Outlet) -> None:
    """Raises like Connector.perform."""
    graph, target = outlet.graph, gesture.external_id
    match gesture.kind:
        case GestureKind.HIDE | GestureKind.SHOW as kind:
            # In the query: Instagram does not read it in the body (docs: ig-comment#updating).
            graph.post(target, {}, hide="true" if kind is GestureKind.HIDE else "false")
        case GestureKind.REACT if not gesture.thread_key:
            if gesture.emoji and gesture.emoji.strip("\ufe0f") not in HEARTS:
                raise PermanentFailure(ONLY_HEART)
            outlet.react(gesture, LOVE if gesture.emoji else "")
        case GestureKind.DELETE if gesture.thread_key:
            try:
                graph.delete(target)
            except PermanentFailure as error:
                if error.code not in GONE:
                    raise
        case _:
            raise PermanentFailure(FIXED)
