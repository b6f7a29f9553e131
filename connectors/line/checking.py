"""Asks LINE what works: the token, the month's messages, where its events go. Tells LINE to send them to us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.line.api import Api
from connectors.line.errors import Refused, error_of
from connectors.line.settings import LineSettings
from inbox.contract import ChannelBroken, ChannelInfo, ContractError, Health

Line = tuple[bool, str]


def check(settings: LineSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; the first refusal ends it, and comes first."""
    lines: list[Line] = []
    renewed: dict[str, str] = {}
    api = Api(settings)
    try:
        me = api.call("GET", "/v2/bot/info")
        renewed = _learnt(me, settings)
        lines.append((True, f"The token is that of “{me.get('displayName', '')}” ({me.get('basicId', '')})."))
        lines.append(_messages_left(api))
        lines.extend(_webhook(api, channel.hook_url))
    except Refused as refused:
        return _stopped(lines, error_of(refused))
    except ContractError as error:
        return _stopped(lines, error)
    return Health(ok=all(fine for fine, _ in lines), lines=tuple(text for _, text in lines), renewed=renewed)


def _stopped(lines: list[Line], error: ContractError) -> Health:
    told = (error.reason, *(text for _, text in lines))
    return Health(ok=False, lines=told, broken=isinstance(error, ChannelBroken))


def _learnt(me: dict[str, Any], settings: LineSettings) -> dict[str, str]:
    found = {"basic_id": str(me.get("basicId") or ""), "bot_id": str(me.get("userId") or "")}
    return {name: value for name, value in found.items() if value and value != getattr(settings, name)}


def _messages_left(api: Api) -> Line:
    """Pushes count, answers with a reply token do not (docs: get quota)."""
    quota = api.call("GET", "/v2/bot/message/quota")
    used = int(api.call("GET", "/v2/bot/message/quota/consumption").get("totalUsage") or 0)
    if quota.get("type") != "limited":
        return True, f"{used} messages sent this month; the plan sets no limit."
    left = max(0, int(quota.get("value") or 0) - used)
    return bool(
        left
    ), f"{left} of this month's {quota.get('value')} messages are left; answers within a minute are free."


def _webhook(api: Api, hook_url: str) -> Iterator[Line]:
    if not hook_url.startswith("https://"):
        yield (
            False,
            f"LINE only sends to https addresses, and ours is {hook_url or 'not set'}. Set PUBLIC_URL.",
        )
        return
    try:
        now = api.call("GET", "/v2/bot/channel/webhook/endpoint")
    except Refused as refused:
        if refused.status != 404:
            raise
        now = {}
    other = str(now.get("endpoint") or "")
    if other != hook_url:
        api.call("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": hook_url})
        before = f"LINE sent what comes in to {other} until now." if other else "No address was set at LINE."
        yield True, f"{before} From now on it comes here."
    else:
        yield True, "LINE sends what comes in to us."
    if not now.get("active"):
        yield False, "“Use webhook” is off: switch it on in LINE's console → Messaging API."
