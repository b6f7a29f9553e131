"""Forms for what is known of customers: the company's own fields, and a value in one. Nothing is saved here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agents.forms import CustomerForm
from agents.templatetags.channels import shown_address
from inbox import attributes
from inbox.models import Attribute, Identity
from inbox.models.knowledge import AttributeType


def _clock() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class AttributeForm(forms.Form):
    """A field of the company's own. Of one that exists, the type stays."""

    label = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=AttributeType.choices, help_text=_("It cannot be changed later.")
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line; for “One of a list” only."),
    )

    def __init__(self, *args: Any, attribute: Attribute | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if attribute is not None:
            del self.fields["kind"]
            if attribute.type != AttributeType.CHOICE:
                del self.fields["choices"]

    def clean_choices(self) -> list[str]:
        """The lines."""
        return str(self.cleaned_data["choices"]).splitlines()


class AddressField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One of a customer's addresses; gives its id."""

    def label_from_instance(self, obj: Any) -> str:
        return shown_address(obj)

    def clean(self, value: Any) -> int | None:
        """The id, or None for no wish."""
        found = super().clean(value)
        return found.pk if found else None


class KnownForm(CustomerForm):
    """The same with when and where they want to hear from us. identities: their addresses, as far as the agent sees them."""

    preferred_identity = AddressField(
        Identity.objects.none(), label=_("Prefers"), required=False, empty_label=_("no wish")
    )
    preferred_from = forms.TimeField(label=_("From"), required=False, widget=_clock())
    preferred_until = forms.TimeField(label=_("Until"), required=False, widget=_clock())

    def __init__(self, *args: Any, identities: QuerySet[Identity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not identities.filter(pk=self.initial.get("preferred_identity") or 0).exists():
            # One they prefer and the agent does not see is left alone.
            self.initial = {**self.initial, "preferred_identity": None}
        self.fields["preferred_identity"].queryset = identities  # type: ignore[attr-defined]  # a ModelChoiceField has it

    def clean(self) -> dict[str, Any]:
        """Hours have both ends, or none."""
        data: dict[str, Any] = self.cleaned_data
        if (data.get("preferred_from") is None) != (data.get("preferred_until") is None):
            self.add_error("preferred_until", _("Give both times, or none."))
        return data


class ValueForm(forms.Form):
    """What one customer has in one field. Whether it fits is the domain's to say (inbox/attributes.py)."""

    value = forms.CharField(required=False, max_length=attributes.LONGEST)

    def __init__(self, *args: Any, attribute: Attribute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = attribute.label
        self.fields["value"].widget = _widget(attribute)


def _widget(attribute: Attribute) -> forms.Widget:
    nothing = ("", "—")
    attrs = {"autofocus": True}
    match attribute.type:
        case AttributeType.YES_NO:
            return forms.Select(attrs, choices=[nothing, ("yes", _("Yes")), ("no", _("No"))])
        case AttributeType.CHOICE:
            return forms.Select(attrs, choices=[nothing, *((each, each) for each in attribute.choices)])
        case AttributeType.DATE:
            return forms.DateInput({**attrs, "type": "date"}, format="%Y-%m-%d")
        case AttributeType.NUMBER:
            return forms.TextInput({**attrs, "inputmode": "decimal", "autocomplete": "off"})
        case AttributeType.LINK:
            return forms.URLInput({**attrs, "placeholder": "https://", "autocomplete": "off"})
    return forms.TextInput({**attrs, "autocomplete": "off", "dir": "auto"})


class CompanyForm(forms.Form):
    """What is known of a company."""

    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(
        label=_("Mail domain"),
        required=False,
        max_length=254,
        help_text=_("Whoever proves an address there is suggested to work here. Example: studio.example."),
    )
    vip = forms.BooleanField(label=_("All its people are VIPs"), required=False)
