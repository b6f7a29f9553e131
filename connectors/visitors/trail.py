"""What a visitor does on the website, as their browser tells it: pages, carts, orders. Anybody can tell a browser what to say,
so it is marked as told by the web, may not be what only the shop can know, and links only to the channel's own websites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils import timezone

from connectors.visitors import frames, origins
from connectors.visitors.frames import BadFrame
from connectors.visitors.models import VisitorSession
from connectors.visitors.settings import VisitorSettings
from inbox import registry
from inbox.actions.told import REFERENCE, TITLE, URL, Told, problem
from inbox.contract import Address

SOURCE = "web"
KINDS = frozenset({"page", "search", "cart", "order", "review", "campaign", "app"})
"""That an order is ready or delivered, or that somebody was in the shop, only the shop's own systems say."""
OLDEST = timedelta(days=1)
"""What a browser kept for longer before it could tell is told as if it were a day old."""


def told(session: VisitorSession, frame: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a browser's word, checked: what a Touched needs, as JSON. Raises BadFrame."""
    kind = frame.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadFrame("kind")
    value, currency = _amount(frame)
    found = Told(
        kind=kind,
        source=SOURCE,
        external_id="x",
        occurred_at=timezone.now() - _age(frame),
        reference=_line(frame, "reference", REFERENCE),
        title=_line(frame, "title", TITLE),
        url=own_page(session, frame.get("url")),
        value=value,
        currency=currency,
        data=frame.get("data") or {},
        address=Address(space="x", value="x"),
    )
    if problem(found):
        raise BadFrame("touch")
    kept = {name: getattr(found, name) for name in ("kind", "reference", "title", "url", "currency", "data")}
    amount = "" if value is None else str(value)
    kept |= {"source": SOURCE, "value": amount, "now": frame.get("now") is True}
    return kept | {"at": found.occurred_at.isoformat()}


def own_page(session: VisitorSession, url: object) -> str:
    """The address if it is of a website that may show this chat, without what follows "#"; "" for any other."""
    if not isinstance(url, str) or len(url) > URL:
        return ""
    listed = registry.build_settings(session.channel.kind, session.channel.settings)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    own = settings.PUBLIC_URL
    if not isinstance(listed, VisitorSettings) or not origins.allowed(
        f"{parts.scheme}://{parts.netloc}", listed.origins, own=own
    ):
        return ""
    return urlunsplit(parts._replace(fragment=""))


def _line(frame: Mapping[str, Any], name: str, most: int) -> str:
    """One line of text, cut to what is kept: a page's title may be any length."""
    value = frame.get(name) or ""
    if not isinstance(value, str):
        raise BadFrame(name)
    return " ".join(value.split())[:most].strip()


def _amount(frame: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    """Both, or neither. Raises BadFrame."""
    value, currency = frame.get("value"), frame.get("currency") or ""
    if value is None or value == "":
        return None, ""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not isinstance(currency, str):
        raise BadFrame("value")
    try:
        return Decimal(str(value)[:40]), currency.strip().upper()
    except InvalidOperation as error:
        raise BadFrame("value") from error


def _age(frame: Mapping[str, Any]) -> timedelta:
    """How long ago it was, by the browser's own clock alone."""
    seconds = frame.get("ago", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0:
        raise BadFrame("ago")
    return min(timedelta(seconds=min(seconds, 1e6)), OLDEST)


def page_in_view(session: VisitorSession, frame: Mapping[str, Any]) -> tuple[str, str]:
    """Title and address of the page the visitor has in front of them. Raises BadFrame."""
    frames.client_id(frame)
    return _line(frame, "title", TITLE), own_page(session, frame.get("url"))
