"""What people say of a file to be imported: what it holds, how it is written, which column is what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agents.settings_forms import zones
from inbox.actions.importing import columns
from inbox.actions.importing.columns import Mapping
from inbox.models import Agent, Import
from inbox.models.imports import ImportKind
from inbox.models.story import TouchpointKind

CHARSETS = (
    ("utf-8", "UTF-8"),
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16 BE"),
    ("cp1252", _("Windows (Western European)")),
)
DELIMITERS = ((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", "|"))
DATES = (
    ("iso", _("2026-12-31 (ISO 8601)")),
    ("dmy", _("31/12/2026: day first")),
    ("mdy", _("12/31/2026: month first")),
)
DECIMALS = ((".", "1,234.50"), (",", "1.234,50"))


class UploadForm(forms.Form):
    """A file, and what it holds."""

    kind = forms.ChoiceField(label=_("It holds"), choices=ImportKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        help_text=_("From any spreadsheet or shop: up to 200 MB, the names of the columns in the first row."),
    )


class WrittenForm(forms.Form):
    """How the file is written."""

    charset = forms.ChoiceField(label=_("Character set"), choices=CHARSETS)
    delimiter = forms.ChoiceField(label=_("Between the columns"), choices=DELIMITERS)


class _ReadForm(forms.Form):
    """How its cells are read, whichever rows it holds."""

    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country of phone numbers"),
        help_text=_("Two letters, as in GB: for numbers that do not begin with +."),
        widget=forms.TextInput(attrs={"maxlength": 2, "size": 4, "autocomplete": "off"}),
    )
    dates = forms.ChoiceField(label=_("Dates"), choices=DATES)
    decimal = forms.ChoiceField(label=_("Numbers"), choices=DECIMALS)

    def clean_country(self) -> str:
        """As the standard writes it."""
        return str(self.cleaned_data["country"]).upper()


class CustomersForm(_ReadForm):
    """And of customers."""

    verified = forms.BooleanField(
        label=_("These addresses are verified by us"),
        required=False,
        help_text=_(
            "Only if you have proof that each belongs to its person: who writes from it is then them."
        ),
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not agent.is_admin:
            del self.fields["verified"]


class TouchpointsForm(_ReadForm):
    """And of touchpoints: what holds for rows that do not say."""

    zone = forms.ChoiceField(label=_("Time zone of times without one"), choices=lambda: zones()[1:])
    kind = forms.ChoiceField(
        label=_("Kind, where a row says none"), required=False, choices=[("", "—"), *TouchpointKind.choices]
    )
    source = forms.CharField(label=_("Source, where a row says none"), required=False, max_length=40)
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=_("Currency, where a row says none"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 3, "size": 5}),
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_currency(self) -> str:
        """As the standard writes it."""
        return str(self.cleaned_data["currency"]).upper()


def reading_form(job: Import, agent: Agent, data: QueryDict | None = None) -> CustomersForm | TouchpointsForm:
    """The form for how this import's cells are read, filled with what was chosen or guessed."""
    shape = CustomersForm if job.kind == ImportKind.CUSTOMERS else TouchpointsForm
    return shape(data, initial={"dates": "iso", **job.options}, agent=agent)


def mapping_of(data: QueryDict) -> Mapping:
    """Field → columns, out of one choice per column (column-<place>)."""
    mapping: Mapping = {}
    for name, field in sorted(data.items()):
        place = name.removeprefix("column-")
        if place != name and place.isascii() and place.isdecimal() and len(place) < 4 and field:
            mapping.setdefault(str(field), []).append(int(place))
    return mapping


def choices(job: Import) -> list[tuple[str, Any]]:
    """What a column may be."""
    return [("", _("— leave out —")), *((field.name, field.label) for field in columns.fields(job.kind))]
