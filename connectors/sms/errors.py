"""What Twilio's error codes mean on SMS: one plain sentence each. Those of every channel are in connectors/twilio/errors.py.

Source: twilio.com/docs/api/errors/<code>.
"""

from __future__ import annotations

from connectors.twilio import errors
from connectors.twilio.errors import SHARED, Meaning, broken, number

A2P = "US networks block this number: it is not registered for business texting (A2P 10DLC). Ask your admin."

MEANINGS = SHARED | {
    # Our account
    63038: Meaning("The Twilio account has sent all it may today. Send it again tomorrow."),
    # Our number
    21606: Meaning("Our number cannot text this number. Another of our numbers may be able to."),
    21612: Meaning("Twilio has no route from our number to this one. Another of our numbers may have one."),
    21621: Meaning("Our number cannot send pictures and files. Send a link instead."),
    21659: Meaning(
        "Our number is not one of Twilio's, or is a short code of another country. Ask your admin."
    ),
    21661: broken("Our number cannot send SMS. Choose an SMS-capable number in the channel's settings."),
    # Their number
    21211: number("This is not a telephone number. Correct it in the customer's details."),
    21217: number("This is not a telephone number. Correct it in the customer's details."),
    21265: number("This is a short code; short codes take no SMS from us."),
    21266: number("This is our own number."),
    21408: Meaning(
        "SMS to this country is switched off. An admin can allow it in Twilio's geographic permissions."
    ),
    21604: number("The customer has no telephone number here."),
    21608: Meaning("A Twilio trial account texts only numbers verified in the Twilio console."),
    21610: Meaning(
        "The customer has opted out of our SMS. They can text START to get them again.", opted_out=True
    ),
    21614: number("This number cannot receive SMS. Use another number or channel."),
    21635: number("This is a landline and cannot receive SMS. Call it, or use another channel."),
    # On the way
    11751: Meaning("A file is larger than the customer's network takes. Send a smaller one, or a link."),
    30003: Meaning("The phone is switched off or out of reach. Try later, or use another channel."),
    30004: Meaning("The number blocks messages like ours. Use another channel."),
    30005: number("This number is unknown or no longer in use. Ask the customer for the current one."),
    30006: number("This is a landline, or its network cannot be reached. Use another channel."),
    30007: Meaning(
        "The network filtered it as unwanted. Reword it, leave out links, or use another channel."
    ),
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
    30038: Meaning("The network filtered it because it looks like a password or code. Reword it."),
    30044: Meaning("A Twilio trial account cannot send texts this long. Shorten it."),
    30410: Meaning("The customer's network did not answer in time. Send it again."),
    30450: Meaning("Twilio blocked it as possible fraud (SMS pumping). Ask your admin."),
    30453: Meaning("Twilio blocked it as possible fraud (SMS pumping). Ask your admin."),
}


def meaning(code: str | int | None, *, said: str = "") -> Meaning:
    """What `code` means; for one we do not know, Twilio's own words if it `said` any."""
    return errors.meaning(MEANINGS, code, said=said)
