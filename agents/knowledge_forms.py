"""Forms for what is known of customers: the company's own fields, and a value in one. Nothing is saved here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox import attributes
from inbox.models import Attribute
from inbox.models.knowledge import AttributeType


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
