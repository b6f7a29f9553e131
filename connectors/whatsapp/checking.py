"""Asks Meta what works: the token, the number, the account, and where its webhooks go (docs: whatsapp/business-management-api)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from connectors.meta.graph import Graph
from connectors.meta.reading import Json, mapping, rows, text
from connectors.meta.tokens import Token, inspect
from connectors.whatsapp.settings import WhatsAppSettings
from inbox.contract import ChannelBroken, ChannelInfo, ContractError, Health

Line = tuple[bool, str]

SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
FIELDS = (
    "display_phone_number,verified_name,status,quality_rating,name_status,throughput,health_status,"
    "webhook_configuration,is_on_biz_app,platform_type"
)
SOON = timedelta(days=7)
QUALITY = {
    "GREEN": "high",
    "YELLOW": "medium",
    "RED": "low",
    "UNKNOWN": "not rated yet",
    "NA": "not rated yet",
}


def check(settings: WhatsAppSettings, channel: ChannelInfo) -> Health:
    """Each thing tried as one line; the first refusal ends it. A refused token breaks the channel."""
    lines: list[Line] = []
    token: Token | None = None
    broken = False
    try:
        token = inspect(settings.graph, settings.app_id)
        lines.extend(_token(token))
        if token.valid:
            lines.extend(_tried(settings, channel))
    except ContractError as error:
        broken = isinstance(error, ChannelBroken)
        lines.append((False, error.reason))
    wrong = [text for fine, text in lines if not fine]
    return Health(
        ok=not wrong,
        # What is wrong goes first: of a broken channel the first line is the reason.
        lines=(*wrong, *(text for fine, text in lines if fine)),
        expires_at=token.expires_at if token else None,
        broken=broken or bool(token and not token.valid),
    )


def _token(token: Token) -> Iterator[Line]:
    if not token.valid:
        yield False, f"Meta refuses the access token. {token.reason or 'Make a new one.'}"
        return
    if missing := token.missing(SCOPES):
        yield False, f"The access token lacks the permission {', '.join(missing)}."
    if token.expires_at is None:
        yield True, "The access token works and never ends."
    elif token.expires_at - datetime.now(UTC) < SOON:
        yield False, f"The access token ends on {token.expires_at:%Y-%m-%d}. Make one that never ends."
    else:
        yield True, f"The access token works until {token.expires_at:%Y-%m-%d}."


def _tried(settings: WhatsAppSettings, channel: ChannelInfo) -> Iterator[Line]:
    graph = settings.graph
    number = graph.get(settings.phone_number_id, fields=FIELDS)
    yield from _number(number)
    yield from _account(graph, settings)
    yield from _subscription(graph, settings)
    yield _webhook(mapping(number.get("webhook_configuration")), channel)


def _number(number: Json) -> Iterator[Line]:
    shown, status = text(number.get("display_phone_number")), text(number.get("status")).lower()
    yield (
        status in {"connected", "flagged"},
        f"{shown} ({text(number.get('verified_name'))}) is {status or 'unknown'}.",
    )
    rating = text(number.get("quality_rating")).upper()
    if rating:
        yield rating != "RED", f"Its quality is {QUALITY.get(rating, rating.lower())}."
    name = text(number.get("name_status")).upper()
    if name in {"DECLINED", "EXPIRED", "NONE"}:
        yield False, "Its display name is not approved: Meta limits how many people you can write to."
    health = mapping(number.get("health_status"))
    able = text(health.get("can_send_message")).upper()
    if able in {"LIMITED", "BLOCKED"}:
        yield able != "BLOCKED", f"Meta says that sending is {able.lower()}. {_why(health)}".strip()


def _why(health: Json) -> str:
    """The first reason an entity gives (docs: whatsapp/support/health-status)."""
    for entity in rows(health.get("entities")):
        for error in rows(entity.get("errors")):
            return " ".join(
                part for name in ("error_description", "possible_solution") if (part := text(error.get(name)))
            )
    return ""


def _account(graph: Graph, settings: WhatsAppSettings) -> Iterator[Line]:
    account = graph.get(settings.waba_id, fields="id,name,owner_business_info")
    owner = mapping(account.get("owner_business_info"))
    if owner and text(owner.get("id")) != settings.portfolio_id:
        yield (
            False,
            f"The account belongs to the business portfolio {text(owner.get('id'))}: enter that ID in the settings.",
        )
    else:
        yield True, f"The WhatsApp Business account is “{text(account.get('name'))}”."


def _subscription(graph: Graph, settings: WhatsAppSettings) -> Iterator[Line]:
    apps = graph.pages(f"{settings.waba_id}/subscribed_apps")
    ids = {text(mapping(each.get("whatsapp_business_api_data")).get("id")) for each in apps}
    if settings.app_id in ids:
        yield True, "The app is subscribed to the account."
    else:
        yield (
            False,
            "The app is not subscribed to the account: nothing comes in. Subscribe it as the set-up steps say.",
        )


def _webhook(configured: Json, channel: ChannelInfo) -> Line:
    """The number's own address wins over the account's, and that over the app's (docs: webhooks/override)."""
    found = next(
        (url for name in ("phone_number", "whatsapp_business_account", "application") if (url := text(configured.get(name)))),
        "",
    )  # fmt: skip
    if found == channel.hook_url:
        return True, "Meta sends this number's webhooks to us."
    return (
        False,
        f"Meta sends this number's webhooks to {found or 'nobody'}. Set the address to {channel.hook_url}",
    )
