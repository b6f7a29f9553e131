"""Connections to addresses somebody else chose: only public IP addresses, checked when connecting, within one deadline.

What is asked over such a connection is connectors/http.py.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore
from django.conf import settings

from inbox.contract import PermanentFailure

# Only this part of IPv6 is handed out for the public (IANA IPv6 Global Unicast Address Assignments).
PUBLIC_IPV6 = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
# Public by number, private by use: IETF protocol assignments (Oracle's metadata) and Azure's host agent.
NEVER_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))


class AddressRefused(PermanentFailure):
    """The address is not one we fetch from: inside a network, not http(s), or malformed."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; IPv4 inside IPv6 is judged as IPv4."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in network for network in NEVER_IPV4)
    inner = _ipv4_inside(ip)
    if inner is not None:
        return is_public(str(inner))
    return ip in PUBLIC_IPV6 and ip.is_global and not ip.is_multicast


def _ipv4_inside(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that ::ffff:a.b.c.d, 6to4 (RFC 3056) or NAT64 (RFC 6052) stands for."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, in the system's order. Raises OSError. Reads 127.1 and 0x7f.1 as connect() would."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(httpcore.NetworkBackend):
    """Opens connections for one exchange: resolves once, refuses unless every address is public, connects to what it checked.

    So a name that changes between check and use (DNS rebinding) gains nothing. `allow` names host:port pairs that are
    trusted although they are private; default: settings.GUARDED_HTTP_ALLOW. Raises AddressRefused.
    """

    def __init__(
        self,
        timeout: timedelta,
        *,
        allow: Collection[str] | None = None,
        resolver: Callable[[str, int], list[str]] = resolve,
        dialer: httpcore.NetworkBackend | None = None,
    ) -> None:
        self.seconds = timeout.total_seconds()
        self.deadline = time.monotonic() + self.seconds
        self.allow = settings.GUARDED_HTTP_ALLOW if allow is None else allow
        self.resolver = resolver
        self.dialer = dialer or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address.")
        for address in self.addresses(host, port):
            try:
                left = remaining(self.deadline, timeout, httpcore.ConnectTimeout)
                stream = self.dialer.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return DeadlineStream(stream, self.deadline)
        raise failure

    def addresses(self, host: str, port: int) -> list[str]:
        """What to connect to. Raises AddressRefused if any answer is private: a mixed answer is an attempt, not a mistake."""
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} was not found.") from error
        if f"{host}:{port}" not in self.allow and not all(map(is_public, found)):
            raise AddressRefused(
                f"{host} is inside a private network. Files and hooks are only exchanged with public addresses.",
                code="address_refused",
            )
        return found


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every operation ends by the deadline, so that a peer sending a byte now and then cannot hold us."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, remaining(self.deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, remaining(self.deadline, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = remaining(self.deadline, timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


def remaining(deadline: float, timeout: float | None, late: type[Exception]) -> float:
    """Seconds left, at most `timeout`. Raises `late` once there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("The exchange took too long.")
    return left if timeout is None else min(left, timeout)
