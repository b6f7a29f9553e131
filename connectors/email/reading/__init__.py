"""Reading mail: `read(raw)` turns the bytes of one mail into a `ParsedMail`. Standard library and nh3 only.

`read` never raises because of what a mail contains and always returns something storable; what it had to repair or
leave out stands in `ParsedMail.problems`. README.md tells what it promises and how to add a sample.
"""

from .auto import OWN_LOOP_HEADER
from .limits import Limits
from .mail import read
from .quotes_text import split_text
from .sanitise import sanitise
from .values import (
    Authentication,
    AuthenticationResult,
    Bounce,
    BouncedRecipient,
    Mailbox,
    ParsedMail,
    Part,
    ReadReceipt,
)

__all__ = [
    "OWN_LOOP_HEADER",
    "Authentication",
    "AuthenticationResult",
    "Bounce",
    "BouncedRecipient",
    "Limits",
    "Mailbox",
    "ParsedMail",
    "Part",
    "ReadReceipt",
    "read",
    "sanitise",
    "split_text",
]
