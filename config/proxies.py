"""Which X-Forwarded-* headers are believed. ASGI level, so that pages, webhooks and sockets see the same client."""

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

FOR = b"x-forwarded-for"
PROTO = b"x-forwarded-proto"
SECURE = {"http": "https", "websocket": "wss"}
PLAIN = {"http": "http", "websocket": "ws"}


class TrustedProxies:
    """Puts the real client and scheme into the scope when the request came through a proxy we trust.

    PROXIES is one count (`["1"]`: the last so many hops are ours) or networks (`["10.0.0.0/8"]`). All
    X-Forwarded-* headers are then removed: whoever reads one further in would believe a stranger.
    """

    def __init__(self, app: App, proxies: Sequence[str]) -> None:
        self.app = app
        self.count = int(proxies[0]) if len(proxies) == 1 and proxies[0].isdecimal() else 0
        self.networks = [] if self.count else [ipaddress.ip_network(p) for p in proxies if not p.isdecimal()]

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in PLAIN:
            scope = self.corrected(scope)
        await self.app(scope, receive, send)

    def corrected(self, scope: Scope) -> Scope:
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        kept = [header for header in headers if not header[0].lower().startswith(b"x-forwarded-")]
        scope = {**scope, "headers": kept}
        peer = (scope.get("client") or ("", 0))[0]
        if not self.count and not self.trusts(peer):
            return scope
        hops = [*_values(headers, FOR), peer]
        client = self.behind_count(hops) if self.count else self.behind_networks(hops)
        if client != peer and _is_address(client):
            scope["client"] = (client, 0)
        protos = _values(headers, PROTO)
        if protos:
            secure = protos[-1].lower() in {"https", "wss"}
            scope["scheme"] = (SECURE if secure else PLAIN)[scope["type"]]
        return scope

    def behind_count(self, hops: list[str]) -> str:
        """With N proxies the client is the Nth entry from the right of X-Forwarded-For."""
        return hops[-self.count - 1] if len(hops) > self.count else hops[0]

    def behind_networks(self, hops: list[str]) -> str:
        """The rightmost hop that is not one of ours."""
        return next((hop for hop in reversed(hops) if not self.trusts(hop)), hops[0])

    def trusts(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self.networks if network.version == parsed.version)


def _values(headers: list[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """A header may come several times; together they are one list (RFC 9110 §5.3)."""
    joined = ",".join(value.decode("latin-1") for key, value in headers if key.lower() == name)
    return [part.strip() for part in joined.split(",") if part.strip()]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
