"""Choosing a provider's approved template and filling its places in. Which there are is asked for by inbox/asking.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from inbox.actions.errors import Refused
from inbox.contract import TemplateStatus, TemplateUse
from inbox.models import Channel, MessageTemplate

MOST = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One place of a template: what the form calls it, and what a person does."""

    name: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A template as the picker shows it."""

    template: MessageTemplate
    fields: tuple[Field, ...]

    @property
    def text(self) -> SafeString:
        """Header, body and footer, each place marked so that the script can fill it as one types."""
        value = self.template.value()
        parts = [
            _marked(part, place, self.template.variables)
            for part, place in ((value.header, "header:"), (value.body, ""), (value.footer, "none:"))
            if part
        ]
        return format_html_join(mark_safe("\n\n"), "{}", ((part,) for part in parts))  # two line ends


def _marked(text: str, place: str, variables: list[str]) -> SafeString:
    """The text, escaped, with each of its places as <mark data-place="key">."""
    pieces: list[str | SafeString] = [text]
    for key in variables:
        before, _colon, name = key.rpartition(":")
        if (f"{before}:" if before else "") != place:
            continue
        written = "{{" + name + "}}"
        shown = format_html('<mark data-place="{}">{}</mark>', key, name)
        pieces = [part for piece in pieces for part in _around(piece, written, shown)]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _around(piece: str | SafeString, written: str, shown: SafeString) -> list[str | SafeString]:
    """The plain piece cut at each place, with what is shown between the cuts."""
    if isinstance(piece, SafeString):
        return [piece]
    cut: list[str | SafeString] = []
    for number, part in enumerate(piece.split(written)):
        cut += [shown, part] if number else [part]
    return cut


def choices(channel: Channel) -> list[Choice]:
    """The approved templates of a channel, by name."""
    approved = MessageTemplate.objects.filter(channel=channel, status=TemplateStatus.APPROVED)
    return [Choice(template, _fields(template)) for template in approved[:MOST]]


def _fields(template: MessageTemplate) -> tuple[Field, ...]:
    return tuple(
        Field(f"value-{template.pk}-{number}", key, _label(key))
        for number, key in enumerate(template.variables)
    )


def _label(key: str) -> str:
    place, _colon, name = key.rpartition(":")
    if place == "header":
        return _("%(name)s in the heading") % {"name": name}
    if place == "button":
        return _("End of the link of button %(number)s") % {
            "number": int(name) + 1 if name.isdigit() else name
        }
    return name


def chosen(channel: Channel, pk: int | None, given: Mapping[str, object]) -> TemplateUse:
    """The template the composer posts, with its values. Raises Refused when none is chosen, or it is gone."""
    template = MessageTemplate.objects.filter(channel=channel, pk=pk or 0).first()
    if template is None:
        raise Refused(_("Choose a template."))
    values = {field.key: str(given.get(field.name, "")).strip() for field in _fields(template)}
    return TemplateUse(template=template.value(), values=values)
