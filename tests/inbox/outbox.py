"""A channel whose connector does what a test says: the real registry, engine and database, only the provider is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from inbox.contract import (
    Accepted,
    Capabilities,
    Connector,
    ContractError,
    FileRules,
    InboundEvent,
    OutboundMessage,
    Request,
)

Provider = Callable[[OutboundMessage], Accepted]


def accepts(message: OutboundMessage) -> Accepted:
    return Accepted(external_id=f"provider-{message.key}")


class TestConnector(Connector):
    """Sends by calling `provider`; keeps what it was given in `sent`."""

    __test__ = False
    kind = "outbox"
    label = "Outbox"
    space = "sandbox"
    capabilities = Capabilities(
        text_limit=200,
        files=FileRules(max_count=2, max_bytes=100, types=("text/",)),
        formats=("plain", "html"),
    )
    sent: ClassVar[list[OutboundMessage]] = []
    provider: ClassVar[Provider] = staticmethod(accepts)

    def verify(self, request: Request) -> None:
        """Everybody is the provider here."""

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return ()

    def send(self, message: OutboundMessage) -> Accepted:
        type(self).sent.append(message)
        return type(self).provider(message)


class MailLike(TestConnector):
    """The same with subject, Cc and a reference fixed before sending."""

    kind = "maillike"
    label = "Mail-like"
    capabilities = Capabilities(subject=True, cc=True, carries_unread=True, formats=("plain", "html"))

    def reference_for(self, public_id: str) -> str:
        return f"<{public_id}@shop.example>"


class LiveLike(TestConnector):
    """Somebody may be waiting at the other end."""

    kind = "livelike"
    label = "Live-like"
    space = "visitor"
    capabilities = Capabilities(live=True)


def failing(error: ContractError) -> Any:
    """A provider that always answers with this error."""

    def provider(message: OutboundMessage) -> Accepted:
        raise error

    return staticmethod(provider)
