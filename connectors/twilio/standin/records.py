"""What the stand-in's account keeps, and the errors Twilio's API gives. Data only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

# Twilio's words for the errors it raises here; agents never see them (errors.py of a channel).
WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21211: "Invalid 'To' Phone Number",
    21266: "'To' and 'From' number cannot be the same",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required",
    21604: "A 'To' phone number is required.",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "The 'To' phone number is not currently reachable using the 'From' phone number via SMS",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21619: "A text message body or media urls must be specified.",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21655: "The ContentSid is invalid",
    21656: "The ContentVariables Parameter is invalid",
    21660: "Mismatch between the 'From' number and the account",
    21701: "The Messaging Service does not exist",
    21704: "The Messaging Service contains no phone numbers",
    63007: "Twilio could not find a Channel with the specified From address",
    63015: "Channel Sandbox can only send messages to phone numbers that have joined the Sandbox",
    63021: "Channel invalid content error",
}


class Refusal(Exception):
    """Twilio's error answer: an HTTP status and one of its codes."""

    def __init__(self, code: int, *, status: int = 400) -> None:
        super().__init__(WORDS.get(code, "Error"))
        self.code = code
        self.status = status


@dataclass
class Number:
    number: str
    sms_url: str = ""
    sms_application_sid: str = ""
    sms: bool = True
    mms: bool = True
    sid: str = field(default_factory=lambda: sid("PN"))


@dataclass
class Service:
    """A messaging service: a pool of the account's numbers."""

    sid: str
    numbers: list[str]
    inbound_request_url: str = ""
    use_inbound_webhook_on_number: bool = False
    sticky_sender: bool = True
    registered: bool = True
    name: str = "Pool"


@dataclass
class Sms:
    """One message in either direction."""

    sid: str
    sender: str
    to: str
    body: str
    inbound: bool
    media: list[str] = field(default_factory=list)
    status: str = "queued"
    error: str = ""
    callback: str = ""
    service: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def sid(prefix: str) -> str:
    """A new id: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)
