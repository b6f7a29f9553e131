"""One message → chat.postMessage and the upload of files; its answer → Accepted or the contract's errors."""

from __future__ import annotations

import uuid
from typing import Any

from connectors.slack.api import Slack, said
from connectors.slack.errors import unreachable
from connectors.slack.payload import rows, text
from connectors.slack.pressing import CHOICE
from connectors.slack.wording import mrkdwn
from inbox.contract import (
    Accepted,
    ContractError,
    File,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
)

# Ours, so that the same key gives the same id on every try.
KEYS = uuid.UUID("5b1d2a5e-7c1f-4e1c-9d53-0f6f3f0c7a11")
# metadata.event_type of our messages and notices: how we find them again (docs: messaging/message-metadata).
MESSAGE, NOTICE = "onethread_message", "onethread_notice"
# Block Kit: characters of a section's text, of a button's label.
SECTION, LABEL = 3000, 75
LATEST = 20


def send(slack: Slack, message: OutboundMessage) -> Accepted:
    """Files are brought to Slack first, where nobody sees them yet; then the text is posted, then the files are shown under it.

    So what is likely to fail does before anything is visible. If only the last step fails, the outcome is unknown and says so.
    """
    channel, thread = place(message)
    uploaded = [_upload(slack, file) for file in message.files]
    posted = _post(slack, message, channel, thread) if message.text.strip() else None
    if uploaded:
        shown: list[dict[str, str | None]] = [
            {"id": id_, "title": file.name} for id_, file in zip(uploaded, message.files, strict=True)
        ]
        _show(slack, message, posted[0] if posted else _opened(slack, channel), shown, thread)
    ids = [f"{posted[0]}/{posted[1]}", *uploaded] if posted else uploaded
    return Accepted(external_id=ids[0], also=tuple(ids[1:]))


def place(message: OutboundMessage) -> tuple[str, str]:
    """The channel (or the person) and the ts of the thread, "" outside threads."""
    channel = message.to.value.rpartition("/")[2]
    if not channel:
        raise PermanentFailure("This is no channel or person in Slack.", code="channel_not_found")
    room, _, thread = message.thread_key.rpartition("/")
    return channel, thread if room == channel else message.reply_handle


def client_id(key: str) -> str:
    """client_msg_id: Slack's own apps send it, and a second post with the same one is not posted (undocumented)."""
    return str(uuid.uuid5(KEYS, key))


def _post(slack: Slack, message: OutboundMessage, channel: str, thread: str) -> tuple[str, str]:
    """The channel it really went to (a person's is a direct one) and its ts."""
    fields: dict[str, Any] = {
        "channel": channel,
        "text": mrkdwn(message.text),
        "thread_ts": thread or None,
        "username": message.author_name or None,
        "blocks": blocks(message) or None,
        "unfurl_links": False,
        "metadata": {"event_type": MESSAGE, "event_payload": {"key": message.key}},
        "client_msg_id": client_id(message.key),
    }
    try:
        answer = slack.chat_postMessage(**fields)
    except OutcomeUnknown:
        found = _find(slack, channel, thread, message.key)
        if not found:
            raise
        return found
    return said(answer, "channel"), said(answer, "ts")


def _find(slack: Slack, channel: str, thread: str, key: str) -> tuple[str, str] | None:
    """Our message, if Slack took it although its answer got lost; None if it is not there or cannot be looked for."""
    if channel.startswith(("U", "W")):
        return None
    asked: dict[str, Any] = {"channel": channel, "limit": LATEST, "include_all_metadata": True}
    try:
        # Of a thread, the latest: those after its root, newest last, are the answer's end.
        got = (
            slack.conversations_replies(ts=thread, **{**asked, "limit": 1000})
            if thread
            else slack.conversations_history(**asked)
        )
    except ContractError:
        return None
    for each in rows(got.data, "messages"):
        if text(each, "metadata", "event_payload", "key") == key and text(each, "ts"):
            return channel, text(each, "ts")
    return None


def blocks(message: OutboundMessage) -> list[dict[str, Any]]:
    """The text and, under it, the choices as buttons; nothing without choices, since Slack then shows the text itself."""
    if not message.choices:
        return []
    buttons = [
        {
            "type": "button",
            "action_id": f"{CHOICE}{number}",
            "text": {"type": "plain_text", "text": label[:LABEL]},
            "value": label[:LABEL],
        }
        for number, label in enumerate(message.choices)
    ]
    return [*sections(mrkdwn(message.text)), {"type": "actions", "elements": buttons}]


def sections(text: str) -> list[dict[str, Any]]:
    """The text in as many sections as it needs."""
    parts = [text[start : start + SECTION] for start in range(0, len(text), SECTION)]
    return [{"type": "section", "text": {"type": "mrkdwn", "text": part}} for part in parts]


def _upload(slack: Slack, file: File) -> str:
    """Bring one file's bytes to Slack (files.getUploadURLExternal). It is visible to nobody until it is completed."""
    content = file.content or b""
    if not content:
        raise PermanentFailure(f"“{file.name}” is empty.", code="empty_file")
    try:
        got = slack.files_getUploadURLExternal(filename=file.name, length=len(content))
        answer = slack.exchange(
            said(got, "upload_url"), content=content, headers={"Content-Type": "application/octet-stream"}
        )
    except OutcomeUnknown as error:
        # Nothing is visible yet: bringing it again shows it once.
        raise unreachable() from error
    if answer.status_code != 200:
        raise PermanentFailure(f"Slack did not take “{file.name}”.", code=f"http_{answer.status_code}")
    return said(got, "file_id")


def _opened(slack: Slack, channel: str) -> str:
    """The channel itself, or the direct one of a person: files are not shared with people but with channels."""
    if not channel.startswith(("U", "W")):
        return channel
    return said(slack.conversations_open(users=[channel]), "channel", "id")


def _show(
    slack: Slack, message: OutboundMessage, channel: str, files: list[dict[str, str | None]], thread: str
) -> None:
    """Post what was uploaded. After the text went, a refusal must not send the text again."""
    try:
        slack.files_completeUploadExternal(files=files, channel_id=channel, thread_ts=thread or None)
    except ContractError as error:
        if not message.text.strip():
            raise
        raise OutcomeUnknown(
            f"The text arrived, the files did not: {error.reason}", code=error.code
        ) from error
