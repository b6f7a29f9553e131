"""What Meta's error codes mean in Messenger and Instagram, beside those all of Graph has (errors.py).

Source: docs messenger-platform/error-codes; the subcodes of Instagram as its integrators report them.
"""

from __future__ import annotations

from connectors.meta.errors import FAULT, SLOWER, Effect, Meaning, Meanings, later, pause

OUTSIDE = Meaning(
    reason="Meta's window for answering is closed. It opens again when the customer writes.",
    window_closed=True,
)
UNAVAILABLE = Meaning(
    reason="The customer cannot be reached: they have blocked us, or left. Use another channel.",
    undeliverable=True,
)
NOBODY = Meaning(
    reason="Meta knows no such customer for our account. Use another channel.", undeliverable=True
)
ANSWERED = Meaning(reason="A private answer goes once to each comment, and this one has had its own.")
TOO_LATE = "A private answer goes once to each comment, within 7 days. Answer in public instead."
NOT_REVIEWED = Meaning(
    reason="Meta's review of our app is not complete: until then only people with a role in the app can be written to."
)
NOT_ALLOWED = Meaning(
    reason="Meta does not allow it: our app lacks a permission for this, or the customer does not want it. Ask your admin."
)
NO_FILE = Meaning(reason="Meta could not fetch the file from us. Ask your admin to check PUBLIC_URL.")

MEANINGS: Meanings = {
    (1, 99): Meaning(reason="Meta refused it without a reason; mostly our app lacks a permission. Ask your admin."),
    # "The messages are all sent successfully, but the endpoint returns an error": so it is not tried again.
    (1, 1357046): Meaning(reason="Meta's answer was broken; the message has probably gone.", effect=Effect.UNKNOWN),
    (2, 1545133): later(FAULT),
    (4, 2018022): pause(SLOWER),
    (9, 2018352): pause(SLOWER),
    # Of what only one customer or message is refused, the channel must not stop: the daily check sees a permission that is gone.
    10: NOT_ALLOWED,
    (10, 2018065): OUTSIDE,
    (10, 2018108): UNAVAILABLE,
    (10, 2018278): OUTSIDE,
    (10, 2534022): OUTSIDE,
    (10, 2534025): ANSWERED,
    (100, 33): Meaning(reason="Meta does not find it any more. It was deleted, or our app may not see it."),
    (100, 2018001): NOBODY,
    (100, 2018008): NO_FILE,
    (100, 2018047): Meaning(reason="Meta does not carry files of this type. Send a link instead."),
    (100, 2018109): Meaning(reason="The file is larger than Meta carries. Send a smaller one, or a link."),
    (100, 2018294): Meaning(reason="Meta could not upload the film: it is too large, or its kind is not carried. Send a link."),
    (100, 2534014): NOBODY,
    (100, 2534001): Meaning(reason="The conversation was deleted or archived at Meta. It opens again when the customer writes."),
    200: NOT_ALLOWED,
    (200, 1545041): UNAVAILABLE,
    (200, 2018021): NOT_REVIEWED,
    (200, 2018027): NOT_REVIEWED,
    (200, 2018028): NOT_REVIEWED,
    230: NOT_ALLOWED,
    551: UNAVAILABLE,
    (551, 1545041): UNAVAILABLE,
    1200: later(FAULT),
    1545041: UNAVAILABLE,
    10900: ANSWERED,
    10903: Meaning(reason="This customer takes no private answer. Answer in public instead."),
    9000001: Meaning(reason="The message was deleted at Meta."),
    80002: pause(SLOWER),
    80006: pause(SLOWER),
}  # fmt: skip
GONE = frozenset({"100/33", "9000001"})
