"""What WhatsApp's own error codes mean for an agent. Source: docs whatsapp/support/error-codes; what all of Graph shares: connectors/meta/errors.py."""

from __future__ import annotations

from connectors.meta.errors import Meaning, Meanings, broken, later, pause, read
from connectors.meta.errors import meaning as common

TEMPLATE = "Ask your admin to correct the template at Meta, or choose another."
SETTINGS = "Check the IDs in the channel's settings."


def _final(reason: str) -> Meaning:
    return Meaning(reason=reason)


UNKNOWN = Meaning(reason="WhatsApp did not deliver it and gave no reason. Try again, or use another channel.")
WINDOW = Meaning(
    reason="More than 24 hours have passed since the customer last wrote. Send a template.",
    window_closed=True,
)

MEANINGS: Meanings = {
    # Limits
    80007: pause("Our WhatsApp account has reached Meta's limit. It is tried again by itself."),
    130429: pause("Our number sends faster than Meta allows. It is tried again by itself."),
    131048: _final("Meta holds our number back, since people blocked or reported its messages. Look into its quality at Meta."),
    131056: later("Too many messages to this customer in a short time. It is tried again by itself."),
    131064: _final("Our account has reached its limit because of wrongly classified templates. Ask your admin."),
    133016: pause("The number was registered too often. Meta allows it again in 72 hours."),
    # Faults
    131000: later("Meta has a fault. It is tried again by itself."),
    131016: later("WhatsApp is overloaded. It is tried again by itself."),
    131057: pause("Meta is maintaining our account. It is tried again by itself."),
    133004: later("WhatsApp is not available now. It is tried again by itself."),
    # Our account and number
    131005: broken("Meta does not allow our app to send. Give the access token the permission whatsapp_business_messaging."),
    131031: broken("Meta has locked our WhatsApp account. Look into Meta's Business Support Home."),
    131037: broken("Our number's display name is not approved yet. Choose a name in WhatsApp Manager."),
    131042: broken("Meta cannot charge our account. Check the payment method in WhatsApp Manager."),
    131045: broken("Our number is not registered correctly. Register it again in WhatsApp Manager."),
    133010: broken("Our number is not registered for the Cloud API. Register it: see the set-up steps."),
    133005: broken("The PIN of two-step verification is wrong. Ask your admin."),
    133006: broken("Our number must be verified again at Meta. Ask your admin."),
    (100, 33): broken(f"Meta does not know our number, or the access token may not use it. {SETTINGS}"),
    33: broken(f"Meta does not know our number, or the access token may not use it. {SETTINGS}"),
    130497: _final("Our account may not send WhatsApp messages to this country."),
    131063: _final("Marketing templates are switched off for this way of sending. Choose another template."),
    # The customer
    130472: _final("Meta did not deliver it: the customer is in one of its experiments. Use another channel."),
    131021: _final("This is our own number."),
    # No mark on the number: it may well take an SMS or a call.
    131026: _final(
        "WhatsApp could not deliver it: the number is not on WhatsApp, or the app is too old. Use another channel."
    ),
    131030: _final("A test number sends only to the numbers listed at Meta. Add this one there."),
    131047: WINDOW,
    131049: _final("Meta did not deliver it, so that the customer does not get too many such messages. Try again in some days."),
    131050: _final("The customer has stopped marketing messages from us. Choose another template."),
    131062: _final("This template can only go to a telephone number, and WhatsApp hides the customer's."),
    137000: _final("The customer's WhatsApp was newly installed or belongs to somebody else. Verify who it is."),
    # The message
    131008: _final("Meta misses a part of the message. Ask your admin."),
    131009: _final("Meta does not accept a part of the message. Ask your admin."),
    131051: _final("WhatsApp does not carry this kind of message."),
    131052: _final("WhatsApp could not get the file from the customer. Ask them to send it again."),
    131053: _final("WhatsApp does not take this file: its type or its size. Send another, or a link."),
    135000: _final("Meta refused it and does not say why. Change the message, or choose another template."),
    # Templates
    132000: _final("The template needs other values than were filled in. Choose it again."),
    132001: _final("The template does not exist in this language, or is not approved. Choose another."),
    132005: _final("With the values the template's text is too long. Shorten them."),
    132007: _final(f"The template's content breaks a rule of WhatsApp. {TEMPLATE}"),
    132008: _final("A value has a form the template does not take: line breaks, tabs or many spaces. Change it."),
    132012: _final("A value has the wrong form for the template. Change it."),
    132015: _final("Meta has paused the template because of its quality. Choose another."),
    132016: _final("Meta has switched the template off for good because of its quality. Choose another."),
    132018: _final("A value has the wrong form for the template. Change it."),
    132068: _final("The template's flow is blocked. Choose another."),
    132069: _final("The template's flow was sent too often in the last hour. Choose another, or try later."),
}  # fmt: skip

# The same answer about a file's id says something else.
FILE_MEANINGS: Meanings = {
    **MEANINGS,
    (100, 33): _final("WhatsApp keeps this file no more. Ask the customer to send it again."),
}


def meaning(error: object) -> Meaning:
    """What the error of a status means."""
    found = read(error)
    return common(found, MEANINGS) if found else UNKNOWN
