"""A touchpoint as somebody tells it, and what may be wrong with it. Keeping it is touchpoints.py."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from inbox.contract import Address
from inbox.models.story import TouchpointKind

SOURCE = 40
EXTERNAL_ID = 200
REFERENCE = 100
TITLE = 300
URL = 2000
DATA_BYTES = 8_000
DATA_DEPTH = 4
"""{"items": [{"name": "Chair"}]} is 3 deep."""
MOST_VALUE = Decimal(999_999_999_999)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CURRENCY = re.compile(r"[A-Z]{3}")
# C0 and C1 controls, lone surrogates, and the marks that turn the direction of what follows (CVE-2021-42574).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One touchpoint, told of a customer (customer_id) or of whoever has an address: one of the two.

    kind, currency, value   as inbox.models.story.Touchpoint says; an amount has both value and currency
    occurred_at             with a time zone; what lies ahead counts as now
    data                    JSON: at most DATA_BYTES and DATA_DEPTH deep
    """

    kind: str
    source: str
    external_id: str
    occurred_at: datetime
    reference: str = ""
    title: str = ""
    url: str = ""
    value: Decimal | None = None
    currency: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    customer_id: int | None = None
    address: Address | None = None


def problem(item: Told) -> str:
    """What is wrong with it in one plain sentence; "" if nothing is."""
    return next(filter(None, (check(item) for check in _CHECKS)), "")


def _kind(item: Told) -> str:
    if item.kind in TouchpointKind.values:
        return ""
    return _("The kind must be one of these: %(kinds)s.") % {"kinds": ", ".join(TouchpointKind.values)}


def _whose(item: Told) -> str:
    if (item.customer_id is None) != (item.address is None):
        empty = item.address is not None and not (item.address.space.strip() and item.address.value.strip())
        return _("The address is empty.") if empty else ""
    return _("Say whose it is: either a customer or an address.")


def _texts(item: Told) -> str:
    for name, text, most, needed in (
        ("source", item.source, SOURCE, True),
        ("external_id", item.external_id, EXTERNAL_ID, True),
        ("reference", item.reference, REFERENCE, False),
        ("title", item.title, TITLE, False),
    ):
        if needed and not text.strip():
            return _("“%(name)s” is missing.") % {"name": name}
        if len(text) > most:
            return _("“%(name)s” may have at most %(most)d characters.") % {"name": name, "most": most}
        if _UNSEEN.search(text):
            return _("“%(name)s” has characters that cannot be shown.") % {"name": name}
    return ""


def _url(item: Told) -> str:
    return "" if not item.url or is_web_address(item.url) else _("The url must be an http or https address.")


def is_web_address(url: str) -> bool:
    """Whether a link to it is safe to offer: http(s) with a host, nobody's password in it, nothing unseen or white."""
    if len(url) > URL or _UNSEEN.search(url) or re.search(r"[\s\\]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _amount(item: Told) -> str:
    if (item.value is None) != (not item.currency):
        return _("An amount needs both a value and a currency.")
    if item.value is None:
        return ""
    if not item.value.is_finite() or abs(item.value) > MOST_VALUE:
        return _("The value is not an amount that can be kept.")
    if not _CURRENCY.fullmatch(item.currency):
        return _("The currency must be three capital letters, as in EUR.")
    return ""


def _time(item: Told) -> str:
    if item.occurred_at.tzinfo is None:
        return _("The time needs a time zone.")
    return "" if item.occurred_at >= EARLIEST else _("The time is too long ago.")


def _data(item: Told) -> str:
    if not isinstance(item.data, dict) or not _is_json(item.data, DATA_DEPTH):
        return _("The data must be JSON, at most %(depth)d levels deep.") % {"depth": DATA_DEPTH}
    if len(json.dumps(item.data, ensure_ascii=False).encode()) > DATA_BYTES:
        return _("The data is too large: at most %(most)d bytes.") % {"most": DATA_BYTES}
    return ""


def _is_json(value: object, depth: int) -> bool:
    """Whether PostgreSQL can keep it: text without NUL and lone surrogates, numbers that are some, not too deep."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return not re.search("[\x00\ud800-\udfff]", value)
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return depth > 0 and all(
            isinstance(key, str) and _is_json(key, 0) and _is_json(each, depth - 1)
            for key, each in value.items()
        )
    return isinstance(value, list) and depth > 0 and all(_is_json(each, depth - 1) for each in value)


_CHECKS: tuple[Callable[[Told], str], ...] = (_kind, _whose, _texts, _url, _amount, _time, _data)
