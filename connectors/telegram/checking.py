"""Asks Telegram what works: the token, the bot's rights in groups, and where its updates go. Tells Telegram to send them to us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.telegram.api import Api
from connectors.telegram.errors import Refused, error_of
from connectors.telegram.reading import WANTED
from connectors.telegram.settings import TelegramSettings
from inbox.contract import ChannelBroken, ChannelInfo, ContractError, Health

Line = tuple[bool, str]


def check(settings: TelegramSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; the first refusal ends it."""
    lines: list[Line] = []
    renewed: dict[str, str] = {}
    try:
        api = Api(settings)
        me = _mapping(api.call("getMe"))
        name = str(me.get("username") or "")
        if name and name != settings.username:
            renewed["username"] = name
        lines.append((True, f"The token is that of the bot @{name}."))
        lines.append((True, _groups(me)))
        lines.extend(_webhook(api, settings, channel.hook_url))
    except Refused as refused:
        return _stopped(lines, error_of(refused))
    except ContractError as error:
        return _stopped(lines, error)
    return Health(ok=all(fine for fine, _ in lines), lines=tuple(text for _, text in lines), renewed=renewed)


def _stopped(lines: list[Line], error: ContractError) -> Health:
    """The reason comes first, since a broken channel shows the first line."""
    told = (error.reason, *(text for _, text in lines))
    return Health(ok=False, lines=told, broken=isinstance(error, ChannelBroken))


def _groups(me: Mapping[str, Any]) -> str:
    if not me.get("can_join_groups"):
        return "It cannot be added to groups. @BotFather → /setjoingroups changes that."
    if not me.get("can_read_all_group_messages"):
        return (
            "In groups it sees only commands and answers to its own messages, unless it is an admin there. "
            "@BotFather → /setprivacy → Disable shows it all."
        )
    return "It reads all messages of the groups it is added to."


def _webhook(api: Api, settings: TelegramSettings, hook_url: str) -> Iterator[Line]:
    """Set anew each time: Telegram never shows the secret it has, so only so is it surely the one we expect."""
    before = _mapping(api.call("getWebhookInfo"))
    if not hook_url.startswith("https://") and not settings.api_url:
        yield (
            False,
            f"Telegram only sends to https addresses, and ours is {hook_url or 'not set'}. Set PUBLIC_URL.",
        )
        return
    fields = {"url": hook_url, "secret_token": settings.hook_secret, "allowed_updates": list(WANTED)}
    api.call("setWebhook", fields)
    other = str(before.get("url") or "")
    if other and other != hook_url:
        yield True, f"Telegram sent what comes in to {other} until now. From now on it comes here."
    elif not other:
        yield True, "Telegram now sends what comes in to us. Nothing was set before."
    else:
        yield True, "Telegram sends what comes in to us."
    waiting = int(before.get("pending_update_count") or 0)
    if waiting:
        yield True, f"{waiting} updates were waiting at Telegram."
    if said := before.get("last_error_message"):
        yield (
            not waiting or other != hook_url,
            f"The last time Telegram could not deliver, it said: {str(said)[:200]}",
        )


def _mapping(result: Any) -> Mapping[str, Any]:
    """Raises ChannelBroken if what answers is not Telegram."""
    if not isinstance(result, Mapping):
        raise ChannelBroken("What answers there is not Telegram's Bot API.", code="bad_answer")
    return result
