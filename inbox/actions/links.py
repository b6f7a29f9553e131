"""Links that carry a thread over: whoever opens one we sent to an address goes on as its holder, once, for a while."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from inbox.actions import proving
from inbox.contract import Address
from inbox.models import Channel, Continuation, Identity

LIFETIME = timedelta(days=3)


def make(*, identity: Identity, channel: Channel) -> str:
    """The secret of a link by which the holder of `identity` goes on at `channel`. Only its digest is kept."""
    secret = secrets.token_urlsafe(24)
    Continuation.objects.create(
        digest=_digest(secret), identity=identity, channel=channel, expires_at=timezone.now() + LIFETIME
    )
    return secret


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
