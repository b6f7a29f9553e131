"""How much one visitor, one address and one channel may ask of us. Counted in the cache, so that all processes count together."""

from __future__ import annotations

import ipaddress
import logging
import time
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` within a window of `seconds`."""

    name: str
    most: int
    seconds: int


SESSIONS_OF_IP = Limit("session-ip", 30, 60)
SESSIONS_OF_CHANNEL = Limit("session-channel", 600, 60)
VOUCHING_OF_IP = Limit("vouch-ip", 60, 60)
INTRODUCTIONS = Limit("intro", 5, 3600)
INTRODUCTIONS_OF_IP = Limit("intro-ip", 20, 3600)
MESSAGES = Limit("message", 30, 60)
MESSAGES_OF_IP = Limit("message-ip", 120, 60)
CALLS_OF_IP = Limit("call-ip", 600, 60)
SOCKETS_OF_IP = Limit("socket-ip", 120, 60)
UPLOADS = Limit("upload", 40, 24 * 3600)
UPLOADS_OF_IP = Limit("upload-ip", 200, 24 * 3600)
UPLOADED_BYTES = Limit("upload-bytes", 60_000_000, 24 * 3600)


def spend(limit: Limit, who: str, amount: int = 1) -> int:
    """Count `amount` for `who`. 0 if that is within the limit, else the seconds to wait. A dead cache limits nobody."""
    now = time.time()
    window, passed = divmod(now, limit.seconds)
    key = f"limit:{limit.name}:{who}:{int(window)}"
    try:
        cache.add(key, 0, limit.seconds + 5)
        used = cache.incr(key, amount)
    except ValueError:
        return 0  # the window ended between the two calls
    except (RedisError, OSError) as error:
        log.warning("Visitors are not limited now: the cache does not answer (%s).", type(error).__name__)
        return 0
    return 0 if used <= limit.most else max(1, int(limit.seconds - passed))


def network(ip: str) -> str:
    """Whom an address stands for: itself, or the /64 that one IPv6 subscriber has all of."""
    try:
        parsed = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
    return str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed)
