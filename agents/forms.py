"""What agents type in, checked. Nothing is saved here; the views hand the cleaned values to one action."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import snoozing
from inbox.contract import Address
from inbox.models import Agent, Desk, Purpose, Tag, Team
from inbox.models.conversations import Priority

LATEST = timedelta(days=365)
"""How far ahead a message may be written."""


class AddressesField(forms.CharField):
    """A comma list of mail addresses, with or without names; gives (name, address) pairs."""

    def clean(self, value: Any) -> list[tuple[str, str]]:
        """Raises ValidationError that names the address which is none."""
        text = str(super().clean(value)).replace(";", ",").strip().strip(",")
        found: list[tuple[str, str]] = []
        for name, address in getaddresses([text]) if text else []:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _("“%(text)s” is not a mail address."), params={"text": address or text}
                ) from None
            found.append((name, address.lower()))
        return found


class SendForm(forms.Form):
    """A reply or a note, as the composer posts it."""

    mode = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    text = forms.CharField(required=False, strip=False, max_length=100_000)
    subject = forms.CharField(required=False, max_length=500)
    pair = forms.CharField(required=False)
    cc = AddressesField(required=False)
    bcc = AddressesField(required=False)
    attachment = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    in_reply_to = forms.IntegerField(required=False, min_value=1)
    newest = forms.IntegerField(required=False, min_value=0)
    client_key = forms.CharField(max_length=64)
    confirmed = forms.CharField(required=False)
    template = forms.IntegerField(required=False, min_value=1)
    use_template = forms.BooleanField(required=False)
    private = forms.BooleanField(required=False)
    then = forms.ChoiceField(required=False, choices=[("stay", ""), ("resolve", ""), ("snooze", "")])
    later = forms.CharField(required=False)
    later_at = forms.DateTimeField(
        required=False, error_messages={"invalid": _("Write the date and the time it shall go out at.")}
    )

    def __init__(self, *args: Any, sender: Agent, **kwargs: Any) -> None:
        self.sender = sender
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Puts when it shall go out into `moment`: a preset's, one of the sender's own, or None for now."""
        data: dict[str, Any] = self.cleaned_data
        name = data.get("later") or ""
        presets = {key: at for key, _label, at in snoozing.sending(zone_of(self.sender), timezone.now())}
        own = name in ("", "at")
        moment = in_zone_of(self.sender, data.get("later_at")) if own else presets.get(name)
        if moment is None and name:
            raise ValidationError(_("Choose when it shall go out."))
        if moment is not None and not timezone.now() < moment <= timezone.now() + LATEST:
            raise ValidationError(_("Choose a time in the future, within a year."))
        return {**data, "moment": moment}

    @property
    def reason(self) -> str:
        """The first thing that is wrong, as one sentence."""
        return str(next(iter(self.errors.values()))[0])

    def people(self, name: str, space: str) -> list[Address]:
        """The addresses of cc or bcc in the channel's space."""
        return [Address(space=space, value=value, name=shown) for shown, value in self.cleaned_data[name]]


class AssignForm(forms.Form):
    """To whom: one colleague, one team, or nobody."""

    assignee = forms.ModelChoiceField(Agent.objects.filter(is_active=True), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), required=False)

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(  # type: ignore[attr-defined]  # a ModelChoiceField has it
            desk__in=Desk.objects.readable_by(reader)
        )


class SnoozeForm(forms.Form):
    """Until when: a preset by its name, a moment of one's own (in one's zone), or until they write."""

    preset = forms.CharField(required=False)
    until = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        self.reader = reader
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Puts the moment, or None for "until they write", into `moment`."""
        data: dict[str, Any] = self.cleaned_data
        preset = data.get("preset") or ""
        if preset == "reply":
            return {**data, "moment": None}
        presets = {name: at for name, _label, at in snoozing.presets(zone_of(self.reader), timezone.now())}
        moment = presets.get(preset) if preset else in_zone_of(self.reader, data.get("until"))
        if moment is None:
            raise ValidationError(_("Choose until when."))
        return {**data, "moment": moment}


class TagForm(forms.Form):
    """Tags by id that shall be on, and perhaps a new one."""

    add = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False)
    remove = forms.ModelMultipleChoiceField(Tag.objects.all(), required=False)
    name = forms.CharField(required=False, max_length=60)


class PriorityForm(forms.Form):
    """How pressing it is."""

    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int)


class TitleForm(forms.Form):
    """The name of a matter."""

    title = forms.CharField(required=False, max_length=200)


class CustomerForm(forms.Form):
    """What agents know of a person."""

    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    company = forms.CharField(label=_("Company"), required=False, max_length=200)
    language = forms.CharField(label=_("Language"), required=False, max_length=12)
    time_zone = forms.CharField(label=_("Time zone"), required=False, max_length=64)
    about = forms.CharField(
        label=_("Notes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_time_zone(self) -> str:
        """Empty, or a zone that exists."""
        zone = str(self.cleaned_data["time_zone"])
        if zone and zone not in zoneinfo.available_timezones():
            raise ValidationError(_("There is no such time zone. Example: Europe/Madrid."))
        return zone


class ConsentForm(forms.Form):
    """A yes or a no of the customer's for one purpose at one address."""

    identity = forms.IntegerField(min_value=1)
    purpose = forms.ChoiceField(choices=Purpose.choices)
    allowed = forms.ChoiceField(choices=[("yes", ""), ("no", "")])


def zone_of(agent: Agent) -> zoneinfo.ZoneInfo:
    """The agent's time zone; the installation's if they have chosen none."""
    return zoneinfo.ZoneInfo(agent.time_zone or timezone.get_default_timezone_name())


def in_zone_of(agent: Agent, moment: datetime | None) -> datetime | None:
    """What somebody wrote into a field without a zone is meant in their own; Django has read it in ours."""
    return timezone.make_aware(timezone.make_naive(moment), zone_of(agent)) if moment else None


class ResetForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
