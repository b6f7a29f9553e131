"""Reads receipts: claim → parse (outside any transaction) → actions.receive (once.py) and "done" in one transaction. Who calls: tasks.py.

A batch that fails is tried one by one, so that one poison receipt never holds another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField
from django.db.models.functions import Now
from django.utils import timezone

from connectors.models import Receipt, ReceiptQuerySet, ReceiptState
from connectors.once import Item, carry_out, items_of
from connectors.values import summary
from inbox import registry
from inbox.actions import traffic
from inbox.contract import Connector, ContractError
from inbox.models import Channel

log = structlog.get_logger(__name__)

BATCH = 50
# A batch's bodies are in memory together: of large ones fewer are taken at once, but always one.
BATCH_BYTES = 50_000_000
# Tried again after these, then parked.
BACK_OFF = (timedelta(seconds=10), timedelta(seconds=60))
# A status may overtake its message: looked for again after as long as it has waited already, for a day.
WAIT_LEAST, WAIT_MOST, WAIT_FOR = timedelta(seconds=3), timedelta(hours=1), timedelta(hours=24)
# The hard limit of a task is 60 seconds: who claimed longer ago is dead.
CLAIM_ENDS = timedelta(minutes=2)
AT_ONCE = timedelta()
# One call reads at most so many that have failed before, each alone.
RETRIES = 10

SIZE = Func("body", function="octet_length", output_field=IntegerField())

WRITE = """
    UPDATE connectors_receipt AS r
    SET state = d.state, error = d.error, events = d.events, attempts = d.attempts, next_attempt_at = d.at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::smallint[], %s::timestamptz[])
         AS d (id, state, error, events, attempts, at)
    WHERE r.id = d.id
"""

NEVER_CAME = "It is about a message that has not come within a day."
OUR_FAULT = "It could not be read because of a fault of ours ({error}). Replay it after an update."
WORKER_DIED = "The worker died while reading it, three times. Replay it after an update."


@dataclass(slots=True)
class Read:
    """A claimed receipt and the events it became."""

    receipt: Receipt
    items: Sequence[Item]


class Connectors:
    """The connectors of one drain, each built once."""

    def __init__(self, receipts: Iterable[Receipt]) -> None:
        self.ids = {receipt.channel_id for receipt in receipts}
        self.built: dict[int, Connector] = {}

    @cached_property
    def channels(self) -> dict[int, Channel]:
        return Channel.objects.select_related("desk").in_bulk(self.ids)

    def of(self, receipt: Receipt) -> Connector:
        """Raises ContractError if the channel's settings do not fit."""
        if receipt.channel_id not in self.built:
            self.built[receipt.channel_id] = registry.connector_for(self.channels[receipt.channel_id])
        return self.built[receipt.channel_id]


def drain(limit: int = BATCH) -> timedelta | None:
    """Read what is due. Gives the time after which there is more to do, or None if nothing is known to come."""
    soon = [_batch(limit, retried=False)]
    for _ in range(RETRIES):
        again = _batch(1, retried=True)
        if again is None:
            break
        soon.append(again)
    if soon[0] is not None and _fresh().exists():
        return AT_ONCE
    return min((due for each in soon for due in each or ()), default=None)


def _batch(limit: int, *, retried: bool) -> list[timedelta] | None:
    """Read one batch; when what is not finished of it is due again, or None if there was nothing to read."""
    claimed = claim(limit, retried=retried)
    if not claimed:
        return None
    work(claimed)
    due = soonest(claimed)
    return [due] if due is not None else []


def _fresh() -> ReceiptQuerySet:
    """Due, and never tried before."""
    return Receipt.objects.due().filter(attempts=0)


def claim(limit: int, *, retried: bool) -> list[Receipt]:
    """Take up to `limit` due receipts, oldest first, that nobody else has; those that failed before only if `retried`.

    Fewer if their bodies are more than BATCH_BYTES together.
    """
    due = Receipt.objects.due().filter(attempts__gt=0) if retried else _fresh()
    with transaction.atomic():
        locked = due.select_for_update(of=("self",), skip_locked=True).annotate(size=SIZE)
        taken = _as_many_as_fit(list(locked.values_list("pk", "size")[:limit]))
        found = Receipt.objects.filter(pk__in=taken)
        found.update(state=ReceiptState.CLAIMED, claimed_at=Now(), attempts=F("attempts") + 1)
    return sorted(found, key=lambda one: taken.index(one.pk))


