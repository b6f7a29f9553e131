"""What an admin types in to connect a WhatsApp sender of a Twilio account."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.twilio.settings import TwilioSettings
from inbox.contract import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppSettings(TwilioSettings):
    """As for every channel by Twilio; the number is the WhatsApp sender's."""

    number: str = setting(
        "WhatsApp number",
        default="",
        placeholder="+44 20 7946 0000",
        help="The sender's number, as Twilio lists it under WhatsApp senders.",
    )
    messaging_service_sid: str = setting(
        "Messaging service SID",
        default="",
        placeholder="MG…",
        help="Instead of a number, for a service whose pool has WhatsApp senders. Needed for opt-out words of your own.",
    )
