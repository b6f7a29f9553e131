"""Messages, and answers to comments, in the page's name: in private, in public, and what can be done to them afterwards."""

from __future__ import annotations

from connectors.meta.reading import text
from connectors.meta.refusals import GONE
from connectors.meta.sends import Outlet
from inbox.contract import Accepted, Gesture, GestureKind, OutboundMessage, OutcomeUnknown, PermanentFailure

FIXED = "Facebook lets us react to messages, and change or take back answers under comments; nothing else."


def send(message: OutboundMessage, outlet: Outlet) -> Accepted:
    """Raises like Connector.send."""
    under = message.in_reply_to or message.thread_key
    if message.private:
        # Posts' ids begin with the page's (docs: messenger-platform/discovery/private-replies).
        is_post = under.startswith(f"{outlet.account.id}_")
        return outlet.answer_privately(message, {"post_id" if is_post else "comment_id": under})
    return _publicly(message, outlet) if message.public else outlet.send(message)


def _publicly(message: OutboundMessage, outlet: Outlet) -> Accepted:
    """Under the thread's first comment: there is only one level below (docs: graph-api/reference/object/comments)."""
    under = message.thread_key or message.in_reply_to
    if not under:
        raise PermanentFailure("There is no comment to answer.")
    data = {"message": message.text} if message.text.strip() else {}
    for file in message.files:
        if len(message.files) > 1 or not file.content_type.startswith("image/") or not file.url:
            raise PermanentFailure("A public answer carries one picture, nothing else.")
        data["attachment_url"] = file.url
    found = text(outlet.graph.post(f"{under}/comments", data).get("id"))
    if not found:
        raise OutcomeUnknown("Meta answered without an id.", code="no_id")
    return Accepted(external_id=found)


def perform(gesture: Gesture, outlet: Outlet) -> None:
    """Raises like Connector.perform."""
    graph, target = outlet.graph, gesture.external_id
    match gesture.kind:
        case GestureKind.HIDE | GestureKind.SHOW as kind:
            graph.post(target, {"is_hidden": kind is GestureKind.HIDE})
        case GestureKind.REACT if not gesture.thread_key:
            outlet.react(gesture, gesture.emoji)
        case GestureKind.EDIT if gesture.thread_key:
            graph.post(target, {"message": gesture.text})
        case GestureKind.DELETE if gesture.thread_key:
            try:
                graph.delete(target)
            except PermanentFailure as error:
                if error.code not in GONE:
                    raise
        case _:
            raise PermanentFailure(FIXED)
