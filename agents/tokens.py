"""Keys to the API: making, reading and revoking them. `ot_<prefix>_<secret>`; the secret is shown once and kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import ApiToken
from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Desk
from inbox.models.staff import Role
from inbox.text import storable

SHAPE = re.compile(r"ot_([0-9a-f]{8})_([0-9a-f]{40})")
USE_NOTED_EVERY = timedelta(minutes=1)


def may_stand_for(actor: Agent) -> QuerySet[Agent]:
    """The agents in whose name this admin may let a program act: those who read no desk that the admin may not read."""
    hidden = Desk.objects.exclude(pk__in=Desk.objects.readable_by(actor).values("pk"))
    working = Agent.objects.filter(is_active=True).exclude(role=Role.STORE)
    return working.exclude(desks__in=hidden)


@transaction.atomic
def issue(
    *,
    actor: Agent,
    name: str,
    agent: Agent,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    ip: str = "",
) -> tuple[ApiToken, str]:
    """A new token, and its text, which is never seen again. Audited. Raises Refused."""
    clean = " ".join(storable(name).split())[:80]
    if not clean or not scopes:
        raise Refused(_("A token needs a name and something it may do."))
    if expires_at is not None and expires_at <= timezone.now():
        raise Refused(_("Choose a time in the future."))
    if not may_stand_for(actor).filter(pk=agent.pk).exists():
        raise Refused(
            _("%(name)s reads a desk that you may not read. Choose somebody else.") % {"name": agent}
        )
    prefix, secret = secrets.token_hex(4), secrets.token_hex(20)
    token = ApiToken.objects.create(
        name=clean,
        agent=agent,
        scopes=sorted(set(scopes)),
        prefix=prefix,
        digest=_digest(secret),
        created_by=actor,
        expires_at=expires_at,
    )
    data = {"prefix": prefix, "agent": agent.pk, "scopes": token.scopes}
    record.audit("api token created", actor=actor, about=token, data=data, ip=ip)
    return token, f"ot_{prefix}_{secret}"


@transaction.atomic
def revoke(*, actor: Agent, token: ApiToken, ip: str = "") -> bool:
    """It ends now and for ever. False if it had ended that way before. Audited."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    record.audit("api token revoked", actor=actor, about=token, data={"prefix": token.prefix}, ip=ip)
    return True


def read(text: str) -> ApiToken | None:
    """The token with this text, whether it still works or not; None if we never made it. One query."""
    shape = SHAPE.fullmatch(text)
    if shape is None:
        return None
    prefix, secret = shape.groups()
    token = ApiToken.objects.select_related("agent").filter(prefix=prefix).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    return token


def used(token: ApiToken) -> None:
    """Note that it is in use, once a minute at most."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        fresh = Q(last_used_at=None) | Q(last_used_at__lt=now)
        ApiToken.objects.filter(fresh, pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    """Plain SHA-256 is enough for 160 random bits: there is nothing to guess from."""
    return hashlib.sha256(secret.encode()).hexdigest()
