"""Continuity: what a visitor who left has not read goes after them to their mail (or whatever channel suits), once, in one message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby

from django.db.models import Case, Exists, F, OuterRef, When
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import permission, registry
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Status
from inbox.models import Channel, Delivery, Identity, Message, Purpose
from inbox.models.channels import ChannelState

NOT_OLDER_THAN = timedelta(days=2)
MAX_A_DAY = 3


AT_ONCE = 500

CARRIED = Exists(
    Message.objects.filter(
        customer=OuterRef("message__customer"),
        author=None,
        client_key__startswith="carried-",
        in_reply_to__channel=OuterRef("channel"),
        in_reply_to__identity=OuterRef("identity"),
        in_reply_to__gte=OuterRef("message"),
    )
)
"""A delivery whose message, or a later one of the same pair, has gone after its reader: then it has, too."""


def unread(
    *, older_than: timedelta, is_present: Callable[[Channel, Identity], bool]
) -> Iterator[list[Delivery]]:
    """Live messages sent before `older_than` ago and still not delivered or read, by pair, of people who are not there now.

    is_present: whether somebody waits at the other end of this channel under this identity.
    """
    now = timezone.now()
    kinds = [kind for kind, connector in registry.kinds().items() if connector.capabilities.live]
    pending = Delivery.objects.filter(
        ~CARRIED,
        channel__kind__in=kinds,
        status__in=[Status.SENT, Status.DELIVERED],
        sent_at__lt=now - older_than,
        sent_at__gt=now - NOT_OLDER_THAN,
        message__author__isnull=False,
    ).select_related("message__conversation", "channel", "identity__customer")
    # All of them, a page at a time: those that cannot be carried (nobody knows where to, the channel says never) stay until they
    # are too old, and must not hide the others.
    ordered = pending.order_by("channel", "identity", "id").iterator(AT_ONCE)
    for _pair, one_by_one in groupby(ordered, key=lambda each: (each.channel_id, each.identity_id)):
        listed = list(one_by_one)
        if not is_present(listed[0].channel, listed[0].identity):
            yield listed


def carry(listed: list[Delivery]) -> Message | None:
    """Send these unread messages in one by the best other channel. None if there is none."""
    first = listed[0]
    pair = _pair(first)
    if pair is None or _sent_today(pair[1]) >= MAX_A_DAY:
        return None
    newest = listed[-1].message
    key = f"carried-{newest.pk}"
    text = "\n\n".join(delivery.message.text for delivery in listed if delivery.message.text)
    composition = Composition(
        channel=pair[0],
        identity=pair[1],
        text=text or _("We sent you a file in the chat."),
        in_reply_to=newest.pk,
        purpose=Purpose.NOTICE,
    )
    try:
        return reply.automatic(
            conversation_id=first.message.conversation_id, composition=composition, client_key=key
        )
    except Refused:
        return None


def _pair(delivery: Delivery) -> tuple[Channel, Identity] | None:
    theirs = Identity.objects.filter(customer=delivery.identity.customer_id, undeliverable_at=None)
    preferred = delivery.identity.customer.preferred_identity_id
    usable = permission.allowing(theirs, Purpose.NOTICE).order_by(
        Case(When(pk=preferred, then=0), default=1), F("verified_at").desc(nulls_last=True), "pk"
    )
    for channel in Channel.objects.filter(desk=delivery.channel.desk_id, state=ChannelState.ACTIVE):
        connector = registry.connector_class(channel.kind)
        if connector.capabilities.carries_unread:
            identity = usable.filter(space=connector.space).first()
            if identity is not None:
                return channel, identity
    return None


def _sent_today(identity: Identity) -> int:
    """How many automatic messages this address got within a day: an address somebody typed must not become a mail bomb."""
    since = timezone.now() - timedelta(days=1)
    return Message.objects.filter(
        identity=identity, author=None, direction="outbound", occurred_at__gt=since
    ).count()
