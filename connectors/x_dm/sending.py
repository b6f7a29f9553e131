"""One message → a direct message for each part, or a public reply to a post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.x_dm.api import call
from connectors.x_dm.reading import POST, SPACE
from connectors.x_dm.settings import XSettings
from inbox.contract import Accepted, ContractError, File, OutboundMessage, OutcomeUnknown, PermanentFailure

# Of a post; a direct message carries 10,000 (docs: counting characters).
POST_LIMIT = 280


def send(message: OutboundMessage, settings: XSettings) -> Accepted:
    """Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown for its first part.

    What went is never sent again: if a later picture is refused, the message is accepted and its detail says what is missing.
    """
    if message.public:
        return _reply(message, settings)
    owner, _, person = message.to.value.partition("/")
    if message.to.space != SPACE or owner != settings.user_id or not person.isdigit():
        raise PermanentFailure(
            "This person is known to another account. Answer from that channel.", code="other_account"
        )
    path = f"/2/dm_conversations/with/{person}/messages"
    sent: list[str] = []
    parts = _parts(message)
    for text, file in parts:
        try:
            body: dict[str, Any] = {"text": text} if text else {}
            if file is not None:
                body["attachments"] = [{"media_id": _upload(file, settings)}]
            sent.append(_id(call(settings, "POST", path, json=body), "dm_event_id"))
        except ContractError as error:
            if not sent:
                raise
            detail = f"Only {len(sent)} of its {len(parts)} parts went. {error.reason}"
            return Accepted(external_id=sent[0], also=tuple(sent[1:]), detail=detail)
    return Accepted(external_id=sent[0], also=tuple(sent[1:]))


def _parts(message: OutboundMessage) -> list[tuple[str, File | None]]:
    """One picture each; the text goes with the first."""
    if not message.files:
        return [(message.text, None)]
    first, *others = message.files
    return [(message.text, first), *(("", each) for each in others)]


def _reply(message: OutboundMessage, settings: XSettings) -> Accepted:
    answered = message.in_reply_to or message.thread_key
    if not answered.startswith(POST):
        raise PermanentFailure(
            "The post to answer is not known. Answer one bubble of the thread.", code="no_post"
        )
    if len(message.text) > POST_LIMIT or message.files:
        raise PermanentFailure("A public answer has at most 280 characters and no files.", code="too_long")
    body = {"text": message.text, "reply": {"in_reply_to_tweet_id": answered.removeprefix(POST)}}
    return Accepted(external_id=POST + _id(call(settings, "POST", "/2/tweets", json=body), "id"))


def _upload(file: File, settings: XSettings) -> str:
    """The id under which a picture goes with a direct message (docs: media upload, simple)."""
    picture = {
        "media": (file.name, file.content or b"", file.content_type),
        "media_category": (None, "dm_image"),
    }
    try:
        return _id(call(settings, "POST", "/2/media/upload", files=picture), "id")
    except OutcomeUnknown as error:
        # A picture that was taken and never sent is nothing the customer sees.
        raise PermanentFailure(
            "X did not answer when it was given the picture. Send it again.", code=error.code
        ) from error


def _id(said: Mapping[str, Any], name: str) -> str:
    data = said.get("data")
    found = str(data.get(name) or "") if isinstance(data, Mapping) else ""
    if not found:
        raise OutcomeUnknown("X answered without an id.", code="no_id")
    return found
