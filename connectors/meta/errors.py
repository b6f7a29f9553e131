"""Graph's error document → one plain sentence and the contract's error. Each channel adds the codes that only it has.

Source: docs graph-api/guides/error-handling, graph-api/overview/rate-limiting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from connectors import http
from inbox.contract import ChannelBroken, ContractError, OutcomeUnknown, PermanentFailure, TemporaryFailure


class Effect(Enum):
    """What a refusal means: the message is over, it is tried again, nothing goes on the channel for now, the channel is broken, or
    nobody knows what became of the message."""

    FINAL = "final"
    LATER = "later"
    PAUSE = "pause"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`reason` for an agent. The flags are PermanentFailure's."""

    reason: str
    effect: Effect = Effect.FINAL
    undeliverable: bool = False
    opted_out: bool = False
    window_closed: bool = False


# By code, or by code and subcode, which wins.
Meanings = Mapping[int | tuple[int, int], Meaning]


def later(reason: str) -> Meaning:
    return Meaning(reason=reason, effect=Effect.LATER)


def pause(reason: str) -> Meaning:
    """A limit of the app, the page or the number: nothing else goes on the channel until then."""
    return Meaning(reason=reason, effect=Effect.PAUSE)


def broken(reason: str) -> Meaning:
    return Meaning(reason=reason, effect=Effect.BROKEN)


NEW_TOKEN = "Make a new access token and enter it in the channel's settings."  # noqa: S105  # advice, no token
SLOWER = "Meta asks us to slow down. It is tried again by itself."
FAULT = "Meta has a fault. It is tried again by itself."
FORBIDDEN = (
    "Meta does not allow our app to do this. Give the access token the permissions of the set-up steps."
)

COMMON: Meanings = {
    0: broken(f"Meta refuses our access token. {NEW_TOKEN}"),
    1: later(FAULT),
    2: later("Meta is not available now. It is tried again by itself."),
    3: broken(FORBIDDEN),
    4: pause(SLOWER),
    10: broken(FORBIDDEN),
    17: pause(SLOWER),
    32: pause(SLOWER),
    102: broken(f"Meta refuses our access token. {NEW_TOKEN}"),
    190: broken(f"Meta refuses our access token. {NEW_TOKEN}"),
    (190, 458): broken(f"Our app was removed from the account at Meta. {NEW_TOKEN}"),
    (190, 459): broken("Meta wants the person who connected the channel to log in there and confirm something."),
    (190, 460): broken(f"The access token ended because a password was changed at Meta. {NEW_TOKEN}"),
    (190, 463): broken(f"The access token has expired. {NEW_TOKEN}"),
    (190, 464): broken("Meta wants the person who connected the channel to log in there and confirm something."),
    (190, 467): broken(f"The access token was revoked at Meta. {NEW_TOKEN}"),
    (190, 492): broken(f"The person who connected the channel has no role on it any more. {NEW_TOKEN}"),
    341: pause(SLOWER),
    368: broken("Meta has blocked our account for a time because of its policies. Look into Meta's Business Support Home."),
    613: pause(SLOWER),
}  # fmt: skip
PERMISSIONS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphError:
    """The document's fields. `details` is what says most: error_data.details, error_user_msg or message."""

    code: int
    subcode: int = 0
    details: str = ""
    transient: bool = False

    @property
    def name(self) -> str:
        """As people look it up: "190" or "190/463"."""
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)


def document(text: str) -> GraphError | None:
    """The error in an answer's body, or None if there is none."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    return read(data.get("error")) if isinstance(data, dict) else None


def read(error: Any) -> GraphError | None:
    """The object under `error`, also as statuses carry it (`code`, `title`, `error_data`)."""
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
        return None
    extra = error.get("error_data")
    said = (extra.get("details") if isinstance(extra, Mapping) else None) or error.get("error_user_msg")
    subcode = error.get("error_subcode")
    return GraphError(
        code=error["code"],
        subcode=subcode if isinstance(subcode, int) else 0,
        details=str(said or error.get("message") or error.get("title") or "").strip(),
        transient=error.get("is_transient") is True,
    )


def meaning(error: GraphError, own: Meanings) -> Meaning:
    """The channel's own reading first, then what is common to all; for a code nobody knows, Meta's own words."""
    for key in ((error.code, error.subcode), error.code):
        for table in (own, COMMON):
            if key in table:
                return table[key]
    if error.transient:
        return later(FAULT)
    if error.code in PERMISSIONS:
        return broken(FORBIDDEN)
    if error.details:
        return Meaning(reason=f"Meta refused it: {error.details[:200]}")
    return Meaning(reason=f"Meta refused it (error {error.name}).")


def refusal(status: int, text: str, headers: Mapping[str, str], own: Meanings) -> ContractError:
    """What an answer that is not a success means for the message."""
    error = document(text)
    if error is None:
        return _without_document(status, headers)
    means = meaning(error, own)
    if means.effect is Effect.BROKEN:
        return ChannelBroken(means.reason, code=error.name)
    if means.effect is Effect.UNKNOWN:
        return OutcomeUnknown(means.reason, code=error.name)
    if means.effect in {Effect.LATER, Effect.PAUSE} or status == 429 or status >= 500:
        return TemporaryFailure(
            means.reason,
            code=error.name,
            retry_after=wait(headers),
            whole_channel=means.effect is Effect.PAUSE,
        )
    return PermanentFailure(
        means.reason,
        code=error.name,
        undeliverable=means.undeliverable,
        opted_out=means.opted_out,
        window_closed=means.window_closed,
    )


def _without_document(status: int, headers: Mapping[str, str]) -> ContractError:
    """Not Graph itself has answered: a gateway. 429 and 503 took nothing; of another 5xx nobody knows."""
    code = f"http_{status}"
    if status in {429, 503}:
        return TemporaryFailure(SLOWER, code=code, retry_after=wait(headers), whole_channel=True)
    if status >= 500:
        return OutcomeUnknown("Meta's gateway broke off; nobody knows whether the message went.", code=code)
    if status == 401:
        return ChannelBroken(COMMON[190].reason, code=code)
    return PermanentFailure(f"Meta refused it ({status}).", code=code)


def wait(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, else the minutes of X-Business-Use-Case-Usage (docs: rate-limiting#headers); None if neither says anything."""
    said = http.retry_after(headers)
    if said is not None:
        return said
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", ""))
        minutes = max(
            int(each["estimated_time_to_regain_access"]) for uses in usage.values() for each in uses
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return timedelta(minutes=min(minutes, 24 * 60)) if minutes > 0 else None
