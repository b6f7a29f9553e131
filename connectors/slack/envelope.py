"""One event of the Events API with what it came in: whose app, which channel, who wrote. Docs: apis/events-api, apis/slack-connect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from connectors.slack.payload import Json, first, moment, table, text
from connectors.slack.settings import SlackSettings
from inbox.contract import Address, BadPayload

SPACE = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`team` is our own workspace, `bot` our app's user in it; `shared`: the channel is shared with another company (Slack Connect)."""

    key: str
    event: Json
    settings: SlackSettings
    team: str
    bot: str
    app: str
    outer_team: str
    shared: bool

    @classmethod
    def of(cls, payload: Json, settings: SlackSettings) -> Self:
        """Raises BadPayload if it names no event."""
        key, event = text(payload, "event_id"), table(payload, "event")
        if not key or not event:
            raise BadPayload("This event of Slack's has no id or no content.")
        outer = text(payload, "team_id")
        ours = text(payload, "authorizations", 0, "team_id")
        return cls(
            key=key,
            event=event,
            settings=settings,
            team=first(settings.team_id, ours, text(payload, "context_team_id"), outer),
            bot=text(payload, "authorizations", 0, "user_id"),
            app=text(payload, "api_app_id"),
            outer_team=outer,
            shared=payload.get("is_ext_shared_channel") is True,
        )

    @property
    def channel(self) -> str:
        """The channel's id: as a string in messages, as an object where the channel itself changed."""
        return first(text(self.event, "channel"), text(self.event, "channel", "id"))

    @property
    def direct(self) -> bool:
        """A conversation of one person with our app."""
        return text(self.event, "channel_type") == "im" or self.channel.startswith("D")

    @property
    def occurred_at(self) -> datetime | None:
        return moment(first(text(self.event, "event_ts"), text(self.event, "ts")))

    def room(self, channel: str, *, name: str = "") -> Address:
        """The channel as a customer: its people write there together."""
        return Address(
            space=SPACE,
            value=f"{self.team}/{channel}",
            name=first(name, self.settings.company(channel)),
        )

    def message_id(self, ts: str) -> str:
        """A ts is unique only within its channel. Raises BadPayload for what is none."""
        if moment(ts) is None or not self.channel:
            raise BadPayload("This message of Slack's has no channel or no ts.")
        return f"{self.channel}/{ts}"

    def is_ours(self, message: Json) -> bool:
        """Whether our own app posted this."""
        app = first(text(message, "app_id"), text(message, "bot_profile", "app_id"))
        return bool((app and app == self.app) or (self.bot and text(message, "user") == self.bot))

    def author(self, message: Json) -> Address:
        """Who wrote or did it, by workspace and user. Names come with some events only. Raises BadPayload if nobody did."""
        profile = table(message, "user_profile")
        user = first(text(message, "user"), text(message, "bot_id"))
        if not user:
            raise BadPayload("This message of Slack's names nobody who wrote it.")
        name = first(
            text(profile, "display_name"),
            text(profile, "real_name"),
            text(message, "username"),
            text(message, "bot_profile", "name"),
        )
        return Address(space=SPACE, value=f"{self.author_team(message)}/{user}", name=name)

    def author_team(self, message: Json) -> str:
        """The workspace of who wrote it: in a shared channel not the one the app is in."""
        return first(
            text(message, "user_team"),
            text(message, "user_profile", "team"),
            text(message, "source_team"),
            text(message, "team"),
            self.outer_team,
        )

    def is_our_people(self, message: Json) -> bool:
        """Whether somebody of our own workspace wrote it. Guests of it are not ours."""
        profile = table(message, "user_profile")
        guest = profile.get("is_restricted") is True or profile.get("is_ultra_restricted") is True
        return not guest and self.author_team(message) == self.team

    def is_colleague(self, message: Json) -> bool:
        """Whether it is of our people and these are not served as customers themselves."""
        return not self.settings.serve_colleagues and self.is_our_people(message)
