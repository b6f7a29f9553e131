"""Links that carry a thread over: whoever opens one we sent to an address goes on as its holder, once, for a while."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from inbox import registry
from inbox.actions import apart, codes, identify, proving
from inbox.contract import Address, ContractError, PermanentFailure
from inbox.models import Channel, Continuation, Identity
from inbox.models.channels import ChannelState
from inbox.models.people import CustomerKind

LIFETIME = timedelta(days=3)
OWN_LIFETIME = timedelta(minutes=10)
"""For a link that shows what its maker wrote: they have the other device at hand."""
VARIABLE = re.compile(r"\{\{\s*continue_link\s*\}\}")
"""What an agent writes where the link shall stand. It is made when the message leaves; the thread never has it."""


def make(*, identity: Identity, channel: Channel, lifetime: timedelta = LIFETIME) -> str:
    """The secret of a link by which the holder of `identity` goes on at `channel`. Only its digest is kept."""
    secret = secrets.token_urlsafe(24)
    Continuation.objects.create(
        digest=_digest(secret), identity=identity, channel=channel, expires_at=timezone.now() + lifetime
    )
    return secret


def place(*, desk_id: int) -> Channel | None:
    """The channel of this desk at which whoever opens a link goes on, or None if none has a page for it."""
    kinds = [kind for kind, connector in registry.kinds().items() if connector.capabilities.live]
    working = Channel.objects.filter(kind__in=kinds, desk=desk_id, state=ChannelState.ACTIVE).order_by("pk")
    return next((channel for channel in working if _address(channel, "")), None)


def _address(channel: Channel, secret: str) -> str:
    try:
        return registry.connector_for(channel).continue_url(secret)
    except ContractError:
        return ""


def refusal(*, text: str, channel: Channel, identity: Identity, others: bool) -> str:
    """Why this message cannot carry the link its text asks for, as one sentence; "" if it can, or asks for none."""
    if not VARIABLE.search(text):
        return ""
    if registry.capabilities(channel.kind).live:
        return _("They are in the chat already. Take the link out.")
    if others:
        return _("The link makes whoever opens it that person. Leave the copies out, or the link.")
    if identity.shared or identity.customer.kind != CustomerKind.PERSON:
        return _("Several people read this address, and the link is for one. Take it out.")
    if place(desk_id=channel.desk_id) is None:
        return _(
            "No chat of this desk has a page to lead to. An admin sets it: Channels, web chat, “Page the chat is on”."
        )
    return ""


def shown(text: str) -> str:
    """A message's text as people read it: the variable by its name, never the link."""
    return VARIABLE.sub(lambda _found: _("[link to the chat]"), text)


def fill(text: str, html: str, *, identity: Identity, desk_id: int) -> tuple[str, str]:
    """Text and HTML of a message that leaves now, with a new link of its addressee's in place of the variable.

    Raises PermanentFailure if there is no place to lead to any more.
    """
    if not VARIABLE.search(text):
        return text, html
    channel = place(desk_id=desk_id)
    if channel is None:
        raise PermanentFailure(
            _("The chat has no page to lead to any more, so the link could not be made."), code="no_page"
        )
    url = _address(channel, make(identity=identity, channel=channel))
    shown = escape(url)
    return VARIABLE.sub(lambda _found: url, text), VARIABLE.sub(
        lambda _found: f'<a href="{shown}">{shown}</a>', html
    )


@transaction.atomic
def own(*, author: Address, channel: Channel) -> str:
    """The address of a page with which this author goes on elsewhere within OWN_LIFETIME; "" if the channel has no page."""
    if not _address(channel, ""):
        return ""
    who = identify.resolve([author])[identify.key_of(author)]
    secret = make(identity=Identity.objects.get(pk=who.id), channel=channel, lifetime=OWN_LIFETIME)
    return _address(channel, secret)


def send_own(*, author: Address, channel_id: int) -> bool:
    """Bring such a link to the address that the author has proven last. False if there is none, or it takes nothing from us.

    Raises contract errors: the task tries again.
    """
    channel = Channel.objects.get(pk=channel_id)
    to = codes.proven_by(author)
    carrier = apart.carrier(to, desk_id=channel.desk_id) if to else None
    url = own(author=author, channel=channel) if carrier else ""
    if to is None or carrier is None or not url:
        return False
    brand = apart.brand(carrier)
    text = _(
        "Go on with your conversation with %(brand)s here, once and within ten minutes: %(url)s"
        " Whoever opens it reads what you wrote: give it to nobody."
    )
    key = f"link-{_digest(url)[:24]}"
    subject = _("Your conversation with %s") % brand
    return apart.send(
        to=to, channel=carrier, key=key, subject=subject, text=text % {"brand": brand, "url": url}
    )


def whose(*, secret: str, channel: Channel) -> Address | None:
    """Whom a link that may still be used at this channel stands for. Proves nothing: `take` does."""
    link = _waiting(secret, channel).first()
    return Address(space=link.identity.space, value=link.identity.value) if link else None


@transaction.atomic
def take(*, secret: str, author: Address, channel: Channel) -> int | None:
    """Somebody known by `author` opened the link at this channel: what it was sent to is theirs, proven. Gives the id of the
    customer they are now; None if the link is not ours, was used, has ended, or belongs to another channel.
    """
    link = _waiting(secret, channel).select_for_update(of=("self",)).first()
    if link is None:
        return None
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    address = Address(space=link.identity.space, value=link.identity.value)
    return proving.proven_here(author=author, address=address, how="link")


def purge() -> int:
    """Forget links that ended a day ago. Gives how many."""
    return Continuation.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _waiting(secret: str, channel: Channel) -> QuerySet[Continuation]:
    links = Continuation.objects.select_related("identity").order_by()
    return links.filter(digest=_digest(secret), channel=channel, used_at=None, expires_at__gt=timezone.now())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
