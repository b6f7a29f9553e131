"""What Twilio's error codes mean on WhatsApp: one plain sentence each. Those of every channel are in connectors/twilio/errors.py.

A number that is not on WhatsApp may still take SMS, so no code marks the number itself as bad.
Source: twilio.com/docs/api/errors/<code>.
"""

from __future__ import annotations

from connectors.twilio.errors import SHARED, Meaning, broken, later, number

WINDOW = Meaning(
    "More than 24 hours have passed since the customer last wrote. Send an approved template, or use another channel.",
    window_closed=True,
)
NOT_ON_WHATSAPP = Meaning("This number is not on WhatsApp. Use another number or channel.")
TEMPLATE = Meaning("WhatsApp refuses this template as it is now. Reload the templates, or choose another.")
FAULT = later("WhatsApp has a fault. It is tried again by itself.")

MEANINGS = SHARED | {
    # Our sender
    21606: broken("Twilio knows no WhatsApp sender with our number. Check the number in the channel's settings."),
    63001: broken("WhatsApp refuses our sender. Open WhatsApp senders in the Twilio console to see why."),
    63002: broken("Twilio knows no WhatsApp sender with our number. Check the number in the channel's settings."),
    63007: broken("Twilio knows no WhatsApp sender with our number. Check the number in the channel's settings."),
    63008: broken("Our WhatsApp sender is not set up fully. Open it in the Twilio console to see why."),
    63020: broken("Twilio may not use our WhatsApp account any more. Accept its invitation in Meta's business settings."),
    63030: Meaning("Twilio does not carry this on WhatsApp. Send it another way."),
    63035: Meaning("WhatsApp does not carry this from our sender. Send it another way."),
    63038: Meaning("The Twilio account has sent all it may today. Send it again tomorrow."),
    63112: broken("Meta has switched off our WhatsApp account. Open Meta's business support to see why."),
    63113: broken("Meta has switched off our WhatsApp account. Open Meta's business support to see why."),
    # Their number
    21211: number("This is not a telephone number. Correct it in the customer's details."),
    21217: number("This is not a telephone number. Correct it in the customer's details."),
    21604: number("The customer has no telephone number here."),
    21610: Meaning(
        "The customer has opted out of our messages. They can write START to get them again.", opted_out=True
    ),
    21612: NOT_ON_WHATSAPP,
    63003: NOT_ON_WHATSAPP,
    63014: Meaning("The customer has blocked our messages on WhatsApp. Use another channel."),
    63015: Meaning("This is Twilio's sandbox, which the customer has not joined. They must send it the join code first."),
    63024: Meaning("This number cannot receive the message: not on WhatsApp, an old app, or terms not accepted."),
    63029: Meaning("The customer's phone did not take the message. Ask them to update WhatsApp, or use another channel."),
    63031: Meaning("This is our own number."),
    63032: Meaning("WhatsApp shows this person no such messages from us. Use another channel."),
    63033: Meaning("The customer has blocked our number on WhatsApp. Use another channel."),
    63049: Meaning("Meta held it back: this person gets many marketing messages. Try later, or use another channel."),
    # The message
    21654: TEMPLATE,
    21655: Meaning("Twilio no longer has this template. Reload the templates and choose another."),
    21656: Meaning("A value for the template is missing or not allowed: no line breaks, tabs or empty values."),
    63005: Meaning("WhatsApp did not accept the content. Change it and send it again."),
    63006: Meaning("WhatsApp cannot show content of this form. Send it as text."),
    63013: Meaning("WhatsApp's rules do not allow this message. Reword it."),
    63016: WINDOW,
    63019: Meaning("WhatsApp could not fetch the file. Send it again, or send a link."),
    63021: Meaning("WhatsApp did not accept the content. Change it and send it again."),
    63022: Meaning("The contact card cannot be read. Send the number as text."),
    63023: Meaning("WhatsApp has a fault. Send it again."),
    63025: Meaning("The customer has this message already."),
    63027: Meaning("This template does not exist in this language. Choose another."),
    63028: Meaning("The template needs another number of values. Reload the templates and fill it in again."),
    63036: NOT_ON_WHATSAPP,
    63040: Meaning("Meta rejected this template. Choose another."),
    63041: Meaning("Meta has paused this template because people complained. Choose another."),
    63042: Meaning("Meta has switched off this template because people complained. Choose another."),
    # On the way
    63010: FAULT,
    63012: FAULT,
    63009: Meaning("WhatsApp had a fault. Send it again."),
    63017: later("WhatsApp asks us to slow down. It is tried again by itself."),
    63018: later("WhatsApp asks us to slow down. It is tried again by itself."),
    63026: Meaning("The message waited too long at WhatsApp and was dropped. Send it again."),
}  # fmt: skip
