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
    channel.address = _address(channel)
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
    channel.address = _address(channel)
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


def _address(channel: Channel) -> str:
    return storable(registry.connector_for(channel).address)[:320]


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


def _set_state(channel: Channel, state: ChannelState, reason: str, actor: Agent | None) -> Channel:
    channel.state, channel.state_reason = state, storable(reason)[:300]
    channel.save(update_fields=["state", "state_reason", "changed_at"])
    record.audit(f"channel {state}", actor=actor, about=channel)
    return channel
