"""What Twilio's error codes mean for an agent: one plain sentence each, and what follows from it. Each channel adds its own.

Twilio's own texts speak to programmers, and ErrorMessage is often empty. Source: twilio.com/docs/api/errors/<code>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a refusal means for the message: it is over, it is tried again, or the channel itself is broken."""

    FINAL = "final"
    LATER = "later"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`undeliverable`: this number will never take a message of the channel. `opted_out`: its owner does not want ours.
    `window_closed`: they must write first, or an approved template goes."""

    reason: str
    effect: Effect = Effect.FINAL
    undeliverable: bool = False
    opted_out: bool = False
    window_closed: bool = False


def number(reason: str) -> Meaning:
    return Meaning(reason, undeliverable=True)


def later(reason: str) -> Meaning:
    return Meaning(reason, Effect.LATER)


def broken(reason: str) -> Meaning:
    return Meaning(reason, Effect.BROKEN)


UNKNOWN = Meaning("The network did not deliver it and gave no reason. Try again, or use another channel.")

# What any channel of an account may be told.
SHARED = {
    # Our account
    10001: broken("The Twilio account is not active. Open the Twilio console to see why."),
    20003: broken(
        "Twilio refuses our account or token. Enter the current auth token in the channel's settings."
    ),
    20005: broken("The Twilio account is not active. Open the Twilio console to see why."),
    20404: broken("Twilio does not know this account. Check the account SID in the channel's settings."),
    20429: later("Twilio asks us to slow down. It is tried again by itself."),
    14107: later("Twilio asks us to slow down. It is tried again by itself."),
    20500: later("Twilio has a fault. It is tried again by itself."),
    20503: later("Twilio is not available now. It is tried again by itself."),
    21611: later("Too many messages wait for our number at Twilio. It is tried again by itself."),
    30002: broken("The Twilio account is suspended. Open the Twilio console to see why."),
    # Our number
    21603: broken("The channel has no sender. Enter a number or a messaging service in its settings."),
    21660: broken("Our number belongs to another Twilio account. Check the account SID and the number."),
    21701: broken("Twilio does not know the messaging service. Check its SID in the channel's settings."),
    21703: broken("The messaging service has no numbers. Add a sender to it in the Twilio console."),
    21704: broken("The messaging service has no numbers. Add a sender to it in the Twilio console."),
    # The message
    21602: Meaning("The message is empty. Write something or add a file."),
    21605: Meaning("The text is too long for one message. Shorten it."),
    21609: Meaning("Twilio cannot reach this installation's address. Ask your admin to check PUBLIC_URL."),
    21617: Meaning("The text is longer than 1,600 characters. Shorten it."),
    21619: Meaning("The message is empty. Write something or add a file."),
    21620: Meaning("Twilio could not read the address of a file. Ask your admin to check PUBLIC_URL."),
    21623: Meaning("At most 10 files go with one message."),
    # On the way
    11200: Meaning("Twilio could not fetch a file from us. Ask your admin to check PUBLIC_URL."),
    12300: Meaning("Twilio does not carry files of this type. Send a link instead."),
    30001: Meaning("Too many messages were waiting. Send it again."),
    30008: UNKNOWN,
    30036: Meaning("It waited too long at Twilio and was dropped. Send it again."),
    30037: Meaning("Sending is switched off for our Twilio account. Ask your admin."),
    30039: Meaning("Twilio stopped it as part of a loop: two machines seem to answer each other."),
    30500: Meaning("Twilio has a fault. Send it again."),
}


def meaning(table: Mapping[int, Meaning], code: str | int | None, *, said: str = "") -> Meaning:
    """What `code` means by this table; for one that is not in it, Twilio's own words if it `said` any."""
    text = str(code or "").strip()
    if text.isascii() and text.isdigit() and int(text) in table:
        return table[int(text)]
    if said:
        return Meaning(f"Twilio refused it: {said.strip()[:200]}")
    if text.strip("0"):
        return Meaning(
            f"The network did not deliver it (Twilio error {text[:20]}). Try again, or use another channel."
        )
    return UNKNOWN
