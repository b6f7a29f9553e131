"""Who takes part in a mail: author, others, and the customer a machine writes for. Pure."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from connectors.email.addressing import SPACE, OwnAddresses, as_identity, normalise
from connectors.email.reading import Mailbox, ParsedMail
from connectors.email.settings import Settings
from inbox.contract import Address, Proof

# RFC 2606: .invalid will never be anybody's.
NOBODY = Address(space=SPACE, value="nobody@sender.invalid", name="No sender")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Whose mailbox it is. `house` is what the mails of all our channels name, or ""."""

    settings: Settings
    own: OwnAddresses
    house: str


def others(mailboxes: tuple[Mailbox, ...], context: Context) -> tuple[Address, ...]:
    """The others who take part: without us, each once."""
    found = (as_identity(mailbox.address, mailbox.name) for mailbox in mailboxes)
    return tuple(
        {each.value: each for each in found if each is not None and each.value not in context.own}.values()
    )


def stand_in(parsed: ParsedMail) -> Address:
    """A mail without a usable From is a mail all the same (FreeScout marks it as read and drops it)."""
    others = [parsed.sender, *parsed.reply_to]
    found = (as_identity(each.address, each.name) for each in others if each is not None)
    return next((each for each in found if each is not None), NOBODY)


def is_machine(author: Address, context: Context) -> bool:
    rules = (rule.strip().lower() for rule in context.settings.machine_senders)
    return any(fnmatch.fnmatchcase(author.value, rule) for rule in rules if rule)


def reply_to(parsed: ParsedMail, context: Context) -> Address | None:
    """Whom a machine writes for: never ourselves, never another machine."""
    for each in others(parsed.reply_to, context):
        if not is_machine(each, context):
            return each
    return None


def in_fields(text: str, context: Context) -> Address | None:
    """The address in a line such as “Email: ana@example.com” of a form's mail."""
    labels = {label.strip().strip(":").lower() for label in context.settings.customer_fields}
    for line in text.splitlines()[:500]:
        label, colon, value = line[:500].partition(":")
        if colon and label.strip(" *_").lower() in labels:
            for word in value.replace("<", " ").replace(">", " ").replace("mailto:", " ").split():
                found = as_identity(word.strip("*_()[],;"))
                if found is not None and found.value not in context.own:
                    return found
    return None


def proof(parsed: ParsedMail, author: Address) -> Proof:
    """What the trusted server found: DMARC or an aligned DKIM signature proves the From, a failed DMARC says it is forged."""
    if normalise(parsed.from_.address) != author.value:
        return Proof.UNPROVEN
    if parsed.authentication.verified:
        return Proof.PROVEN
    failed = any(each.method == "dmarc" and each.result == "fail" for each in parsed.authentication.results)
    return Proof.FAILED if failed else Proof.UNPROVEN
