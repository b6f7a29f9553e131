"""What mail servers say when they refuse, in sentences an agent can act on. Codes: RFC 3463 and IANA's registry of enhanced codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCES = {
    "1.0": "The address does not work.",
    "1.1": "There is no such mailbox. Check the address for typing mistakes.",
    "1.2": "There is no such mail domain. Check what stands after the @.",
    "1.3": "The address is not written correctly.",
    "1.6": "The mailbox has moved and left no new address.",
    "1.8": "Their server does not accept our sender address.",
    "1.10": "The domain takes no mail at all.",
    "2.0": "The mailbox cannot take mail now.",
    "2.1": "The mailbox is switched off.",
    "2.2": "The mailbox is full. Try again later, or use another channel.",
    "2.3": "The mail is larger than the mailbox takes. Send fewer or smaller files.",
    "3.4": "The mail is larger than their server takes. Send fewer or smaller files.",
    "4.1": "Their mail server did not answer.",
    "4.4": "Their mail server could not be found. Check what stands after the @.",
    "4.6": "The mail went round in a circle between servers.",
    "4.7": "Their mail server did not take the mail for too long, and ours gave up.",
    "5.3": "There are too many recipients.",
    "7.0": "Their server refused the mail by its rules.",
    "7.1": "Their server refused the mail by its rules.",
    "7.8": "Our user name or password is wrong.",
    "7.23": "Their server refused the mail because SPF does not allow our server to send for our domain.",
    "7.26": "Their server refused the mail because neither SPF nor DKIM proves our domain.",
    "7.27": "Our own domain says it takes no mail, so their server refused ours.",
    "7.60": "Our mail server does not let this login send from this address.",
    "7.708": "Microsoft refuses mail from our server's address.",
}
# The address itself is dead: further mail to it is pointless until somebody corrects it.
_DEAD = {"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4"}
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3}\.\d{1,3})\b")
_MOST = 300


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is the enhanced one if the server gave one, else the three digits of SMTP."""

    code: str
    sentence: str
    undeliverable: bool = False


def explain(text: str, *, code: int = 0, status: str = "") -> Reason:
    """The server's words as a reason. `code`: SMTP's three digits if known; `status`: the enhanced code if it stands apart."""
    said = " ".join(text.split())[:_MOST]
    found = _ENHANCED.search(status) or _ENHANCED.search(said)
    detail = found[2] if found else ""
    sentence = _SENTENCES.get(detail) or _SENTENCES.get(f"{detail.partition('.')[0]}.0") or _by_smtp(code)
    permanent = (found[1] == "5") if found else code >= 500
    if said:
        sentence = f"{sentence} Their server said: {said}"
    return Reason(
        found[0] if found else str(code or ""), sentence, undeliverable=permanent and detail in _DEAD
    )


def _by_smtp(code: int) -> str:
    if code == 552:
        return _SENTENCES["3.4"]
    if code in (421, 450, 451, 452):
        return "The mail server cannot take it now."
    return "The mail server refused the mail."


def plain(reply: bytes | str) -> str:
    """A server's reply as one line of text."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MOST]
