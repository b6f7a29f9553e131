"""Which conversation does an inbound message join? The table of docs/architecture.md, as one pure function.

No database here: receive.py gathers the facts under the customer's lock and carries out the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inbox.contract import InboundMessage, Nature, Proof
from inbox.models.conversations import State

FAILED_PROOF = "sender-check-failed"
HISTORY = "history"


@dataclass(slots=True, kw_only=True)
class Matter:
    """A conversation as far as joining and its bookkeeping need it. id is None until it is inserted."""

    id: int | None
    customer_id: int
    desk_id: int
    main: bool
    quiet: bool
    status: str
    thread_key: str
    channel_id: int | None
    last_activity: datetime
    waiting_since: datetime | None
    team_id: int | None = None
    merged_into_id: int | None = None
    public: bool = False

    @property
    def unresolved(self) -> bool:
        return self.status != State.RESOLVED


class How(StrEnum):
    """Why a message is where it is."""

    REFERENCE = "reference"
    THREAD = "thread"
    ONLY = "only"
    GUESSED = "guessed"
    NEW = "new"
    OWN = "own"
    QUIET = "quiet"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Decision:
    """Join `matter`, or open a new one if it is None (`main`, `quiet` and `thread_key` say which sort)."""

    how: How
    matter: Matter | None
    main: bool = True
    quiet: bool = False
    thread_key: str = ""


def raises(message: InboundMessage) -> bool:
    """Whether it may open, wake, mark unread and start clocks: only what a person wrote, and not history being imported."""
    return message.nature == Nature.PERSON and not message.historical


def decide(
    message: InboundMessage,
    *,
    desk_id: int,
    channel_id: int,
    referenced: Matter | None,
    matters: Sequence[Matter],
    last_on_identity: Callable[[Sequence[Matter]], Matter | None],
    blocked: bool = False,
) -> Decision:
    """The table. `matters` are the customer's conversations on all desks; `last_on_identity` picks the one of several where
    this identity was last active."""
    here = [matter for matter in matters if matter.desk_id == desk_id]
    if message.proof == Proof.FAILED:
        return _thread(here, FAILED_PROOF, channel_id, How.SUSPECT)
    # What is said in private never joins what everybody can read, nor the other way round, whatever it quotes.
    if referenced is not None and not blocked and message.public == referenced.public:
        return Decision(How.REFERENCE, referenced)
    if message.thread_key:
        return _thread(here, message.thread_key, channel_id, How.THREAD)
    if message.historical:
        # All that was said before we were here is one episode, whatever of it comes when.
        return _thread(here, HISTORY, channel_id, How.THREAD)
    if message.nature != Nature.PERSON or blocked:
        quiet = next((matter for matter in here if matter.quiet), None)
        return Decision(How.QUIET, quiet, main=False, quiet=True)
    if message.machine and message.customer is None:
        return Decision(How.OWN, None, main=False)
    return by_what_is_open(here, last_on_identity)


def by_what_is_open(
    here: Sequence[Matter],
    last_on_identity: Callable[[Sequence[Matter]], Matter | None] = lambda _several: None,
) -> Decision:
    """The table's end, for what names no matter: the one unresolved, the last active of several, else a new one.

    `here` are the customer's matters on the desk. What an agent notes of a visit or a letter is decided by this alone.
    """
    open_matters = [matter for matter in here if matter.unresolved and not matter.thread_key]
    if len(open_matters) == 1:
        return Decision(How.ONLY, open_matters[0])
    if open_matters:
        last = last_on_identity(open_matters) or max(open_matters, key=lambda matter: matter.last_activity)
        return Decision(How.GUESSED, last)
    return Decision(How.NEW, None)


def _thread(here: Sequence[Matter], key: str, channel_id: int, how: How) -> Decision:
    same = [matter for matter in here if matter.thread_key == key and matter.channel_id == channel_id]
    found = next((matter for matter in same if matter.unresolved), None)
    if found is None and how == How.THREAD and same:
        found = max(same, key=lambda matter: matter.last_activity)
    return Decision(how, found, main=False, thread_key=key)
