"""A DNS server on loopback that knows the TXT records a test gives it, and nothing else."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@contextlib.contextmanager
def knowing(records: Mapping[str, list[str]], *, silent: bool = False) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks this server. `records`: name → TXT texts (none: the name exists without TXT). `silent`: never answers."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                data, asker = server.recvfrom(4096)
                if not data:
                    return
                if not silent:
                    server.sendto(_answer(data, records), asker)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = server.getsockname()[1]
    try:
        yield resolver
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", server.getsockname())
        thread.join(5)
        server.close()


def _answer(data: bytes, records: Mapping[str, list[str]]) -> bytes:
    asked = dns.message.from_wire(data)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    name = asked.question[0].name
    texts = records.get(name.to_text(omit_final_dot=True))
    if texts is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif texts:
        quoted = [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)) for text in texts]
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
    return answer.to_wire()
