"""Filling in the variables of a saved reply: {{customer.name}}, {{customer.first_name}}, {{agent.name}}, {{agent.first_name}}."""

from __future__ import annotations

import re

from inbox.models import Agent, Customer

VARIABLE = re.compile(r"\{\{\s*(customer|agent)\.(name|first_name)\s*\}\}")


def fill(text: str, customer: Customer, agent: Agent) -> str:
    """The text with names in place of its variables; a name we do not know leaves nothing behind, not even its space."""
    names = {"customer": customer.name, "agent": agent.name}

    def value(found: re.Match[str]) -> str:
        name = names[found[1]]
        return name.split()[0] if found[2] == "first_name" and name else name

    filled = VARIABLE.sub(value, text)
    return re.sub(r" +([,.!?])", r"\1", filled) if not customer.name else filled
