"""What people type into the settings, checked. Nothing is saved here; the views hand the cleaned values to one action."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import access, tokens
from agents.api.scopes import Scope
from inbox.models import Agent, Desk, Team
from inbox.models.staff import Role

COLOURS = (
    ("teal", _("Teal")),
    ("amber", _("Amber")),
    ("violet", _("Violet")),
    ("red", _("Red")),
    ("green", _("Green")),
    ("blue", _("Blue")),
    ("pink", _("Pink")),
    ("grey", _("Grey")),
)
THEMES = (("system", _("As the system says")), ("light", _("Light")), ("dark", _("Dark")))


def zones() -> list[tuple[str, Any]]:
    """Every time zone by its name, and the installation's own first."""
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
    default = _("The company's: %(zone)s") % {"zone": settings.TIME_ZONE}
    return [("", default), *((zone, zone.replace("_", " ")) for zone in named)]


def languages() -> list[tuple[str, Any]]:
    """Every language we speak."""
    return [("", _("As the browser says")), *settings.LANGUAGES]


class ProfileForm(forms.Form):
    """What agents change of themselves."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Customers see your first name."))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Stands under your mails. Channels without mail leave it out."),
    )
    opens_next = forms.BooleanField(
        label=_("Open the next conversation after resolving one"),
        required=False,
        help_text=_("The next of the list you have before you."),
    )


if TYPE_CHECKING:
    AgentsField = forms.ModelMultipleChoiceField[Agent]
else:
    AgentsField = forms.ModelMultipleChoiceField


class PeopleField(AgentsField):
    """Colleagues to tick, each with their address."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Agent.objects.filter(is_active=True), required=False, **kwargs)

    def label_from_instance(self, obj: Agent) -> str:
        return f"{obj.name} · {obj.email}"


class InviteForm(forms.Form):
    """A new colleague."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The invitation goes there, and it is the login."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)


class AgentForm(forms.Form):
    """What an admin changes of a colleague."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        help_text=_("Managers look after teams, saved replies and tags; admins after everything."),
    )
    desks = forms.ModelMultipleChoiceField(
        Desk.objects.filter(restricted=True),
        label=_("Restricted desks"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody reads the other desks."),
    )


class TeamForm(forms.Form):
    """A team, on a desk the manager may read."""

    name = forms.CharField(label=_("Name"), max_length=80)
    desk = forms.ModelChoiceField(
        Desk.objects.none(),
        label=_("Desk"),
        empty_label=None,
        help_text=_("Whose conversations it looks after."),
    )
    colour = forms.ChoiceField(label=_("Colour"), choices=COLOURS)
    members = PeopleField(label=_("Members"))

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = Desk.objects.readable_by(reader)  # type: ignore[attr-defined]  # a ModelChoiceField has it


class PlaceForm(forms.Form):
    """A shop or counter, on a desk the manager may read."""

    name = forms.CharField(label=_("Name"), max_length=120)
    desk = forms.ModelChoiceField(
        Desk.objects.none(),
        label=_("Desk"),
        empty_label=None,
        help_text=_("Whose matters the visits noted there are."),
    )
    closed = forms.BooleanField(
        label=_("Closed"),
        required=False,
        help_text=_("Not offered any more; earlier visits keep it."),
    )

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = Desk.objects.readable_by(reader)  # type: ignore[attr-defined]  # a ModelChoiceField has it


class DeskForm(forms.Form):
    """A desk and, if it is restricted, who may read it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    restricted = forms.BooleanField(
        label=_("Restricted"),
        required=False,
        help_text=_("Only its members ever learn that it has anything; not even admins who are not members."),
    )
    members = PeopleField(label=_("Members"), help_text=_("They count only while the desk is restricted."))


class SavedReplyForm(forms.Form):
    """A saved reply, for everybody or for one team."""

    name = forms.CharField(label=_("Name"), max_length=120)
    shortcut = forms.CharField(
        label=_("Shortcut"), max_length=40, help_text=_("What one types after / in the composer.")
    )
    text = forms.CharField(
        label=_("Text"), max_length=20_000, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        empty_label=_("Everybody"),
        help_text=_("Who is offered it."),
    )

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = access.teams(reader)  # type: ignore[attr-defined]  # a ModelChoiceField has it


class NamedTagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    colour = forms.ChoiceField(label=_("Colour"), choices=COLOURS, initial="grey")


class TokenForm(forms.Form):
    """A key to the API."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("The program that uses it."))
    agent = forms.ModelChoiceField(
        Agent.objects.none(),
        label=_("Acts as"),
        empty_label=None,
        help_text=_("It reads what this agent may read, and writes in their name."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Ends"),
        choices=(
            ("30", _("In 30 days")),
            ("90", _("In 90 days")),
            ("365", _("In a year")),
            ("0", _("Never")),
        ),
        initial="365",
        coerce=int,
    )

    def __init__(self, *args: Any, reader: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = tokens.may_stand_for(reader)  # type: ignore[attr-defined]  # a ModelChoiceField has it
        self.fields["agent"].initial = reader

    def clean(self) -> dict[str, Any]:
        """The days as a moment, `expires_at`."""
        data: dict[str, Any] = self.cleaned_data
        days = data.pop("days", None)
        return {**data, "expires_at": timezone.now() + timedelta(days=days) if days else None}
