"""What LINE's refusals mean for an agent. Words: the reference's error messages; LINE has no codes besides the HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from connectors import http
from inbox.contract import ChannelBroken, ContractError, PermanentFailure, TemporaryFailure

QUOTA = (
    "This month's messages of the LINE account are used up. Buy more in LINE's console, use another channel, "
    "or wait until they write: an answer at once costs nothing."
)
BROKEN = "LINE refuses the channel access token. Issue a new one in LINE's console and enter it in the channel's settings."
BLOCKED = "LINE could not deliver it: the customer has blocked the account, or is no longer on LINE."


class Refused(Exception):
    """An answer without success: the status, LINE's words, what it says of single fields, and the ids it may give with a 409."""

    def __init__(
        self,
        status: int,
        said: str,
        details: str = "",
        *,
        headers: Mapping[str, str],
        ids: tuple[str, ...] = (),
    ) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.details = details
        self.headers = headers
        self.ids = ids

    @property
    def token_ended(self) -> bool:
        """The reply token was used, or is older than about a minute."""
        return self.status == 400 and "invalid reply token" in self.said.lower()


def error_of(refused: Refused) -> ContractError:
    """The contract's error for a refusal."""
    status, said, code = refused.status, refused.said.lower(), str(refused.status)
    if status == 429 and "monthly limit" in said:
        return PermanentFailure(QUOTA, code="quota")
    if status == 429:
        wait = http.retry_after(refused.headers)
        return TemporaryFailure(
            "LINE asks us to slow down. It is tried again by itself.",
            code=code,
            retry_after=wait or timedelta(seconds=10),
            whole_channel=True,
        )
    if status == 401:
        return ChannelBroken(BROKEN, code=code)
    if status >= 500:
        return TemporaryFailure(
            "LINE has a fault. It is tried again by itself.",
            code=code,
            retry_after=http.retry_after(refused.headers),
        )
    return _final(refused, said, code)


def _final(refused: Refused, said: str, code: str) -> PermanentFailure:
    if refused.status == 403:
        return PermanentFailure(
            "LINE's plan for this account does not allow this. Ask your admin.", code=code
        )
    if refused.status == 413:
        return PermanentFailure("The message is too large for LINE. Shorten it.", code=code)
    if "failed to send messages" in said:
        return PermanentFailure(BLOCKED, code="blocked", opted_out=True)
    if "'to'" in said or "to)" in refused.details:
        return PermanentFailure("LINE does not know this customer.", code="unknown", undeliverable=True)
    words = ": ".join(part for part in (refused.said, refused.details) if part) or f"status {refused.status}"
    return PermanentFailure(f"LINE refused it: {words[:200]}", code=code)
