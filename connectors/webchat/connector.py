"""Web chat: the widget on a website. Its door (sessions, socket, files) is connectors/visitors; its looks are static/webchat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.visitors import files, frames, origins
from connectors.visitors.settings import VisitorSettings
from inbox.contract import (
    Accepted,
    BadSignature,
    Capabilities,
    Connector,
    File,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    PermanentFailure,
    Request,
    Status,
    setting,
)

CANNOT_START = "Nobody chats under this address. Answer on another channel."


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChatSettings(VisitorSettings):
    """What an admin sets: the looks here, the door in VisitorSettings."""

    colour: str = setting(
        "Colour",
        default="#3b52d4",
        placeholder="#3b52d4",
        help="Text on it is black or white, whichever reads better.",
    )
    logo: str = setting(
        "Logo",
        default="",
        placeholder="https://www.shop.example/logo.svg",
        help="A square picture on your own website.",
    )
    greeting: str = setting(
        "Greeting", default="", help="Empty: a friendly question in the visitor's language."
    )
    hours: str = setting(
        "Opening hours",
        default="",
        placeholder="Mon–Fri, 9–18",
        help="Shown under your name. Empty: nothing is said.",
    )
    starters: Sequence[str] = setting(
        "Questions to begin with", kind="lines", default=(), help="One a line; one tap asks it."
    )
    ask_email: bool = setting(
        "Ask for an e-mail address after the first message", kind="boolean", default=True, group="When the visitor has left",
        help="What is typed is a claim: it never opens an earlier conversation.",
    )  # fmt: skip
    demo_shop: bool = setting(
        "Demo shop", kind="boolean", default=False, group="Try it out",
        help="A pretend shop with this chat, where anybody may log in as Ana. Never for a channel that real people use.",
    )  # fmt: skip


class WebChatConnector(Connector):
    kind = "webchat"
    label = "Web chat"
    space = "webchat"
    capabilities = Capabilities(
        text_limit=5000,
        files=FileRules(max_bytes=10_000_000, total_bytes=30_000_000, max_count=5),
        receipts=("delivered", "read"),
        typing=True,
        can_start=False,
        live=True,
        undo_delay=timedelta(seconds=2),
    )
    Settings = WebChatSettings
    settings: WebChatSettings

    def verify(self, request: Request) -> None:
        """Nothing comes in by a hook: the door has checked the visitor's token before it stored anything."""
        raise BadSignature("Web chat has no webhook. Visitors come in through the widget.")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return frames.events(request, self.space)

    def send(self, message: OutboundMessage) -> Accepted:
        """Said as soon as it is written down: the visitor's line reads it from the thread when the doorbell rings."""
        if not message.to.value.startswith(f"{self.channel.public_id}/"):
            raise PermanentFailure(CANNOT_START, code="not_here")
        return Accepted(external_id=message.key, status=Status.SENT)

    def fetch(self, file: File) -> File:
        """A file that the visitor uploaded before the message that names it."""
        try:
            return files.fetch(file)
        except FileNotFoundError as error:
            raise PermanentFailure("The uploaded file is gone.", code="gone") from error

    def snippet(self) -> str:
        source = f"{self.channel.public_url}/c/{self.kind}/widget.js"
        return f'<script async src="{source}" data-channel="{self.channel.public_id}"></script>'

    def continue_url(self, secret: str) -> str:
        """The channel's page, if the widget may talk to us from there."""
        page = self.settings.page.strip().partition("#")[0]
        lets_in = origins.allowed(origins.of(page), self.settings.origins, own=self.channel.public_url)
        return f"{page}#onethread={secret}" if lets_in else ""

    def check(self) -> Health:
        lines = [f"The widget is served from {self.channel.public_url}/c/{self.kind}/widget.js"]
        lines += [f"Shown on {origin}" for origin in self.settings.origins]
        if not self.settings.origins:
            lines.append("No website may show it yet: add one.")
        if self.settings.page and not self.continue_url(""):
            lines.append(
                "The page of the chat is not on one of these websites: links that carry a chat over cannot lead there."
            )
        short = 0 < len(self.settings.identity_secret) < 32
        lines.append(
            "The identity secret is too short: at least 32 characters." if short else _vouching(self.settings)
        )
        return Health(ok=bool(self.settings.origins) and not short, lines=tuple(lines))


def _vouching(settings: WebChatSettings) -> str:
    return (
        "Signed-in users are recognised."
        if settings.identity_secret
        else "Signed-in users are not recognised: no identity secret."
    )
