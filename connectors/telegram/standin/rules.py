"""What Telegram refuses of a message: lengths, sizes, albums, buttons, emoji. Raises Refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from connectors.telegram.standin.records import Refusal, Upload, bad_request

# Bot API, ReactionTypeEmoji.
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
) | {"❤️\u200d🔥", "👨\u200d💻", "🤷\u200d♂️", "🤷\u200d♀️"}


def check_text(text: str, *, caption: bool = False) -> None:
    if caption and len(text) > 1024:
        raise bad_request("message caption is too long")
    if not caption and not text.strip():
        raise bad_request("message text is empty")
    if not caption and len(text) > 4096:
        raise bad_request("message is too long")


def check_upload(kind: str, upload: Upload | None, caption: str, *, spoilt: Collection[str]) -> None:
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > 50_000_000:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "photo" and upload.name in spoilt:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if kind == "voice" and upload.name in spoilt:
        raise bad_request("VOICE_MESSAGES_FORBIDDEN")
    check_text(caption, caption=True)


def check_media(media: list[Mapping[str, Any]]) -> None:
    if not 2 <= len(media) <= 10:
        raise bad_request("wrong number of messages in the album specified")
    kinds = {each["type"] for each in media}
    if len(kinds) > 1 and kinds - {"photo", "video"}:
        raise bad_request(f"{min(kinds)} can't be mixed with other media types")
    if kinds & {"animation", "voice"}:
        raise bad_request("type of the media can't be used in an album")


def check_keyboard(markup: Mapping[str, Any], *, group: bool) -> None:
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            if not button.get("text"):
                raise bad_request("text buttons are unallowed in the inline keyboard")
            if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                raise bad_request("BUTTON_DATA_INVALID")
    asks = any(button.get("request_contact") for row in markup.get("keyboard", ()) for button in row)
    if asks and group:
        raise bad_request("phone number can be requested in private chats only")
