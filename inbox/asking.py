"""Asking providers about a channel: does it still work, which templates are there; and telling them that we have read. For tasks, never
inside a transaction."""

from __future__ import annotations

import logging

from inbox import registry
from inbox.actions import channels, identify, templates, traffic
from inbox.contract import Address, ChannelBroken, ContractError, Health, TemporaryFailure
from inbox.models import Channel, Conversation, Message
from inbox.models.channels import ChannelState
from inbox.models.messages import Direction

log = logging.getLogger(__name__)


def check(channel: Channel) -> Health:
    """Really connect, and keep what came of it: the lines, the day a credential ends, a younger token; a refused one stops the channel,
    one that works again starts it. Never raises."""
    try:
        health = registry.connector_for(channel).check()
    except ChannelBroken as error:
        health = Health(ok=False, broken=True, lines=(error.reason,))
    except ContractError as error:
        health = Health(ok=False, lines=(error.reason,))
    except Exception as error:
        log.exception("Channel %s could not be checked", channel.pk)
        health = Health(
            ok=False, lines=(f"The check failed because of a fault of ours ({type(error).__name__}).",)
        )
    channels.note_check(channel_id=channel.pk, health=health)
    return health


def sync_templates(channel: Channel) -> int | None:
    """Ask for the channel's templates; how many there are, or None if the provider did not say. Trouble is noted at the channel."""
    try:
        found = list(registry.connector_for(channel).templates())
    except ChannelBroken as error:
        channels.stop_broken(channel_id=channel.pk, reason=error.reason)
    except ContractError as error:
        traffic.trouble(channel_id=channel.pk, reason=error.reason)
    else:
        return templates.keep(channel=channel, templates=found)
    return None


def with_templates() -> list[int]:
    """The active channels whose kind has templates."""
    active = Channel.objects.filter(state=ChannelState.ACTIVE)
    return [each.pk for each in active.defer("settings") if registry.capabilities(each.kind).templates]


def tell_read(conversation: Conversation) -> None:
    """Tell the customer that we have read their latest message there. It is a courtesy: failures are only logged."""
    last = (
        Message.objects.filter(
            conversation=conversation, direction=Direction.INBOUND, channel=conversation.last_channel
        )
        .exclude(external_id=None)
        .select_related("channel", "identity")
        .order_by("-occurred_at", "-pk")
        .first()
    )
    if (
        last is None
        or last.channel is None
        or last.identity is None
        or last.channel.state != ChannelState.ACTIVE
    ):
        return
    try:
        to = Address(space=last.identity.space, value=last.identity.value, name=last.identity.name)
        registry.connector_for(last.channel).mark_read(to, last.external_id or "")
    except ContractError as error:
        log.info("That it was read could not be told on channel %s: %s", last.channel.pk, error)


def names(*, limit: int = 20) -> int:
    """Ask what people are called who wrote lately from addresses that came without a name; each is asked for once. How many have one now."""
    named = 0
    kinds = [kind for kind, known in registry.kinds().items() if known.capabilities.names]
    for channel in Channel.objects.filter(kind__in=kinds, state=ChannelState.ACTIVE):
        space = registry.connector_class(channel.kind).space
        for identity in identify.nameless(space=space, scope=channel.scope, limit=limit):
            try:
                called = registry.connector_for(channel).name_of(
                    Address(space=identity.space, value=identity.value)
                )
            except (TemporaryFailure, ChannelBroken):
                break
            except ContractError as error:
                log.info("A name could not be asked for on channel %s: %s", channel.pk, error)
                called = ""
            named += identify.called(identity_id=identity.pk, name=called)
    return named
