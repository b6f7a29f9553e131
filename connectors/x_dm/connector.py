"""Direct messages and mentions on X, by the Account Activity API. What it costs and how to set it up: README.md beside this file."""

from __future__ import annotations

import json
from collections.abc import Iterable

import httpx

from connectors import http
from connectors.guard import Guard
from connectors.x_dm import reading, signature
from connectors.x_dm.settings import XSettings
from inbox.contract import (
    Accepted,
    Capabilities,
    Connector,
    ContractError,
    File,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    PermanentFailure,
    Request,
    Response,
)

PRIVATE = (".twitter.com", ".x.com")
PUBLIC = (".twimg.com",)


class XConnector(Connector):
    kind = "x_dm"
    label = "X"
    space = reading.SPACE
    capabilities = Capabilities(
        text_limit=10_000,
        files=FileRules(
            types=("image/jpeg", "image/png", "image/gif"),
            max_bytes=5_000_000,
            total_bytes=20_000_000,
            max_count=4,
        ),
        receipts=("read",),
        typing=True,
        deletes=True,
        public=True,
        can_start=False,
    )
    Settings = XSettings
    settings: XSettings

    @property
    def scope(self) -> str:
        """Ids mean something to one account only."""
        return f"{self.settings.user_id}/"

    def verify(self, request: Request) -> None:
        signature.verify(request, self.settings.consumer_secret)

    def answer(self, request: Request) -> Response | None:
        """X asks every hour whether we hold the secret."""
        if request.method != "GET":
            return None
        token = signature.digest(self.settings.consumer_secret, signature.crc_token(request).encode())
        return Response(body=json.dumps({"response_token": token}).encode(), content_type="application/json")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return reading.events(request, user_id=self.settings.user_id, mentions=self.settings.mentions)

    def send(self, message: OutboundMessage) -> Accepted:
        from connectors.x_dm import sending  # oauthlib is needed by nobody else

        return sending.send(message, self.settings)

    def fetch(self, file: File) -> File:
        """Pictures of direct messages need our signature, which goes to X's own hosts only."""
        from connectors.x_dm.api import authorization  # oauthlib is needed by nobody else

        where = http.checked(file.url)
        private = self._at(where, PRIVATE)
        if not (private or self._at(where, PUBLIC)):
            raise PermanentFailure("The file is not at X.", code="address_refused")
        headers = authorization(self.settings, "GET", file.url) if private else None
        got = http.fetch(file.url, headers=headers, guard=Guard(http.TIMEOUT))
        return File(
            name=file.name,
            content_type=got.content_type,
            content=got.content,
            url=file.url,
            size=len(got.content),
        )

    def check(self) -> Health:
        """Whose keys these are."""
        from connectors.x_dm.api import call  # oauthlib is needed by nobody else

        try:
            data = call(self.settings, "GET", "/2/users/me").get("data")
        except ContractError as error:
            return Health(ok=False, lines=(error.reason,))
        found = data if isinstance(data, dict) else {}
        if str(found.get("id")) != self.settings.user_id:
            return Health(
                ok=False, lines=(f"These keys belong to account {found.get('id')}, not to this one.",)
            )
        return Health(ok=True, lines=(f"The keys are those of @{found.get('username')}.",))

    def _at(self, where: httpx.URL, hosts: tuple[str, ...]) -> bool:
        if self.settings.api_url and hosts is PRIVATE:
            own = http.checked(self.settings.api_url)
            return (where.scheme, where.host, where.port) == (own.scheme, own.host, own.port)
        return where.scheme == "https" and f".{where.host}".endswith(hosts)
