"""The base of the stand-ins of Graph: versions, tokens, appsecret_proof, debug_token, error documents and signed webhooks."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from connectors.meta.signature import CHALLENGE, HEADER, MODE, TOKEN, signature
from connectors.standin.server import StandIn
from connectors.standin.wire import Answer, Asked, as_json
from inbox.contract import Request

VERSIONED = re.compile(r"/v\d+\.\d+(/.*)")


class SignedBy(Protocol):
    """The settings a signature needs."""

    @property
    def app_secret(self) -> str: ...
    @property
    def verify_token(self) -> str: ...


def sign(request: Request, settings: SignedBy) -> Request:
    """As Meta signs: the body, or (GET) the handshake's query with the verify token. For every provider.py."""
    if request.method == "GET":
        where = urlsplit(request.url)
        query = dict(parse_qsl(where.query)) | {TOKEN: settings.verify_token}
        return dataclasses.replace(request, url=where._replace(query=urlencode(query)).geturl())
    headers = {**request.headers, HEADER: signature(settings.app_secret, request.body)}
    return dataclasses.replace(request, headers=headers)


class GraphRefusal(Exception):
    """An answer that is an error. `kind` is the document's `type`."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        subcode: int = 0,
        details: str = "",
        kind: str = "OAuthException",
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status
        self.subcode, self.details, self.kind = subcode, details, kind

    def answer(self) -> Answer:
        """The document Graph writes (docs: graph-api/guides/error-handling)."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.message}",
            "type": self.kind,
            "code": self.code,
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return as_json({"error": error | {"fbtrace_id": "StandInTrace"}}, self.status)


@dataclass
class KnownToken:
    """What debug_token says of a token."""

    scopes: tuple[str, ...] = ()
    expires_at: int = 0
    valid: bool = True
    ended: tuple[int, str] = field(default=(467, "The access token is invalid since the user logged out."))


class GraphStandIn(StandIn):
    """Graph for one app. Subclasses answer `graph`, and may hand out files at `open_paths`, where no token is asked."""

    open_paths: tuple[str, ...] = ()
    # Facebook's Graph asks for the app's proof, if its app is set so; Instagram's own has none.
    proofs = True

    def __init__(self, *, app_id: str, app_secret: str, port: int = 0) -> None:
        super().__init__(port=port)
        self.app_id, self.app_secret = app_id, app_secret
        self.tokens: dict[str, KnownToken] = {}
        self.webhook_url = ""

    @property
    def graph_url(self) -> str:
        """What the channel's `graph_url` is set to."""
        return f"{self.base}/v26.0"

    @abstractmethod
    def graph(self, asked: Asked, path: str) -> Answer:
        """The answer to an authentic request; `path` without version, e.g. "/123/messages". Raise GraphRefusal."""

    def open(self, asked: Asked) -> Answer:
        """The answer on one of `open_paths`."""
        return Answer(404)

    def answer(self, asked: Asked) -> Answer:
        try:
            return self._answer(asked)
        except GraphRefusal as refused:
            return refused.answer()

    def _answer(self, asked: Asked) -> Answer:
        if self.open_paths and asked.path.startswith(self.open_paths):
            return self.open(asked)
        found = VERSIONED.fullmatch(asked.path)
        if not found:
            raise GraphRefusal(2500, "Unknown path components")
        self._authenticate(asked)
        return self._debug(asked) if found[1] == "/debug_token" else self.graph(asked, found[1])

    def _authenticate(self, asked: Asked) -> None:
        token = asked.bearer or asked.query.get("access_token", "")
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if token == f"{self.app_id}|{self.app_secret}":
            return
        known = self.tokens.get(token)
        if known is None:
            raise GraphRefusal(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        if not known.valid:
            subcode, message = known.ended
            raise GraphRefusal(190, message, subcode=subcode, status=401)
        if self.proofs and asked.query.get("appsecret_proof") != proof:
            raise GraphRefusal(
                100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
            )

    def _debug(self, asked: Asked) -> Answer:
        known = self.tokens.get(asked.query.get("input_token", ""))
        if known is None:
            error = {"code": 190, "message": "The access token could not be decrypted", "subcode": 0}
            return as_json({"data": {"error": error, "is_valid": False, "scopes": []}})
        data: dict[str, Any] = {
            "app_id": self.app_id,
            "type": "SYSTEM_USER",
            "application": "Stand-in",
            "expires_at": known.expires_at,
            "is_valid": known.valid,
            "scopes": list(known.scopes),
        }
        if not known.valid:
            data["error"] = {"code": 190, "message": known.ended[1], "subcode": known.ended[0]}
        return as_json({"data": data})

    def handshake(self, verify_token: str) -> str:
        """Meta's GET to the webhook: the body that came back."""
        query = {MODE: "subscribe", CHALLENGE: "1158201444", TOKEN: verify_token}
        with httpx.Client(trust_env=False, timeout=10) as client:
            return client.get(self.webhook_url, params=query).text

    def deliver(self, payload: Mapping[str, Any]) -> int:
        """Post a signed webhook to `webhook_url`; the status that came back, 0 if nobody answered."""
        body = json.dumps(payload).encode()
        headers = {"Content-Type": "application/json", HEADER: signature(self.app_secret, body)}
        try:
            # No proxy: the hook is on this machine.
            with httpx.Client(trust_env=False, timeout=10) as client:
                return client.post(self.webhook_url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return 0
