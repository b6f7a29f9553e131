"""Slack: channels shared with customers, direct messages, and notices for colleagues. Set-up: README.md beside this file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.slack import payload, reading
from connectors.slack.envelope import SPACE
from connectors.slack.settings import SlackSettings
from connectors.slack.signature import is_signed
from inbox.contract import (
    Accepted,
    Address,
    AgentActed,
    BadPayload,
    BadSignature,
    Capabilities,
    ChannelInfo,
    Connector,
    File,
    FileRules,
    Gesture,
    Health,
    InboundEvent,
    Notice,
    OutboundMessage,
    Polled,
    Request,
    Response,
)

if TYPE_CHECKING:  # Slack's SDK takes a while to load, and hooks do not need it
    from connectors.slack.api import Slack
    from connectors.slack.listening import Listening


class SlackConnector(Connector):
    kind = "slack"
    label = "Slack"
    space = SPACE
    capabilities = Capabilities(
        # Slack advises 4,000 (docs: chat.postMessage, truncating content) and refuses longer edits.
        text_limit=4000,
        formats=("plain", "markdown"),
        files=FileRules(max_bytes=25_000_000, max_count=10),
        edits=True,
        deletes=True,
        reactions=True,
        own_edits=True,
        own_deletes=True,
        own_reactions=True,
        choices=25,
        groups=True,
        names=True,
        notices=True,
        polls=True,
        # One message a second to one channel (docs: apis/web-api/rate-limits).
        gap=timedelta(seconds=1),
    )
    Settings = SlackSettings
    settings: SlackSettings

    def __init__(self, settings: Any, channel: ChannelInfo) -> None:
        super().__init__(settings, channel)
        self._listening: Listening | None = None

    @property
    def polling(self) -> bool:
        """Only with Socket Mode; else Slack posts to our hook."""
        return bool(self.settings.app_token)

    def verify(self, request: Request) -> None:
        """X-Slack-Signature over the time and the raw body, at most five minutes old. A repeated request (X-Slack-Retry-Num) is the
        same event and stopped by its id."""
        if not self.settings.signing_secret:
            raise BadSignature("This channel has no signing secret: events come by Socket Mode only.")
        if not is_signed(request, self.settings.signing_secret):
            raise BadSignature(
                "Slack's signature does not fit the signing secret, or is older than five minutes."
            )

    def answer(self, request: Request) -> Response | None:
        """The challenge with which Slack checks a new address; else an empty 200, which also closes a form."""
        if b"url_verification" not in request.body:
            return None
        try:
            said = payload.read(request)
        except BadPayload:
            return None
        is_check = payload.text(said, "type") == "url_verification"
        return Response(body=payload.text(said, "challenge").encode()) if is_check else None

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return reading.events(payload.read(request), self.settings)

    def send(self, message: OutboundMessage) -> Accepted:
        from connectors.slack import sending

        return sending.send(self._slack, message)

    def perform(self, gesture: Gesture) -> None:
        from connectors.slack import gestures

        gestures.perform(self._slack, gesture, bot_user=lambda: self._who["user_id"])

    def fetch(self, file: File) -> File:
        from connectors.slack import fetching

        return fetching.fetch(self._slack, file)

    def check(self) -> Health:
        from connectors.slack import checking

        return checking.check(self._slack, self.settings, self.channel)

    def name_of(self, who: Address) -> str:
        from connectors.slack import notices

        return notices.name_of(self._slack, who)

    @property
    def notifies(self) -> bool:
        """Whether there is a channel for notices."""
        return bool(self.settings.notice_channel)

    def notify(self, notice: Notice) -> None:
        from connectors.slack import notices

        notices.notify(self._slack, self.settings, notice)

    def tell(self, answer_url: str, text: str) -> None:
        from connectors.slack import notices

        notices.tell(self._slack, answer_url, text)

    def email_of(self, who: Address) -> str:
        from connectors.slack import notices

        return notices.email_of(self._slack, self.settings.team_id or self._who["team_id"], who)

    def subject_of(self, notice: str) -> str:
        from connectors.slack import notices

        return notices.subject_of(self._slack, notice)

    def open_form(self, acted: AgentActed, *, title: str, text: str = "") -> None:
        from connectors.slack import notices

        notices.open_form(self._slack, acted, title=title, text=text)

    def poll(self, cursor: Mapping[str, Any]) -> Iterable[Polled]:
        """There is no cursor: Slack sends again what was not acknowledged."""
        if self._listening is None:
            from connectors.slack.listening import Listening

            self._listening = Listening(self._slack, self.settings.app_token)
        return self._listening.poll()

    def wait(self, timeout: timedelta) -> bool:
        return self._listening.wait(timeout) if self._listening else True

    def close(self) -> None:
        if self._listening:
            self._listening.close()

    @cached_property
    def _slack(self) -> Slack:
        from connectors.slack.api import Slack

        return Slack(self.settings)

    @cached_property
    def _who(self) -> dict[str, str]:
        """Who our app is in Slack: ids of the workspace and of its user. Raises the contract's errors."""
        from connectors.slack.api import said

        told = self._slack.auth_test()
        return {name: said(told, name) for name in ("team_id", "user_id")}
