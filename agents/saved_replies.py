"""Filling in the variables of a saved reply: {{customer.name}}, {{customer.first_name}}, {{agent.name}}, {{agent.first_name}},
and the company's own fields by their keys: {{customer.shoe_size}}."""

from __future__ import annotations

import re

from inbox import attributes
from inbox.models import Agent, Attribute, Customer

VARIABLE = re.compile(r"\{\{\s*(customer|agent)\.([A-Za-z0-9_-]{1,40})\s*\}\}")


def fill(text: str, customer: Customer, agent: Agent) -> str:
    """The text with what we know in place of its variables; what we do not know leaves nothing behind, not even its space. A
    variable that does not exist stays as it is written."""
    wanted = {key for _whose, key in VARIABLE.findall(text)} - {"name", "first_name"}
    fields = {field.key: field for field in Attribute.objects.filter(key__in=wanted)} if wanted else {}
    empty = False

    def value(found: re.Match[str]) -> str:
        nonlocal empty
        known = _known(found[1], found[2], customer, agent, fields)
        empty = empty or known == ""
        return found[0] if known is None else known

    filled = VARIABLE.sub(value, text)
    return re.sub(r" +([,.!?])", r"\1", filled) if empty else filled


def _known(
    whose: str, key: str, customer: Customer, agent: Agent, fields: dict[str, Attribute]
) -> str | None:
    """What stands in the place of one variable; None if there is no such one."""
    name = customer.name if whose == "customer" else agent.name
    if key == "name":
        return name
    if key == "first_name":
        return name.split()[0] if name else ""
    if whose == "customer" and key in fields:
        return attributes.shown(fields[key], customer.attributes.get(key))
    return None
