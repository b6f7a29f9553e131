"""Instagram: messages and comments of one professional account per channel. Set-up: README.md beside this file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import timedelta

from connectors import http
from connectors.instagram import checking, posting, reading
from connectors.instagram.settings import InstagramSettings
from connectors.meta import signature
from connectors.meta.graph import Graph
from connectors.meta.heard import Account
from connectors.meta.reading import text
from connectors.meta.refusals import MEANINGS
from connectors.meta.sends import MOST_CHOICES, Outlet
from inbox.contract import (
    Accepted,
    Address,
    Capabilities,
    Connector,
    File,
    FileRules,
    Gesture,
    Health,
    InboundEvent,
    OutboundMessage,
    PermanentFailure,
    Request,
    Response,
)

MAX_BYTES = 25_000_000
# docs: messaging-api: “must be UTF-8 and be 1000 bytes or less”. Longer ones go as several messages.
TEXT_BYTES = 1000


class InstagramConnector(Connector):
    kind = "instagram"
    label = "Instagram"
    space = "instagram"
    capabilities = Capabilities(
        text_limit=1000,
        files=FileRules(
            types=("image/png", "image/jpeg", "image/gif", "audio/", "video/", "application/pdf"),
            max_bytes=MAX_BYTES,
            total_bytes=100_000_000,
            max_count=5,
        ),
        receipts=("read",),
        typing=True,
        edits=True,
        deletes=True,
        reactions=True,
        own_reactions=True,
        own_public_deletes=True,
        names=True,
        quotes=True,
        choices=MOST_CHOICES,
        public=True,
        hides=True,
        private_replies=True,
        marks_read=True,
        reply_window=timedelta(hours=24),
        late_window=timedelta(days=7),
        most_per_second=10,
        can_start=False,
    )
    Settings = InstagramSettings
    settings: InstagramSettings

    @property
    def account(self) -> Account:
        return Account(space=self.space, id=self.settings.account_id, app_id=self.settings.app_id)

    @property
    def graph(self) -> Graph:
        """Only Facebook's Graph takes a proof with the app's secret; Instagram's own has none documented."""
        own = self.settings
        secret = own.app_secret if own.by_page else ""
        return Graph(base=own.base, token=own.access_token, app_secret=secret, meanings=MEANINGS)

    @property
    def outlet(self) -> Outlet:
        return Outlet(
            graph=self.graph,
            edge=f"{self.settings.node}/messages",
            account=self.account,
            text_bytes=TEXT_BYTES,
            response={},
        )

    @property
    def scope(self) -> str:
        """Ids mean something to one account only."""
        return f"{self.settings.account_id}/"

    def verify(self, request: Request) -> None:
        signature.verify(request, secrets=self.settings.secrets, verify_token=self.settings.verify_token)

    def answer(self, request: Request) -> Response | None:
        return signature.challenge(request)

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return reading.events(request.body, self.account)

    def send(self, message: OutboundMessage) -> Accepted:
        return posting.send(message, self.outlet)

    def perform(self, gesture: Gesture) -> None:
        posting.perform(gesture, self.outlet)

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        self.outlet.act(to, "typing_on" if active else "typing_off")

    def mark_read(self, to: Address, external_id: str) -> None:
        self.outlet.act(to, "mark_seen")

    def name_of(self, who: Address) -> str:
        """docs: instagram-platform/…/user-profile. Instagram tells it of whoever has written a message."""
        scoped = self.account.scoped_id(who)
        try:
            told = self.graph.get(scoped, fields="name,username") if scoped else {}
        except PermanentFailure:
            return ""
        return text(told.get("name")) or text(told.get("username"))

    def fetch(self, file: File) -> File:
        """From Meta's CDN, without our token: the address itself is signed, for a few days."""
        got = http.fetch(file.url, max_bytes=MAX_BYTES)
        return dataclasses.replace(
            file, content=got.content, content_type=got.content_type, size=len(got.content)
        )

    def check(self) -> Health:
        return checking.check(self.graph, self.settings, self.channel)
