"""The form in which a visit, a call, a letter or a fax is noted: in the shop and in an agent's thread."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.forms import zone_of
from inbox import registry, shop
from inbox.actions.encounters import Noted
from inbox.contract import Address
from inbox.models import Agent, Place
from inbox.models.story import ByHand

TOPICS = (
    _("Advice"),
    _("Pick-up"),
    _("Exchange"),
    _("Return"),
    _("Repair"),
    _("Complaint"),
    _("Something else"),
)
"""What people come for, as chips: the matter's title unless another is typed."""


class EncounterForm(forms.Form):
    """kind, place, topic, text, outcome, done, minutes, outbound and when, as people type them."""

    kind = forms.ChoiceField(choices=ByHand.choices, initial=ByHand.VISIT)
    place = forms.ModelChoiceField(Place.objects.none(), required=False)
    topic = forms.CharField(required=False, max_length=200)
    text = forms.CharField(required=False, max_length=20_000)
    outcome = forms.CharField(required=False, max_length=300)
    then = forms.ChoiceField(choices=[("done", "done"), ("follow", "follow")], initial="done")
    minutes = forms.IntegerField(required=False, min_value=0, max_value=24 * 60)
    outbound = forms.BooleanField(required=False)
    at = forms.DateTimeField(required=False)
    client_key = forms.CharField(max_length=64)
    pair = forms.CharField(required=False, max_length=60)
    message = forms.CharField(required=False, max_length=20_000)
    saved = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.places: QuerySet[Place] = shop.places(reader)
        self.fields["place"].queryset = self.places  # type: ignore[attr-defined]  # a ModelChoiceField has it

    def clean_at(self) -> datetime | None:
        """The moment in the reader's own zone; None for now."""
        at = self.cleaned_data["at"]
        return timezone.make_aware(timezone.make_naive(at), zone_of(self.reader)) if at else None

    def noted(self, files: Sequence[str]) -> Noted:
        """What the action takes."""
        data = self.cleaned_data
        return Noted(
            kind=data["kind"],
            subject=data["topic"],
            text=data["text"],
            outcome=data["outcome"],
            seconds=None if data["minutes"] is None else data["minutes"] * 60,
            outbound=data["outbound"],
            done=data["then"] == "done",
            occurred_at=data["at"],
            place=data["place"],
            files=files,
        )

    @property
    def reason(self) -> str:
        """The first thing that is wrong, as one sentence."""
        return str(next(iter(self.errors.values()))[0])


class PersonForm(forms.Form):
    """Somebody new: a name, a phone number, a mail address; one of them is enough."""

    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=320)

    def clean(self) -> dict[str, Any]:
        """Puts the addresses, each in its one spelling, into `addresses`."""
        data = self.cleaned_data
        addresses: list[Address] = []
        for name, reason in (
            ("phone", _("This is no phone number. Example: +44 7700 900123.")),
            ("email", _("This is no mail address. Example: ana@x.example.")),
        ):
            typed = data.get(name, "")
            address = registry.typed_address(typed) if typed else None
            if typed and address is None:
                self.add_error(name, ValidationError(reason))
            elif address is not None:
                addresses.append(address)
        if not data.get("name") and not addresses and not self.errors:
            raise ValidationError(_("Say who it is: a name, a phone number or an e-mail address."))
        return {**data, "addresses": tuple(addresses)}


def person_in(query: str) -> dict[str, str]:
    """What was looked for, put into the field of a new person's form that it fits."""
    address = registry.typed_address(query)
    if address is None:
        return {} if any(char.isdigit() or char == "@" for char in query) else {"name": query}
    return {"email" if "@" in address.value else "phone": address.value}


def fresh_key() -> str:
    """The key under which one form is noted once, however often it is sent."""
    return secrets.token_urlsafe(16)
