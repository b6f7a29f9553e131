"""What may be sent to an address: the one answer that the composer, every action that sends, and the engine ask for.

Who changes it, and the log of that, is in inbox/actions/consents.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from inbox.models import Consent, Identity, Message, Purpose
from inbox.models.messages import ParticipantRole

# Nobody gets these who has not said yes. Answers and automatic messages go until somebody says no.
NEED_A_YES = frozenset({Purpose.NEWS, Purpose.SURVEY})


def allowed(identity: Identity, purpose: str = Purpose.SERVICE) -> bool:
    """Whether the holder of this address takes messages of this purpose there, as stored now."""
    return allowing(Identity.objects.filter(pk=identity.pk), purpose).exists()


def allowing(identities: QuerySet[Identity], purpose: str) -> QuerySet[Identity]:
    """Those of these addresses that take messages of this purpose. After a STOP none does."""
    willing = identities.filter(opted_out_at=None)
    if purpose == Purpose.SERVICE:
        return willing
    said = Consent.objects.filter(identity=OuterRef("pk"), purpose=purpose).order_by("-pk")
    newest = willing.alias(said=Subquery(said.values("allowed")[:1], output_field=BooleanField(null=True)))
    return newest.filter(said=True) if purpose in NEED_A_YES else newest.filter(Q(said=True) | Q(said=None))


def refusal(recipients: Iterable[int], purpose: str, *, main: int) -> str:
    """Why a message must not go to these addresses (ids), as one sentence; "" if it may. main: the one it is addressed to."""
    wanted = Identity.objects.filter(pk__in={*recipients, main})
    refusing = wanted.exclude(pk__in=allowing(wanted, purpose).values("pk"))
    # The one it is addressed to comes first: to leave out a copy would not help then.
    for identity in sorted(refusing, key=lambda each: (each.pk != main, each.pk)):
        return _words(identity, purpose, is_main=identity.pk == main)
    return ""


def of_message(message: Message) -> str:
    """Why a written message must not leave (any more): somebody it goes to has refused. "" if it may."""
    if message.identity_id is None:
        return ""
    others = message.participants.exclude(role=ParticipantRole.AUTHOR)
    return refusal(others.values_list("identity", flat=True), message.purpose, main=message.identity_id)


def _words(identity: Identity, purpose: str, *, is_main: bool) -> str:
    if not is_main:
        return _("%(address)s asked for no more messages. Leave this address out.") % {"address": identity}
    if identity.opted_out_at is not None:
        return _(
            "They asked not to be written to at this address (STOP). Choose another channel, or wait for START."
        )
    return _("They have not allowed “%(purpose)s” at this address.") % {"purpose": Purpose(purpose).label}


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one purpose at one address, and the last that was said about it, if anything was."""

    identity: Identity
    purpose: Purpose
    allowed: bool
    said: Consent | None


def standing(identities: Iterable[Identity]) -> list[tuple[Identity, list[Standing]]]:
    """For each address what its holder takes, purpose by purpose. One query."""
    listed = list(identities)
    rows = Consent.objects.filter(identity__in=listed).order_by("identity", "purpose", "-pk")
    newest = {
        (row.identity_id, row.purpose): row
        for row in rows.distinct("identity", "purpose").select_related("actor")
    }
    return [
        (
            identity,
            [_standing(identity, purpose, newest.get((identity.pk, purpose.value))) for purpose in Purpose],
        )
        for identity in listed
    ]


def _standing(identity: Identity, purpose: Purpose, said: Consent | None) -> Standing:
    yes = said.allowed if said is not None else purpose not in NEED_A_YES
    if purpose == Purpose.SERVICE:
        yes = True
    return Standing(identity, purpose, yes and identity.opted_out_at is None, said)


def history(identities: Iterable[Identity], *, most: int = 50) -> QuerySet[Consent]:
    """What was said about these addresses, the newest first."""
    rows = Consent.objects.filter(identity__in=list(identities)).select_related("identity", "actor")
    return rows.order_by("-pk")[:most]
