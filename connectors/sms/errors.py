"""What Twilio's error codes mean for an agent: one plain sentence each, and what follows from it.

Twilio's own texts speak to programmers, and ErrorMessage is often empty. Source: twilio.com/docs/api/errors/<code>.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a refusal means for the message: it is over, it is tried again, or the channel itself is broken."""

    FINAL = "final"
    LATER = "later"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`undeliverable`: this number will never take an SMS. `opted_out`: its owner does not want ours."""

    reason: str
    effect: Effect = Effect.FINAL
    undeliverable: bool = False
    opted_out: bool = False


def _number(reason: str) -> Meaning:
    return Meaning(reason, undeliverable=True)


def _later(reason: str) -> Meaning:
    return Meaning(reason, Effect.LATER)


def _broken(reason: str) -> Meaning:
    return Meaning(reason, Effect.BROKEN)


UNKNOWN = Meaning("The network did not deliver it and gave no reason. Try again, or use another channel.")
A2P = "US networks block this number: it is not registered for business texting (A2P 10DLC). Ask your admin."

MEANINGS = {
    # Our account
    10001: _broken("The Twilio account is not active. Open the Twilio console to see why."),
    20003: _broken(
        "Twilio refuses our account or token. Enter the current auth token in the channel's settings."
    ),
    20005: _broken("The Twilio account is not active. Open the Twilio console to see why."),
    20404: _broken("Twilio does not know this account. Check the account SID in the channel's settings."),
    20429: _later("Twilio asks us to slow down. It is tried again by itself."),
    14107: _later("Twilio asks us to slow down. It is tried again by itself."),
    20500: _later("Twilio has a fault. It is tried again by itself."),
    20503: _later("Twilio is not available now. It is tried again by itself."),
    21611: _later("Too many messages wait for our number at Twilio. It is tried again by itself."),
    30002: _broken("The Twilio account is suspended. Open the Twilio console to see why."),
    63038: Meaning("The Twilio account has sent all it may today. Send it again tomorrow."),
    # Our number
    21603: _broken("The channel has no sender. Enter a number or a messaging service in its settings."),
    21606: Meaning("Our number cannot text this number. Another of our numbers may be able to."),
    21612: Meaning("Twilio has no route from our number to this one. Another of our numbers may have one."),
    21621: Meaning("Our number cannot send pictures and files. Send a link instead."),
    21659: Meaning(
        "Our number is not one of Twilio's, or is a short code of another country. Ask your admin."
    ),
    21660: _broken("Our number belongs to another Twilio account. Check the account SID and the number."),
    21661: _broken("Our number cannot send SMS. Choose an SMS-capable number in the channel's settings."),
    21701: _broken("Twilio does not know the messaging service. Check its SID in the channel's settings."),
    21703: _broken("The messaging service has no numbers. Add a sender to it in the Twilio console."),
    21704: _broken("The messaging service has no numbers. Add a sender to it in the Twilio console."),
    # Their number
    21211: _number("This is not a telephone number. Correct it in the customer's details."),
    21217: _number("This is not a telephone number. Correct it in the customer's details."),
    21265: _number("This is a short code; short codes take no SMS from us."),
    21266: _number("This is our own number."),
    21408: Meaning(
        "SMS to this country is switched off. An admin can allow it in Twilio's geographic permissions."
    ),
    21604: _number("The customer has no telephone number here."),
    21608: Meaning("A Twilio trial account texts only numbers verified in the Twilio console."),
    21610: Meaning(
        "The customer has opted out of our SMS. They can text START to get them again.", opted_out=True
    ),
    21614: _number("This number cannot receive SMS. Use another number or channel."),
    21635: _number("This is a landline and cannot receive SMS. Call it, or use another channel."),
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
    11751: Meaning("A file is larger than the customer's network takes. Send a smaller one, or a link."),
    12300: Meaning("Twilio does not carry files of this type. Send a link instead."),
    30001: Meaning("Too many messages were waiting. Send it again."),
    30003: Meaning("The phone is switched off or out of reach. Try later, or use another channel."),
    30004: Meaning("The number blocks messages like ours. Use another channel."),
    30005: _number("This number is unknown or no longer in use. Ask the customer for the current one."),
    30006: _number("This is a landline, or its network cannot be reached. Use another channel."),
    30007: Meaning(
        "The network filtered it as unwanted. Reword it, leave out links, or use another channel."
    ),
    30008: UNKNOWN,
    30009: Meaning("A part of the message got lost on the way. Send it again, shorter."),
    30010: Meaning("It costs more than the limit set at Twilio. Ask your admin."),
    30011: Meaning("Pictures and files cannot be sent to this country. Send a link instead."),
    30017: Meaning("The customer's network is overloaded. Send it again in a few minutes."),
    30018: Meaning("This country takes only registered senders. Ask your admin to register one at Twilio."),
    30019: Meaning("A file is larger than the customer's network takes. Send a smaller one, or a link."),
    30022: Meaning("We sent more than the US networks allow at once. Send it again in a few minutes."),
    30023: Meaning("We have sent all that the US networks allow us today. Send it again tomorrow."),
    30024: Meaning("The customer's network does not accept our number. Ask your admin."),
    30032: Meaning("Our toll-free number is not verified yet, so networks block it. Ask your admin."),
    30034: Meaning(A2P),
    30036: Meaning("It waited too long at Twilio and was dropped. Send it again."),
    30037: Meaning("Sending is switched off for our Twilio account. Ask your admin."),
    30038: Meaning("The network filtered it because it looks like a password or code. Reword it."),
    30039: Meaning("Twilio stopped it as part of a loop: two machines seem to answer each other."),
    30044: Meaning("A Twilio trial account cannot send texts this long. Shorten it."),
    30410: Meaning("The customer's network did not answer in time. Send it again."),
    30450: Meaning("Twilio blocked it as possible fraud (SMS pumping). Ask your admin."),
    30453: Meaning("Twilio blocked it as possible fraud (SMS pumping). Ask your admin."),
    30500: Meaning("Twilio has a fault. Send it again."),
}


def meaning(code: str | int | None, *, said: str = "") -> Meaning:
    """What `code` means; for one we do not know, Twilio's own words if it `said` any."""
    text = str(code or "").strip()
    if text.isascii() and text.isdigit() and int(text) in MEANINGS:
        return MEANINGS[int(text)]
    if said:
        return Meaning(f"Twilio refused it: {said.strip()[:200]}")
    if text.strip("0"):
        return Meaning(
            f"The network did not deliver it (Twilio error {text[:20]}). Try again, or use another channel."
        )
    return UNKNOWN
