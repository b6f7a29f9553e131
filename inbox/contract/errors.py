"""What a connector raises on purpose. What each means for a message is in connectors/README.md."""

from __future__ import annotations

from datetime import timedelta


class ContractError(Exception):
    """Base of all errors a connector raises on purpose. `reason` is one plain sentence an agent or admin can act on."""

    def __init__(self, reason: str = "", *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class BadSignature(ContractError):
    """The request is not from the provider: answered 403, counted, shown to the admin, never parsed."""


class BadPayload(ContractError):
    """The request is authentic but cannot be read: the receipt is tried again and parked with this reason."""


class TemporaryFailure(ContractError):
    """The provider did not take it now (rate limit, 5xx, no connection made): tried again after `retry_after` or by back-off.

    whole_channel: the limit is the channel's, not this address's: nothing else is sent on it until then.
    """

    def __init__(
        self,
        reason: str = "",
        *,
        code: str = "",
        retry_after: timedelta | None = None,
        whole_channel: bool = False,
    ) -> None:
        super().__init__(reason, code=code)
        self.retry_after = retry_after
        self.whole_channel = whole_channel


class PermanentFailure(ContractError):
    """The provider will never take it. `opted_out` marks the address as having refused this kind of message; `undeliverable` as one
    that does not work; `window_closed` notes that the provider's reply window is over, whatever we had stored."""

    def __init__(
        self,
        reason: str = "",
        *,
        code: str = "",
        opted_out: bool = False,
        undeliverable: bool = False,
        window_closed: bool = False,
    ) -> None:
        super().__init__(reason, code=code)
        self.opted_out = opted_out
        self.undeliverable = undeliverable
        self.window_closed = window_closed


class ChannelBroken(ContractError):
    """Our credentials no longer work (401, revoked token): the channel is stopped with this reason, the message stays queued."""


class OutcomeUnknown(ContractError):
    """The provider may or may not have taken it (time-out after the request left): shown to the agent, never resent blindly."""
