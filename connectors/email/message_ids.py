"""Message-IDs: those we give (recognisable as ours), and the key of those we get (missing, reused, forged)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

# RFC 5322 3.6.4, wider: what programs really send, but nothing that could break a header or a log line.
_USABLE = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,390}>")
_CHECK = 12


def _check(public_id: str, address: str) -> str:
    return hashlib.sha256(f"{address}:{public_id}".encode()).hexdigest()[:_CHECK]


def make(public_id: str, address: str) -> str:
    """The Message-ID of our message: the same each time it is tried, and unguessable since the public id is random.

    The digits after the dot only say that the id was given at this address of ours, and prove nothing.
    """
    return f"<{public_id}.{_check(public_id, address)}@{address.rpartition('@')[2]}>"


def public_id_of(message_id: str, address: str) -> str:
    """The public id in a Message-ID that we gave at this address, or "" if it is somebody else's."""
    local = message_id.strip("<> ").rpartition("@")[0]
    public_id, _dot, check = local.rpartition(".")
    return public_id if public_id and check == _check(public_id, address) else ""


def usable(message_id: str | None) -> str:
    """The Message-ID in its angle brackets (with or without which it came), or "" if it cannot serve as one."""
    candidate = f"<{(message_id or '').strip().strip('<>')}>"
    return candidate if _USABLE.fullmatch(candidate) and candidate.isascii() else ""


def usable_of(message_ids: Iterable[str]) -> tuple[str, ...]:
    """The usable ones, in their order, each once."""
    return tuple(dict.fromkeys(filter(None, map(usable, message_ids))))


def key(message_id: str, raw: bytes, *, whole_size: int = 0) -> str:
    """What makes a mail the same mail: its Message-ID and a digest of what does not change on the way.

    Twenty mails with one Message-ID are twenty; one mail fetched twice, or through two of our addresses, is one. Headers that
    each server adds (Received, Delivered-To) do not count. Of a mail fetched in part the whole's size stands for its body.
    """
    header, body = _halves(raw)
    digest = hashlib.sha256()
    for name in (b"from", b"date", b"subject", b"message-id"):
        digest.update(b"%s:%s\n" % (name, header.get(name, b"")))
    digest.update(
        b"%d" % whole_size if whole_size else b"\n".join(line.rstrip() for line in body.splitlines()).strip()
    )
    return f"{message_id} {digest.hexdigest()[:32]}".strip()


def _halves(raw: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """The first of each header, unfolded and without spaces at the ends, and the body as it came."""
    end = re.search(rb"\r?\n\r?\n", raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    fields: dict[bytes, bytes] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(name.strip().lower(), b" ".join(value.split()))
    return fields, body
