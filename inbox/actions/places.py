"""The shops and counters where staff meet customers: what managers set up."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Desk, Place
from inbox.text import storable


@transaction.atomic
def save(*, actor: Agent | None, place: Place | None, name: str, desk: Desk, closed: bool = False) -> Place:
    """Make or change a place. A closed one is offered no more; what was noted there keeps it. Audited.

    Raises Refused without a name, and when the name is taken.
    """
    clean = " ".join(storable(name).split())[:120]
    if not clean:
        raise Refused(_("It needs a name."))
    place = place or Place()
    if Place.objects.filter(name=clean).exclude(pk=place.pk).exists():
        raise Refused(_("There is already one called “%(name)s”.") % {"name": clean})
    place.name, place.desk, place.closed = clean, desk, closed
    place.save()
    record.audit("place saved", actor=actor, about=place, data={"closed": closed})
    return place
