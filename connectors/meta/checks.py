"""What Messenger and Instagram ask of Graph when somebody presses “Check connection”, and once a day: each answer is one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.meta import tokens
from connectors.meta.graph import Graph
from connectors.meta.reading import mapping, rows, text
from inbox.contract import ChannelBroken, ChannelInfo, ContractError, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing tried. `expires_at`: when a credential ends."""

    fine: bool
    line: str
    expires_at: datetime | None = None


def health(found: Iterator[Found]) -> Health:
    """All that was found; the first refusal ends it, and one of our credentials stops the channel (its line comes first)."""
    lines: list[str] = []
    ends: list[datetime] = []
    fine, broken = True, False
    try:
        for each in found:
            lines.append(each.line)
            fine = fine and each.fine
            ends += [each.expires_at] if each.expires_at else []
    except ContractError as error:
        fine, broken = False, isinstance(error, ChannelBroken)
        lines.insert(0 if broken else len(lines), error.reason)
    return Health(ok=fine, lines=tuple(lines), expires_at=min(ends, default=None), broken=broken)


def token(graph: Graph, app_id: str, scopes: Iterable[str]) -> Iterator[Found]:
    """Valid, until when, and with which permissions. Raises ChannelBroken if it is not valid."""
    known = tokens.inspect(graph, app_id)
    if not known.valid:
        raise ChannelBroken(f"The access token does not work any more. {known.reason}".strip(), code="190")
    if known.expires_at:
        line = f"The access token works until {known.expires_at:%Y-%m-%d}."
        yield Found(fine=True, line=line, expires_at=known.expires_at)
    else:
        yield Found(fine=True, line="The access token works and does not expire.")
    missing = known.missing(scopes)
    if missing:
        yield Found(fine=False, line=f"The access token lacks permissions: {', '.join(missing)}.")


def hook(graph: Graph, app_id: str, topic: str, channel: ChannelInfo) -> Iterator[Found]:
    """Where the app's events of `topic` go (docs: graph-api/reference/app/subscriptions)."""
    listed = graph.as_app(app_id).get(f"{app_id}/subscriptions").get("data")
    ours = [each for each in rows(listed) if each.get("object") == topic]
    address = text(ours[0].get("callback_url")) if ours else ""
    if address == channel.hook_url:
        yield Found(fine=True, line="Meta sends the app's events to us.")
    elif address:
        yield Found(
            fine=False,
            line=f"Meta sends the app's events elsewhere: {address}. Enter {channel.hook_url} in the app.",
        )
    else:
        yield Found(
            fine=False,
            line=f"Meta sends us nothing yet. Enter {channel.hook_url} as the app's webhook for “{topic}”.",
        )


def subscription(graph: Graph, edge: str, app_id: str, wanted: Iterable[str]) -> Iterator[Found]:
    """That our app hears of the page or account; it is subscribed here if it does not (docs: graph-api/reference/page/subscribed_apps)."""
    listed = rows(graph.get(edge).get("data"))
    ours = [each for each in listed if text(each.get("id")) == app_id or len(listed) == 1]
    fields = {text(f) for each in ours for f in each.get("subscribed_fields") or () if isinstance(f, str)}
    missing = [each for each in wanted if each not in fields]
    if not missing:
        yield Found(fine=True, line="Our app hears of messages and comments.")
        return
    answer = graph.post(edge, {}, subscribed_fields=",".join(wanted))
    done = mapping(answer).get("success") is True
    told = "We have subscribed to" if done else "Our app does not hear of"
    yield Found(fine=done, line=f"{told}: {', '.join(missing)}.")