def _as_many_as_fit(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """The ids of the first of these (id, bytes) that are no more than BATCH_BYTES together, or of the first alone."""
    fit: list[int] = []
    total = 0
    for pk, size in sizes:
        total += size
        if fit and total > BATCH_BYTES:
            break
        fit.append(pk)
    return fit


def work(receipts: Sequence[Receipt]) -> None:
    """Read claimed receipts: together, and one by one if that fails. Raises only if not even the failure can be written."""
    connectors = Connectors(receipts)
    read = [one for receipt in receipts if (one := parse(receipt, connectors))]
    if len(read) > 1 and _all_at_once(read, connectors):
        return
    for one in read:
        with failures_of(one.receipt):
            apply([one], connectors)


def parse(receipt: Receipt, connectors: Connectors) -> Read | None:
    """The receipt with its events, or None after noting why it has none."""
    items: list[Item] | None = None
    with failures_of(receipt):
        events = connectors.of(receipt).parse(receipt.request())
        items = items_of(receipt, connectors.channels[receipt.channel_id], events)
    return None if items is None else Read(receipt, items)


def _all_at_once(read: Sequence[Read], connectors: Connectors) -> bool:
    try:
        apply(read, connectors)
    except Exception:
        log.warning("A batch failed; its receipts are read one by one.", exc_info=True)
        return False
    return True


@contextmanager
def failures_of(receipt: Receipt) -> Iterator[None]:
    """Whatever is raised inside belongs to this receipt and must not hold the others: noted, tried again, in the end parked."""
    try:
        yield
    except ContractError as error:
        _failed(receipt, error.reason or type(error).__name__)
    except Exception as error:
        log.exception("A receipt could not be read.", receipt=receipt.pk)
        _failed(receipt, OUR_FAULT.format(error=type(error).__name__))


def apply(read: Sequence[Read], connectors: Connectors) -> None:
    """Carry out the events and mark their receipts, in one transaction. Raises whatever receive raises."""
    with transaction.atomic():
        carry_out([item for one in read for item in one.items])
        for one in read:
            _conclude(one)
        _write([one.receipt for one in read])
        traffic.came_in(channel_ids=connectors.ids, at=timezone.now())


def _conclude(read: Read) -> None:
    receipt = read.receipt
    receipt.events = [summary(item.event) for item in read.items]
    waiting = [item.outcome for item in read.items if item.outcome and item.waits]
    age = timezone.now() - receipt.received_at
    if not waiting:
        _move(receipt, ReceiptState.DONE)
    elif age > WAIT_FOR:
        _move(receipt, ReceiptState.PARKED, error=NEVER_CAME)
    else:
        receipt.attempts = 0
        again = timezone.now() + min(max(age, WAIT_LEAST), WAIT_MOST)
        _move(receipt, ReceiptState.WAITING, error=waiting[0].reason, again=again)


def _failed(receipt: Receipt, reason: str) -> None:
    """Note a failed try: again later, or parked after the last."""
    if receipt.attempts > len(BACK_OFF):
        _move(receipt, ReceiptState.PARKED, error=reason)
    else:
        again = timezone.now() + BACK_OFF[receipt.attempts - 1]
        _move(receipt, ReceiptState.NEW, error=reason, again=again)
    _write([receipt])


def _move(receipt: Receipt, state: ReceiptState, *, error: str = "", again: datetime | None = None) -> None:
    receipt.state, receipt.error = state, error[:500]
    receipt.next_attempt_at = again or timezone.now()


def _write(receipts: Sequence[Receipt]) -> None:
    """Write down where these have got to: one statement for a whole batch."""
    columns: list[Any] = [
        [one.pk for one in receipts],
        [str(one.state) for one in receipts],
        [one.error for one in receipts],
        [json.dumps(one.events) for one in receipts],
        [one.attempts for one in receipts],
        [one.next_attempt_at for one in receipts],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)


def soonest(receipts: Iterable[Receipt]) -> timedelta | None:
    """When the first of those that were not finished is due again. Each drain cares for its own; the sweeper for all."""
    due = [one.next_attempt_at for one in receipts if one.state in (ReceiptState.NEW, ReceiptState.WAITING)]
    return max(min(due) - timezone.now(), timedelta()) if due else None


def take_back_abandoned() -> int:
    """Free what a dead worker had claimed; what has killed three is parked. Gives how many were freed."""
    abandoned = Receipt.objects.filter(state=ReceiptState.CLAIMED, claimed_at__lt=Now() - CLAIM_ENDS)
    deadly = abandoned.filter(attempts__gt=len(BACK_OFF))
    deadly.update(state=ReceiptState.PARKED, error=WORKER_DIED)
    return abandoned.update(state=ReceiptState.NEW, next_attempt_at=Now())
