"""Asks Slack what works: the token and its permissions, the channels, and how events reach us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.slack.api import Slack
from connectors.slack.payload import table, text
from connectors.slack.settings import SlackSettings
from inbox.contract import ChannelBroken, ChannelInfo, ContractError, Health, PermanentFailure

# What manifest.yaml asks for; each with what is missing without it.
SCOPES = {
    "channels:history": "messages in public channels",
    "channels:read": "names of channels",
    "chat:write": "sending",
    "chat:write.customize": "the agent's name on what they send",
    "files:read": "files that come in",
    "files:write": "files that go out",
    "groups:history": "messages in private channels",
    "groups:read": "names of private channels",
    "im:history": "direct messages to the app",
    "im:write": "direct messages of the app",
    "mpim:history": "messages in small groups",
    "mpim:read": "small groups",
    "reactions:read": "reactions of customers",
    "reactions:write": "reactions of agents",
    "users:read": "names of people",
    "users:read.email": "which colleague pressed a button",
}
# So many channels are looked at; each is a call.
MOST_ROOMS = 20

Line = tuple[bool, str]


def check(slack: Slack, settings: SlackSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; a refused token ends it and stops the channel."""
    lines: list[Line] = []
    try:
        who = slack.auth_test().data
        expires = _expiry(who)
        lines.append((True, f"Connected to the workspace “{text(who, 'team')}” as {text(who, 'user')}."))
        lines.extend(_permissions(slack.answered.get("x-oauth-scopes", "")))
        lines.extend(_ways_in(slack, settings, channel))
        lines.extend(_rooms(slack, settings))
    except ChannelBroken as error:
        return Health(ok=False, lines=(error.reason,), broken=True)
    except ContractError as error:
        return Health(ok=False, lines=(*(line for _, line in lines), error.reason))
    if expires:
        lines.append((False, "The token ends by itself: switch token rotation off in the Slack app."))
    team = text(who, "team_id")
    return Health(
        ok=all(fine for fine, _ in lines),
        lines=tuple(line for _, line in lines),
        expires_at=expires,
        renewed={"team_id": team} if team and team != settings.team_id else {},
    )


def _expiry(who: Any) -> datetime | None:
    """A rotated token lives twelve hours (docs: authentication/using-token-rotation); others have no end."""
    seconds = who.get("expires_in")
    return datetime.now(UTC) + timedelta(seconds=seconds) if isinstance(seconds, int) else None


def _permissions(header: str) -> Iterator[Line]:
    """Slack names the token's scopes with each answer (docs: authentication/tokens)."""
    granted = {each.strip() for each in header.split(",")}
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    if missing:
        yield False, f"The app lacks permissions: {', '.join(missing)}. Add them and install the app again."
    else:
        yield True, "The app has all the permissions it needs."


def _ways_in(slack: Slack, settings: SlackSettings, channel: ChannelInfo) -> Iterator[Line]:
    if settings.app_token:
        try:
            slack.apps_connections_open(app_token=settings.app_token)
        except (ChannelBroken, PermanentFailure) as error:
            # The bot token has just worked: it is this one.
            yield (
                False,
                f"Socket Mode does not open ({error.code}). Check the app-level token and its scope connections:write.",
            )
        else:
            yield True, "Socket Mode works: events come on a connection we open."
    elif settings.signing_secret:
        yield True, f"Slack posts events and buttons to {channel.hook_url}"
        if channel.hook_url and not channel.hook_url.startswith("https://"):
            yield False, "Slack posts only to https addresses. Use Socket Mode, or give PUBLIC_URL one."
    else:
        yield False, "Nothing can come in: enter the signing secret, or an app-level token for Socket Mode."


def _rooms(slack: Slack, settings: SlackSettings) -> Iterator[Line]:
    for room in settings.rooms[:MOST_ROOMS]:
        seen = _seen(slack, room)
        if seen is None or seen.get("is_member") is not True:
            yield False, f"The app is not in the channel {room}. Invite it there (/invite)."
        else:
            yield True, f"#{text(seen, 'name')} belongs to {settings.company(room) or 'no company'}."
    if not settings.notice_channel:
        return
    seen = _seen(slack, settings.notice_channel)
    if seen is None or seen.get("is_member") is not True:
        yield False, "The app is not in the channel for notices. Invite it there (/invite)."
    elif seen.get("is_ext_shared") is True:
        yield (
            False,
            f"#{text(seen, 'name')} is shared with another company: choose another channel for notices.",
        )
    else:
        yield True, f"Notices go to #{text(seen, 'name')}."


def _seen(slack: Slack, channel: str) -> Any:
    """The channel as Slack describes it, or None if our app does not see it."""
    try:
        return table(slack.conversations_info(channel=channel).data, "channel")
    except ChannelBroken:
        raise
    except PermanentFailure:
        return None
