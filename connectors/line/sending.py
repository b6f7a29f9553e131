"""One message → one call to LINE: an answer with the reply token if there is one that works, else a push; and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from connectors.line import handles
from connectors.line.api import Api, ids_of
from connectors.line.errors import Refused, error_of
from connectors.line.handles import Handle
from connectors.line.people import id_of
from connectors.line.settings import LineSettings
from inbox.contract import (
    Accepted,
    Address,
    ChannelInfo,
    File,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

# docs: quick reply, message action
MAX_LABEL, MAX_ACTION = 20, 300
PICTURES = {"image/jpeg", "image/png"}
MAX_PICTURE, MAX_FILM = 10_000_000, 200_000_000
# docs: show loading animation; 5 to 60 in steps of 5.
LOADING = 20


def send(message: OutboundMessage, settings: LineSettings, channel: ChannelInfo) -> Accepted:
    """Reply tokens cost nothing, live about a minute and work once; a push counts against the month's messages.

    A push carries a retry key made from the message's key, so trying it again never doubles it. A reply has none: if nobody knows
    what became of it, the agent is told.
    """
    to = recipient(message.to, settings)
    handle = handles.read(message.reply_handle)
    body = {"messages": messages(message, channel, handle)}
    api, key = Api(settings), retry_key(channel, message.key)
    if handle.reply:
        try:
            told = _reply(api, {"replyToken": handle.reply, **body})
            return _accepted(told, key, detail="free reply")
        except Refused as refused:
            if not refused.token_ended:
                raise error_of(refused) from refused
    return _push(api, {"to": to, **body}, key)


def retry_key(channel: ChannelInfo, key: str) -> str:
    """The same for each try of the same message, and no other's."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{channel.hook_url}#{key}"))


def recipient(to: Address, settings: LineSettings) -> str:
    """Raises PermanentFailure for an address that this account does not know."""
    account = to.value.rpartition("/")[0]
    found = id_of(to)
    if not found or (settings.bot_id and account != settings.bot_id):
        raise PermanentFailure("This person wrote to another LINE account.", code="other_account")
    return found


def show_typing(to: Address, settings: LineSettings) -> None:
    """Only in a chat with one person (docs: show loading animation)."""
    chat = id_of(to)
    if chat.startswith("U"):
        try:
            Api(settings).call(
                "POST", "/v2/bot/chat/loading/start", {"chatId": chat, "loadingSeconds": LOADING}
            )
        except Refused as refused:
            raise error_of(refused) from refused


def name_of(who: Address, settings: LineSettings) -> str:
    """A person's or a group's name; "" for whoever LINE does not tell of (blocked, not a friend, a room)."""
    found = id_of(who)
    path = {"U": f"/v2/bot/profile/{found}", "C": f"/v2/bot/group/{found}/summary"}.get(found[:1])
    if path is None:
        return ""
    try:
        told = Api(settings).call("GET", path)
    except Refused as refused:
        if refused.status in {400, 403, 404}:
            return ""
        raise error_of(refused) from refused
    return str(told.get("displayName") or told.get("groupName") or "")


def messages(message: OutboundMessage, channel: ChannelInfo, handle: Handle) -> list[dict[str, Any]]:
    """At most five (docs: push). A file is fetched from us by LINE; what it has no kind for goes as a link."""
    made: list[dict[str, Any]] = []
    if text := message.text.replace("\0", "").replace("\r\n", "\n").strip():
        said: dict[str, Any] = {"type": "text", "text": text}
        # A quote needs the token that came with the quoted message: the house keeps the last one's.
        if handle.quote and message.in_reply_to and message.in_reply_to == handle.message:
            said["quoteToken"] = handle.quote
        made.append(said)
    made.extend(_file(each, channel) for each in message.files)
    if message.choices:
        items = [{"type": "action", "action": _action(each)} for each in message.choices]
        made[-1] = {**made[-1], "quickReply": {"items": items}}
    return made


def _file(file: File, channel: ChannelInfo) -> dict[str, Any]:
    if not file.url.startswith("https://"):
        raise PermanentFailure(
            f"“{file.name}” has no https address for LINE to fetch. Ask your admin to check PUBLIC_URL.",
            code="no_file_url",
        )
    kind, size = file.content_type.partition(";")[0].lower(), file.size or 0
    if kind in PICTURES and size <= MAX_PICTURE:
        return {"type": "image", "originalContentUrl": file.url, "previewImageUrl": file.url}
    if kind == "video/mp4" and size <= MAX_FILM:
        preview = f"{channel.public_url}/static/line/film.png"
        return {"type": "video", "originalContentUrl": file.url, "previewImageUrl": preview}
    return {"type": "text", "text": f"{file.name}\n{file.url}"}


def _action(label: str) -> dict[str, str]:
    """Pressed, it is sent as their own words."""
    shown = label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1].rstrip() + "…"
    return {"type": "message", "label": shown, "text": label[:MAX_ACTION]}


def _reply(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    """Raises Refused, TemporaryFailure if it never left, OutcomeUnknown for a fault of LINE's: it may have gone, and has no retry key."""
    try:
        return api.call("POST", "/v2/bot/message/reply", body)
    except Refused as refused:
        if refused.status >= 500:
            raise OutcomeUnknown(
                "LINE had a fault while it took the message; nobody knows whether it went.",
                code=str(refused.status),
            ) from refused
        raise


def _push(api: Api, body: dict[str, Any], key: str) -> Accepted:
    try:
        told = api.call("POST", "/v2/bot/message/push", body, retry_key=key)
    except OutcomeUnknown as unknown:
        # With the same key it is done once, however often it is asked for (docs: Retry failed API requests).
        raise TemporaryFailure(unknown.reason, code=unknown.code) from unknown
    except Refused as refused:
        if refused.status == 409:
            return Accepted(external_id=refused.ids[0] if refused.ids else key, also=refused.ids[1:])
        raise error_of(refused) from refused
    return _accepted(told, key)


def _accepted(told: dict[str, Any], key: str, *, detail: str = "") -> Accepted:
    """LINE took it. It gives ids since 2024; without them it is known by our key."""
    ids = ids_of(told)
    return Accepted(external_id=ids[0] if ids else key, also=ids[1:], detail=detail)
