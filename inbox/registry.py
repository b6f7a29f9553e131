"""Which connector serves a kind, and a connector built for a channel. Filled once at start by connectors/apps.py."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from inbox.contract import Address, Capabilities, ChannelBroken, ChannelInfo, Connector, ContractError
from inbox.secrets import Unreadable

if TYPE_CHECKING:
    from inbox.models import Channel

_connectors: dict[str, type[Connector]] = {}


class UnknownKind(ContractError):
    """No connector folder has this name."""


class BadSettings(ChannelBroken):
    """A channel's stored settings do not fit its connector (a field is missing after an upgrade, say), or cannot be read."""


def register(connector: type[Connector]) -> None:
    """Make a connector known. Registering the same class twice is harmless; two classes of one kind are an error."""
    known = _connectors.setdefault(connector.kind, connector)
    if known is not connector:
        raise UnknownKind(f"Two connectors call themselves “{connector.kind}”.")


def kinds() -> dict[str, type[Connector]]:
    """All connectors by kind, in alphabetical order of their labels."""
    return dict(sorted(_connectors.items(), key=lambda item: item[1].label))


def connector_class(kind: str) -> type[Connector]:
    """The class for a kind. Raises UnknownKind."""
    try:
        return _connectors[kind]
    except KeyError:
        raise UnknownKind(f"There is no connector “{kind}”. Is its folder still in connectors/?") from None


def capabilities(kind: str) -> Capabilities:
    """What channels of this kind can do; nothing at all for a kind that is gone."""
    known = _connectors.get(kind)
    return known.capabilities if known else Capabilities(can_start=False)


def typed_address(text: str, country: str = "") -> Address | None:
    """The address somebody typed, in its one spelling, by the first connector that can read it; None if none can.

    `country` reads national numbers; the installation's own by default.
    """
    country = country or getattr(settings, "DEFAULT_COUNTRY", "")
    found = (connector.typed(text.strip(), country) for connector in kinds().values())
    return next((address for address in found if address is not None), None)


def manual(kind: str) -> str:
    """The README of a connector's folder, for whoever sets up a channel; "" without one. Raises UnknownKind."""
    file = Path(inspect.getfile(connector_class(kind))).with_name("README.md")
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def polls(channel: Channel) -> bool:
    """Whether this channel is fetched rather than posted to, with its settings as they are. One whose settings do not fit counts as
    fetched: the attempt tells why."""
    if not capabilities(channel.kind).polls:
        return False
    try:
        return connector_for(channel).polling
    except ContractError:
        return True


def hook_url(public_id: str) -> str:
    """Where the provider posts a channel's events."""
    return f"{settings.PUBLIC_URL}/hooks/{public_id}"


def build_settings(kind: str, values: dict[str, Any]) -> Any:
    """The connector's frozen Settings from stored values; unknown keys are ignored. Raises BadSettings."""
    shape = connector_class(kind).Settings
    if isinstance(values, Unreadable):
        raise BadSettings(
            "The settings cannot be read: their key is not in FIELD_KEYS any more. "
            "Put the old key back at the end of FIELD_KEYS, or enter the channel's settings again."
        )
    names = {field.name for field in dataclasses.fields(shape)}
    try:
        return shape(**{name: value for name, value in values.items() if name in names})
    except (TypeError, ValueError) as error:
        raise BadSettings(
            f"The settings do not fit: {error}. Open the channel's settings and save them again."
        ) from error


def connector_for(channel: Channel) -> Connector:
    """A connector ready to work for this channel. Raises UnknownKind or BadSettings."""
    info = ChannelInfo(
        id=channel.pk,
        public_id=channel.public_id,
        name=channel.brand or channel.name,
        hook_url=hook_url(channel.public_id),
        public_url=settings.PUBLIC_URL,
        country=getattr(settings, "DEFAULT_COUNTRY", ""),
    )
    return connector_class(channel.kind)(build_settings(channel.kind, channel.settings), info)
