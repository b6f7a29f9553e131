"""How often one address or account may ask. Counted in the cache, so that all processes count together. The limits are the rooms' own."""

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
        log.warning("Nobody is limited now: the cache does not answer (%s).", type(error).__name__)
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
