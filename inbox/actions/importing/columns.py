"""What a file's columns may mean, and which they seem to by the words of the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Attribute
from inbox.models.imports import ImportKind

ATTRIBUTE = "attribute:"
"""What the names of the company's own fields begin with; the attribute's key follows."""
ADDRESSES = ("email", "phone", "ref")
"""The fields by which a customer is found. `ref` is the number another system has for them, an address space of its own."""

Mapping = dict[str, list[int]]
"""Field → the columns that hold it, by their place in the file."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column may hold. words: headers it goes by, in small letters; many: several columns may hold it."""

    name: str
    label: str | Promise
    words: tuple[str, ...] = ()
    many: bool = False


_WHOSE = (
    Field(
        "email",
        gettext_lazy("E-mail address"),
        ("e mail", "email", "e mail address", "email address", "mail", "correo", "correo electronico"),
        many=True,
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        (
            "phone",
            "phone number",
            "mobile",
            "mobile phone",
            "telephone",
            "tel",
            "telefon",
            "handy",
            "telefono",
        ),
        many=True,
    ),
    Field(
        "ref",
        gettext_lazy("Customer number"),
        ("ref", "customer id", "customer number", "customer no", "customer ref", "kundennummer", "client id"),
    ),
)
_CUSTOMER = (
    Field("name", gettext_lazy("Name"), ("name", "full name", "customer", "customer name", "nombre")),
    Field(
        "first_name",
        gettext_lazy("First name"),
        ("first name", "given name", "forename", "firstname", "vorname"),
    ),
    Field(
        "last_name",
        gettext_lazy("Last name"),
        ("last name", "family name", "surname", "lastname", "nachname", "apellidos"),
    ),
    *_WHOSE,
    Field(
        "company", gettext_lazy("Company"), ("company", "organisation", "organization", "firma", "empresa")
    ),
    Field("language", gettext_lazy("Language"), ("language", "lang", "locale", "sprache", "idioma")),
    Field("time_zone", gettext_lazy("Time zone"), ("time zone", "timezone", "tz", "zeitzone")),
    Field("vip", gettext_lazy("VIP"), ("vip",)),
    Field("about", gettext_lazy("Notes"), ("notes", "note", "about", "comment", "notizen", "notas")),
)
_TOUCHPOINT = (
    Field("kind", gettext_lazy("Kind"), ("kind", "type", "event", "art", "tipo")),
    Field("source", gettext_lazy("Source"), ("source", "system", "shop", "quelle")),
    Field(
        "external_id",
        gettext_lazy("Id at the source"),
        ("external id", "id", "event id", "order id", "touchpoint id"),
    ),
    Field(
        "occurred_at",
        gettext_lazy("When"),
        ("occurred at", "date", "time", "when", "timestamp", "created at", "datum", "fecha"),
    ),
    Field(
        "reference",
        gettext_lazy("Reference"),
        ("reference", "order", "order number", "order no", "bestellnummer", "pedido"),
    ),
    Field("title", gettext_lazy("Title"), ("title", "description", "product", "item", "titel")),
    Field("url", gettext_lazy("Link"), ("url", "link", "page", "web address")),
    Field("value", gettext_lazy("Value"), ("value", "amount", "total", "price", "betrag", "importe")),
    Field("currency", gettext_lazy("Currency"), ("currency", "currency code", "waehrung", "moneda")),
    *_WHOSE,
)


def fields(kind: str) -> list[Field]:
    """All that a column of such a file may hold, the company's own fields last."""
    if kind == ImportKind.TOUCHPOINTS:
        return list(_TOUCHPOINT)
    own = [
        Field(ATTRIBUTE + each.key, each.label, (plain_words(each.key), plain_words(each.label)))
        for each in Attribute.objects.all()
    ]
    return [*_CUSTOMER, *own]


def plain_words(text: str) -> str:
    """A header as it is compared: small letters and digits, one space between words, no accents."""
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ü", "ue").replace("ä", "ae"))
    letters = "".join(char for char in letters if not unicodedata.combining(char))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", letters).lower()
    return " ".join(re.findall(r"[^\W_]+", apart))


def guess(kind: str, header: Sequence[str]) -> Mapping:
    """Which column holds what, by the header's words; "E-mail 2" counts as one more e-mail address."""
    words = [plain_words(cell) for cell in header]
    mapping: Mapping = {}
    for field in fields(kind):
        exact = [place for place, word in enumerate(words) if word and word in field.words]
        numbered = [place for place, word in enumerate(words) if re.sub(r" \d$", "", word) in field.words]
        found = sorted({*exact, *numbered}) if field.many else exact[:1] or numbered[:1]
        taken = {place for places in mapping.values() for place in places}
        if left := [place for place in found if place not in taken]:
            mapping[field.name] = left
    return mapping


def problems(kind: str, mapping: Mapping, *, columns: int, given: Iterable[str] = ()) -> list[str]:
    """Why a file cannot be taken in with this mapping, in plain sentences. given: fields that have a value for all rows."""
    known = {field.name: field for field in fields(kind)}
    places = [place for name in mapping for place in mapping[name]]
    found = []
    if set(mapping) - set(known) or any(not 0 <= place < columns for place in places):
        found.append(_("A column or field of this mapping does not exist any more. Choose again."))
    found += [
        _("“%(field)s” is chosen for more than one column.") % {"field": known[name].label}
        for name in mapping
        if name in known and not known[name].many and len(mapping[name]) > 1
    ]
    if not set(mapping) & set(ADDRESSES):
        found.append(_("Choose the column by which a customer is found: e-mail, phone or customer number."))
    if kind == ImportKind.TOUCHPOINTS:
        found += [
            _("Choose the column that holds “%(field)s”.") % {"field": known[name].label}
            for name in ("kind", "source", "external_id", "occurred_at")
            if name not in mapping and name not in set(given)
        ]
    return found
