"""Whether an access token works and until when (docs: graph-api/reference/debug_token)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.meta.errors import broken
from connectors.meta.graph import Graph
from connectors.meta.reading import Json

WRONG_APP = broken(
    "Meta does not know the app ID with this app secret. Copy both again from App settings → Basic."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`expires_at` is None for a token that never ends. `reason`: why it is not valid."""

    valid: bool
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    reason: str = ""

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return sorted(set(wanted) - self.scopes)


def inspect(graph: Graph, app_id: str) -> Token:
    """Ask Graph about `graph.token` in the name of the app. Raises like Graph.get."""
    asking = replace(graph.as_app(app_id), meanings={190: WRONG_APP, 101: WRONG_APP})
    answer = asking.get("debug_token", input_token=graph.token)
    data = answer.get("data")
    return _token(data if isinstance(data, dict) else {})


def _token(data: Json) -> Token:
    scopes = data.get("scopes")
    error = data.get("error")
    # Access to data ends after 90 days for what a person granted, although the token goes on.
    ends = [_moment(data.get(name)) for name in ("expires_at", "data_access_expires_at")]
    return Token(
        valid=data.get("is_valid") is True,
        scopes=frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
        expires_at=min((end for end in ends if end), default=None),
        reason=str(error.get("message") or "") if isinstance(error, dict) else "",
    )


def _moment(seconds: object) -> datetime | None:
    """0 is Graph's way to say never."""
    if not isinstance(seconds, int) or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)
