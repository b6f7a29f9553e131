"""Slack's SDK over httpx: one connection a call, one deadline, and errors that tell whether the request ever left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import httpx
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from connectors import http
from connectors.guard import Guard
from connectors.slack.errors import no_answer, refusal, unreachable
from connectors.slack.settings import SlackSettings
from inbox.contract import OutcomeUnknown, PermanentFailure

SLACK = "https://slack.com"
TIMEOUT = timedelta(seconds=15)
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, Slack may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Slack(WebClient):
    """The SDK's methods, sent by httpx. Each raises the contract's errors instead of SlackApiError.

    No connection is kept and nothing tried again: either would make a message's outcome unknown. `headers` are the last answer's.
    """

    def __init__(self, settings: SlackSettings) -> None:
        self.stand_in = settings.api_url.rstrip("/")
        super().__init__(
            token=settings.bot_token, base_url=f"{self.stand_in or SLACK}/api/", retry_handlers=[]
        )
        self.answered: Mapping[str, str] = {}

    def api_call(self, api_method: str, **asked: Any) -> SlackResponse:
        """`asked` is what the SDK passes: http_verb, json, params, data, headers."""
        # The SDK puts another token, if it is not the bot's, among the parameters.
        fields = {**(asked.get("params") or {}), **(asked.get("data") or {})}
        token = fields.pop("token", None) or self.token
        answer = self.exchange(
            self.base_url + api_method,
            headers={"Authorization": f"Bearer {token}"},
            json=asked.get("json"),
            data={name: _plain(value) for name, value in fields.items() if value is not None} or None,
        )
        self.answered = answer.headers
        try:
            said = answer.json()
        except ValueError:
            said = None
        if answer.status_code != 200 or not isinstance(said, dict) or said.get("ok") is not True:
            raise refusal(answer.status_code, said, answer.headers)
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url=str(answer.url),
            req_args={},
            data=cast("dict[str, Any]", said),
            headers=dict(answer.headers),
            status_code=answer.status_code,
        )

    def exchange(self, url: str, **request: Any) -> httpx.Response:
        """POST to Slack itself: its API, an upload address or a response_url it gave us.

        Raises PermanentFailure for any other address, TemporaryFailure if it never left, OutcomeUnknown if no answer came.
        """
        where = http.checked(url)
        if not self.is_slacks(where):
            raise PermanentFailure("This address is not Slack's.", code="address_refused")
        try:
            with self._client() as client:
                return client.post(where, **request)
        except NEVER_LEFT as error:
            raise unreachable() from error
        except httpx.HTTPError as error:
            raise no_answer() from error

    def is_slacks(self, where: httpx.URL) -> bool:
        """Whether our token may go there. Read by the parser that also connects: no two opinions."""
        if self.stand_in:
            own = http.checked(self.stand_in)
            return (where.scheme, where.host, where.port) == (own.scheme, own.host, own.port)
        return where.scheme == "https" and f".{where.host}".endswith(".slack.com")

    def _client(self) -> httpx.Client:
        if self.stand_in:
            return http.client(Guard(TIMEOUT))
        return httpx.Client(verify=http.tls(), timeout=TIMEOUT.total_seconds())


def _plain(value: Any) -> Any:
    """As the SDK writes form fields."""
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else value


def said(answer: SlackResponse, *path: str | int) -> str:
    """A string of the answer. Raises OutcomeUnknown if it is not there: then nobody knows what Slack did."""
    found: Any = answer.data
    try:
        for step in path:
            found = found[step]
    except (KeyError, IndexError, TypeError):
        found = None
    if not isinstance(found, str) or not found:
        raise OutcomeUnknown("Slack's answer cannot be read.", code="bad_answer")
    return found
