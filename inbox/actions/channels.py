"""Channels: adding, changing, pausing, stopping. What traffic leaves on them is in traffic.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inbox import queueing, registry
from inbox.actions import record, traffic
from inbox.actions.errors import Refused
from inbox.contract import Health
from inbox.models import Agent, Channel, ChannelHealth, Desk, Team
from inbox.models.channels import ChannelState
from inbox.text import storable


@transaction.atomic
def add(
    *,
    actor: Agent | None,
    kind: str,
    name: str,
    values: Mapping[str, Any],
    desk: Desk,
    team: Team | None = None,
    brand: str = "",
    purpose: str = "",
) -> Channel:
    """Configure a new channel. Raises Refused when the name is taken or a setting is missing; registry.UnknownKind."""
    channel = Channel(
        kind=kind,
        name=_free_name(name),
        desk=desk,
        team=team,
        brand=brand[:120],
        purpose=purpose[:200],
        settings=dict(values),
    )
    _ask_connector(channel)
    channel.save()
    ChannelHealth.objects.create(channel=channel)
    record.audit("channel added", actor=actor, about=channel)
    return channel


@transaction.atomic
def change(
    *, actor: Agent | None, channel: Channel, values: Mapping[str, Any] | None = None, **columns: Any
) -> Channel:
    """Change settings and columns (name, desk, team, brand, purpose). A secret left empty keeps its old value.

    Raises Refused when the name is taken.
    """
    if "name" in columns:
        columns["name"] = _free_name(columns["name"], channel)
    if values is not None:
        channel.settings = {**channel.settings, **_without_empty_secrets(channel.kind, values)}
    for column, value in columns.items():
        if column not in ("name", "desk", "team", "brand", "purpose"):
            raise Refused(_("“%(name)s” cannot be changed here.") % {"name": column})
        setattr(channel, column, value)
    _ask_connector(channel)
    if channel.state == ChannelState.BROKEN:
        channel.state, channel.state_reason = ChannelState.ACTIVE, ""
    channel.save()
    record.audit(
        "channel changed",
        actor=actor,
        about=channel,
        data={"columns": sorted(columns), "settings": sorted(values or {})},
    )
    queueing.after_commit("inbox.tasks.send_due")
    return channel


def _free_name(name: str, channel: Channel | None = None) -> str:
    clean = " ".join(storable(name).split())[:120]
    if not clean:
        raise Refused(_("Give the channel a name."))
    others = Channel.objects.exclude(pk=channel.pk) if channel else Channel.objects.all()
    if others.filter(name=clean).exists():
        raise Refused(_("There is already a channel called “%(name)s”.") % {"name": clean})
    return clean


def secrets_of(kind: str) -> set[str]:
    """The names of a connector's secret settings."""
    shape = registry.connector_class(kind).Settings
    return {field.name for field in dataclasses.fields(shape) if field.metadata.get("secret")}


def _without_empty_secrets(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    secret = secrets_of(kind)
    return {name: value for name, value in values.items() if name not in secret or value not in ("", None)}


def _ask_connector(channel: Channel) -> None:
    """What the connector says of a channel with these settings is kept beside them."""
    connector = registry.connector_for(channel)
    channel.address, channel.scope = storable(connector.address)[:320], storable(connector.scope)[:120]


@transaction.atomic
def pause(*, actor: Agent | None, channel: Channel, reason: str = "") -> Channel:
    """Stop sending and fetching; what comes in by hooks is still kept. Queued messages wait."""
    return _set_state(channel, ChannelState.PAUSED, reason, actor)


@transaction.atomic
def resume(*, actor: Agent | None, channel: Channel) -> Channel:
    """Work again, and send what waited."""
    queueing.after_commit("inbox.tasks.send_due")
    return _set_state(channel, ChannelState.ACTIVE, "", actor)


@transaction.atomic
def stop_broken(*, channel_id: int, reason: str) -> None:
    """The credentials no longer work: stop using the channel and say why. Its queued messages wait for a repair."""
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is not None and channel.state == ChannelState.ACTIVE:
        _set_state(channel, ChannelState.BROKEN, reason, None)
        traffic.trouble(channel_id=channel_id, reason=reason)


@transaction.atomic
def note_check(*, channel_id: int, health: Health) -> None:
    """What a check found: refused credentials stop the channel, a channel that works again works on and sends what waited, a younger
    token takes the place of the old one."""
    traffic.checked(channel_id=channel_id, health=health)
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        return
    if health.renewed:
        channel.settings = {**channel.settings, **health.renewed}
        channel.save(update_fields=["settings", "changed_at"])
        record.audit("channel renewed", actor=None, about=channel, data={"settings": sorted(health.renewed)})
    if health.broken:
        stop_broken(channel_id=channel_id, reason=" ".join(health.lines[:1]))
    elif health.ok and channel.state == ChannelState.BROKEN:
        _set_state(channel, ChannelState.ACTIVE, "", None)
        queueing.after_commit("inbox.tasks.send_due")


def _set_state(channel: Channel, state: ChannelState, reason: str, actor: Agent | None) -> Channel:
    channel.state, channel.state_reason = state, storable(reason)[:300]
    channel.save(update_fields=["state", "state_reason", "changed_at"])
    record.audit(f"channel {state}", actor=actor, about=channel)
    return channel
