"""What every channel by Twilio does alike: verify, answer, fetch media. Reading and sending are each channel's own."""

from __future__ import annotations

import hmac
from abc import ABC

from connectors import http
from connectors.guard import Guard
from connectors.phone import e164, written
from connectors.twilio import signature
from connectors.twilio.settings import TwilioSettings
from inbox.contract import BadSignature, Connector, File, PermanentFailure, Request, Response


class TwilioConnector(Connector, ABC):
    """A number or a messaging service of one Twilio account."""

    Settings = TwilioSettings
    settings: TwilioSettings

    @property
    def address(self) -> str:
        """Our number as people write it; a pool of numbers has only its channel's name."""
        own = self.number
        return written(own) if own else self.channel.name

    @property
    def number(self) -> str:
        """Our own number, or "" for a pool."""
        if self.settings.messaging_service_sid:
            return ""
        return e164(self.settings.number, self.channel.country) or self.settings.number

    def verify(self, request: Request) -> None:
        """X-Twilio-Signature over the public address and all fields; no time in it, so a replay is stopped by the message's id.

        Any To is accepted: a service has many numbers, and refusing one loses its messages (chatwoot PR 14125).
        """
        if not signature.is_signed(request, (self.settings.auth_token, self.settings.other_secret)):
            raise BadSignature(
                "Twilio's signature does not fit the auth token, or the address is not the one Twilio used."
            )
        account = signature.form(request).first("AccountSid")
        if not hmac.compare_digest(account.encode(), self.settings.account_sid.encode()):
            raise BadSignature("The request is for another Twilio account.")

    def answer(self, request: Request) -> Response | None:
        """An empty TwiML document: we reply by the API. Not given when the message could not be stored: Twilio must try again.

        None to a GET, which the door would take for a handshake and not store.
        """
        if request.method == "GET":
            return None
        return Response(body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml")

    def reference_for(self, public_id: str) -> str:
        """Ours, since Twilio's id is unknown when the connection breaks: its reports name this one (see sending.report_to)."""
        return public_id

    def fetch(self, file: File) -> File:
        """Media from Twilio, with our login; where it redirects (its CDN) gets no login. Kept there until deleted in the console."""
        if not self._is_twilios(file.url):
            raise PermanentFailure("The file is not at Twilio.", code="address_refused")
        got = http.fetch(file.url, auth=self.settings.login, guard=Guard(http.TIMEOUT))
        return File(
            name=file.name,
            content_type=got.content_type,
            content=got.content,
            url=file.url,
            size=len(got.content),
            content_id=file.content_id,
            inline=file.inline,
        )

    def _is_twilios(self, url: str) -> bool:
        """Whether our login may be sent there. Raises AddressRefused. Read by the parser that also connects: no two opinions."""
        where = http.checked(url)
        if self.settings.api_url:
            own = http.checked(self.settings.api_url)
            return (where.scheme, where.host, where.port) == (own.scheme, own.host, own.port)
        return where.scheme == "https" and f".{where.host}".endswith(".twilio.com")
