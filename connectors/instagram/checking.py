"""“Check connection”: the token (renewed where it ends), whose account it is, and whether its events come to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.instagram.reading import TOPIC
from connectors.instagram.settings import FIELDS, PAGE_FIELDS, PAGE_SCOPES, InstagramSettings
from connectors.meta import checks
from connectors.meta.checks import Found
from connectors.meta.graph import Graph
from connectors.meta.reading import Json, mapping, number, rows, text
from inbox.contract import ChannelInfo, Health, PermanentFailure


def check(graph: Graph, settings: InstagramSettings, channel: ChannelInfo) -> Health:
    renewed: dict[str, Any] = {}
    found = _by_page(graph, settings, channel) if settings.by_page else _by_account(graph, settings, renewed)
    return replace(checks.health(found), renewed=renewed)


def _by_page(graph: Graph, settings: InstagramSettings, channel: ChannelInfo) -> Iterator[Found]:
    yield from checks.token(graph, settings.app_id, PAGE_SCOPES)
    page = graph.get(settings.page_id, fields="name,instagram_business_account{id,username}")
    account = mapping(page.get("instagram_business_account"))
    whose = _whose(account, text(account.get("id")), settings)
    yield whose
    if not whose.fine:
        return
    yield from checks.hook(graph, settings.app_id, TOPIC, channel)
    yield from checks.subscription(graph, f"{settings.page_id}/subscribed_apps", settings.app_id, PAGE_FIELDS)


def _by_account(graph: Graph, settings: InstagramSettings, renewed: dict[str, Any]) -> Iterator[Found]:
    """The app's own token is not for this API: what a token may do shows only when it is used."""
    told = graph.get("me", fields="user_id,username")
    # The documents show it in a list; the API gives it bare.
    me = next(iter(rows(told.get("data"))), told)
    whose = _whose(me, text(me.get("user_id")), settings)
    yield whose
    if not whose.fine:
        return
    yield _renewal(graph, renewed)
    yield from checks.subscription(graph, "me/subscribed_apps", settings.app_id, FIELDS)


def _whose(account: Json, found: str, settings: InstagramSettings) -> Found:
    if found == settings.account_id:
        return Found(fine=True, line=f"The account is @{text(account.get('username'))}.")
    if found:
        return Found(fine=False, line=f"The access token is for the account {found}, not for this one.")
    return Found(fine=False, line="The access token has no professional Instagram account.")


def _renewal(graph: Graph, renewed: dict[str, Any]) -> Found:
    """A token of a day or more is exchanged for one of 60 days (docs: instagram-platform/reference/refresh_access_token)."""
    parts = urlsplit(graph.base)
    unversioned = replace(graph, base=f"{parts.scheme}://{parts.netloc}")
    try:
        told = unversioned.get(
            "refresh_access_token", grant_type="ig_refresh_token", access_token=graph.token
        )
    except PermanentFailure as error:
        # Younger than a day: the next check will do it.
        return Found(fine=True, line=f"The access token works. It could not be renewed today. {error.reason}")
    token, seconds = text(told.get("access_token")), number(told.get("expires_in")) or 0
    if not token or seconds <= 0:
        return Found(fine=False, line="Instagram has not renewed the access token.")
    if token != graph.token:
        renewed["access_token"] = token
    ends = (datetime.now(UTC) + timedelta(seconds=min(seconds, 1e8))).replace(microsecond=0)
    return Found(fine=True, line="The access token works and was renewed for 60 days.", expires_at=ends)
