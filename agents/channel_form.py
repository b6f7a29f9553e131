"""The form of a channel, made from what its connector says of its settings. No kind is named here.

A secret goes one way only: it is never put back into a page, and left empty it stays what it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from agents import access
from inbox import registry
from inbox.models import Agent, Channel, Desk, Team

Described = dataclasses.Field[Any]
PREFIX = "setting_"
COLUMNS = ("name", "desk", "team", "brand", "purpose")


class LinesField(forms.CharField):
    """A list, one a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)


class ChannelForm(forms.Form):
    """What every channel has, then the settings of its kind."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What agents see."))
    desk = forms.ModelChoiceField(
        Desk.objects.none(), label=_("Desk"), empty_label=None, help_text=_("Whose matters come in here.")
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Who looks after them first."),
    )
    brand = forms.CharField(
        label=_("Brand"), required=False, max_length=120, help_text=_("What customers see.")
    )
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=200, help_text=_("A word for colleagues.")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        reader: Agent,
        kind: str,
        channel: Channel | None = None,
    ) -> None:
        self.described = dataclasses.fields(registry.connector_class(kind).Settings)
        stored = channel.settings if channel else {}
        super().__init__(data, initial={name: getattr(channel, name) for name in COLUMNS} if channel else {})
        self.fields["desk"].queryset = Desk.objects.readable_by(reader)  # type: ignore[attr-defined]  # a ModelChoiceField has it
        self.fields["team"].queryset = access.teams(reader)  # type: ignore[attr-defined]
        for described in self.described:
            self.fields[PREFIX + described.name] = _field(described, stored)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        team, desk = data.get("team"), data.get("desk")
        if team is not None and desk is not None and team.desk_id != desk.pk:
            self.add_error("team", _("This team works for another desk."))
        return data

    @property
    def columns(self) -> dict[str, Any]:
        """What the channel itself keeps."""
        return {name: self.cleaned_data[name] for name in COLUMNS}

    @property
    def values(self) -> dict[str, Any]:
        """What the connector is given. A number left empty is its default."""
        found = {each.name: self.cleaned_data[PREFIX + each.name] for each in self.described}
        return {
            each.name: each.default if found[each.name] is None else found[each.name]
            for each in self.described
        }

    @property
    def new_secrets(self) -> bool:
        """Whether a secret was entered; one left empty stays what it was."""
        return any(each.metadata.get("secret") and self.values[each.name] for each in self.described)

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The settings by group, in the connector's order; those without a group first, under ""."""
        found: dict[str, list[BoundField]] = {}
        for described in self.described:
            group = str(described.metadata.get("group", ""))
            found.setdefault(group, []).append(self[PREFIX + described.name])
        return list(found.items())

    @property
    def own(self) -> list[BoundField]:
        return [self[name] for name in COLUMNS]


def _field(described: Described, stored: Mapping[str, Any]) -> forms.Field:
    about = described.metadata
    required = described.default is dataclasses.MISSING
    common = {
        "label": about.get("label") or described.name,
        "help_text": about.get("help", ""),
        "required": required,
        "initial": stored.get(described.name, None if required else described.default),
    }
    if about.get("secret"):
        return _secret(about, common, saved=bool(stored.get(described.name)))
    return KINDS.get(str(about.get("kind", "text")), _text)(about, common)


def _secret(about: Mapping[str, Any], common: dict[str, Any], *, saved: bool) -> forms.Field:
    words = str(common["help_text"])
    help_text = _("Saved. Leave it empty to keep it. %(help)s") % {"help": words} if saved else words
    shape = {**common, "initial": None, "required": common["required"] and not saved, "help_text": help_text}
    shown = {
        "autocomplete": "new-password",
        "placeholder": "••••••••" if saved else about.get("placeholder", ""),
    }
    if about.get("kind") == "multiline":
        return _Unseen(**shape, widget=forms.Textarea(attrs={**shown, "rows": 4}))
    return _Unseen(**shape, strip=True, widget=forms.PasswordInput(attrs=shown))


class _Unseen(forms.CharField):
    """Never shown again, not even what was just typed into a form that has another mistake."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None


def _text(about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    placeholder = {"placeholder": about.get("placeholder", "")}
    return forms.CharField(**common, max_length=2_000, widget=forms.TextInput(attrs=placeholder))


def _multiline(about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    shown = {"placeholder": about.get("placeholder", ""), "rows": 4}
    return forms.CharField(**common, strip=False, max_length=20_000, widget=forms.Textarea(attrs=shown))


def _lines(about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    shown = {"placeholder": about.get("placeholder", ""), "rows": 3}
    return LinesField(**common, max_length=20_000, widget=forms.Textarea(attrs=shown))


def _number(_about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**common, min_value=0, max_value=2**31)


def _boolean(_about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**{**common, "required": False})


def _choice(about: Mapping[str, Any], common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(**common, choices=about.get("choices", ()))


KINDS: Mapping[str, Callable[[Mapping[str, Any], dict[str, Any]], forms.Field]] = {
    "text": _text,
    "multiline": _multiline,
    "lines": _lines,
    "number": _number,
    "boolean": _boolean,
    "choice": _choice,
}
