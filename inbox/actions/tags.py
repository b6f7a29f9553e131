"""Tags as such: what managers tidy up. Putting them on conversations is in conversations.py."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Tag
from inbox.text import storable


@transaction.atomic
def save(*, actor: Agent, tag: Tag | None, name: str, colour: str) -> Tag:
    """Make or change a tag. Raises Refused when the name is taken, however it is written."""
    clean = " ".join(storable(name).split())[:60]
    if not clean:
        raise Refused(_("A tag needs a name."))
    tag = tag or Tag()
    if Tag.objects.filter(name__iexact=clean).exclude(pk=tag.pk).exists():
        raise Refused(_("There is already a tag called “%(name)s”.") % {"name": clean})
    tag.name, tag.colour = clean, colour[:12]
    tag.save()
    record.audit("tag saved", actor=actor, about=tag)
    return tag


@transaction.atomic
def delete(*, actor: Agent, tag: Tag) -> None:
    """Throw a tag away; it comes off every conversation."""
    record.audit("tag deleted", actor=actor, about=tag)
    tag.delete()
