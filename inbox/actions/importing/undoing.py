"""Taking back what an import created or changed, the last row first, unless somebody has changed it since.

Customers who have got messages or conversations meanwhile are kept. What is kept has a line that says why (outcome "kept").
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.importing import merged, people
from inbox.actions.importing.deleting import delete, in_use
from inbox.actions.importing.outcome import CHANGED, CREATED, KEPT, UNDONE
from inbox.actions.importing.people import Holder
from inbox.events import Kind
from inbox.models import (
    Company,
    Conversation,
    Customer,
    Identity,
    Import,
    ImportRow,
    Merge,
    Message,
    Participant,
    Touchpoint,
)
from inbox.models.imports import ImportKind, ImportState

BATCH = 200
HOW = "import"


def work(import_id: int, *, until: float) -> bool:
    """Take back batch by batch until time.monotonic() says so. True if there is more to do."""
    while time.monotonic() < until:
        if not _step(import_id):
            return False
    return True


@transaction.atomic
def _step(import_id: int) -> bool:
    """One batch; `position` goes down to 0. False if nothing is left, or somebody else is at it."""
    locked = Import.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=import_id)
    job = locked.select_related("by").filter(state=ImportState.UNDOING).first()
    if job is None:
        return False
    done = ImportRow.objects.filter(file=job, outcome__in=(CREATED, CHANGED))
    lines = list(done.order_by("-number")[:BATCH])
    if not lines:
        job.state, job.position = ImportState.UNDONE, 0
        job.save(update_fields=["state", "position", "touched_at"])
        left = ImportRow.objects.filter(file=job, outcome=KEPT).count()
        record.audit("import undone", actor=job.by, about=job, data={"kept": left})
        return False
    kept = _take_back(job, lines)
    ImportRow.objects.filter(pk__in=[line.pk for line in lines]).update(outcome=UNDONE)
    for reason in set(kept.values()):
        these = [pk for pk, why in kept.items() if why == reason]
        ImportRow.objects.filter(pk__in=these).update(outcome=KEPT, reason=reason)
    job.position = min(job.position, lines[-1].number - 1)
    job.save(update_fields=["position", "touched_at"])
    return True


def _take_back(job: Import, lines: Sequence[ImportRow]) -> dict[int, str]:
    """Give the reasons by line of what is kept."""
    touchpoints = [line.touchpoint_id for line in lines if line.touchpoint_id]
    Touchpoint.objects.filter(pk__in=touchpoints).delete()
    customers, now = merged.locked(line.customer_id for line in lines if line.customer_id)
    holders = _holders(customers.values())
    if job.kind == ImportKind.CUSTOMERS:
        return _People(job, lines, holders, now).take_back()
    made = {line.customer_id or 0 for line in lines if line.before.get("made")}
    gone = delete([pk for pk in made & holders.keys() if _blank(holders[pk])])
    _tell(holders.keys() - gone, job)
    return {}


def _holders(customers: Iterable[Customer]) -> dict[int, Holder]:
    listed = list(customers)
    names = dict(
        Company.objects.filter(pk__in={each.company_id for each in listed}).values_list("pk", "name")
    )
    return {each.pk: Holder(each, names.get(each.company_id or 0, "")) for each in listed}


def _blank(holder: Holder) -> bool:
    """Nobody knows anything of them but their addresses."""
    customer = holder.customer
    known = any(holder.value(name) for name in (*people.COLUMNS, "company")) or customer.attributes
    return not (known or customer.blocked or customer.merged_into_id or customer.preferred_identity_id)


class _People:
    """A batch of lines of a customers file."""

    def __init__(
        self, job: Import, lines: Sequence[ImportRow], holders: dict[int, Holder], now: dict[int, int]
    ) -> None:
        self.job, self.lines, self.holders, self.now = job, lines, holders, now
        self.added = {pk for line in lines for pk in line.before.get("identities", ())}
        self.busy = in_use(self.added)
        self.kept: dict[int, str] = {}
        self.touched: set[int] = set()

    def take_back(self) -> dict[int, str]:
        made = {line.customer_id: line for line in self.lines if line.outcome == CREATED and line.customer_id}
        written_to = self._written_to(made.keys() & self.holders.keys())
        unmake = []
        for line in self.lines:  # the last first: each finds what the one before it had left
            holder = self.holders.get(line.customer_id or 0)
            if holder is None:
                continue
            if holder.customer.pk in written_to:
                self.kept[line.pk] = _(
                    "There are messages or conversations with this customer now; they stay."
                )
            elif line.outcome == CHANGED:
                self._restore(line, holder)
                self._restore_after_merge(line, holder)
            elif holder.customer.merged_into_id:
                self.kept[line.pk] = _("This customer has become part of another one since; they stay.")
            elif self._is_as_made(line, holder):
                unmake.append(holder.customer.pk)
            else:
                self.kept[line.pk] = _("Somebody has changed this customer since; they stay as they are.")
        self._take_addresses_away()
        self._save(self.touched - set(unmake))
        gone = delete(unmake, addresses=self.added)
        for pk in set(unmake) - gone:
            self.kept[made[pk].pk] = _("Somebody has added to this customer since; they stay as they are.")
        _tell(self.holders.keys() - gone, self.job)
        self._drop_companies()
        return self.kept

    def _written_to(self, made: Collection[int]) -> set[int]:
        """Those we made with whom there has been something since, be it only that they were copied in."""
        found = set(Message.objects.filter(customer__in=made).values_list("customer_id", flat=True))
        found |= set(Conversation.objects.filter(customer__in=made).values_list("customer_id", flat=True))
        copied = Participant.objects.filter(identity__in=self.added, identity__customer__in=made)
        return found | set(copied.values_list("identity__customer_id", flat=True))

    def _is_as_made(self, line: ImportRow, holder: Holder) -> bool:
        """Whether all that is known of them came with this row. Then it is put back, so to speak, to nothing."""
        values = line.before.get("values", {})
        if any(holder.value(name) != after for name, (_before, after) in values.items()):
            return False
        for name, (before, _after) in values.items():
            holder.put(name, before)
        if _blank(holder):
            return True
        for name, (_before, after) in values.items():
            holder.put(name, after)
        return False

    def _restore(self, line: ImportRow, holder: Holder) -> None:
        """Put back what was before, but for what somebody has changed or used since."""
        whole = True
        for name, (before, after) in line.before.get("values", {}).items():
            if holder.value(name) == after:
                holder.put(name, before)
                self.touched.add(holder.customer.pk)
            else:
                whole = False
        if not whole:
            self.kept[line.pk] = _("Somebody has changed this customer since; what they changed stays.")

    def _restore_after_merge(self, line: ImportRow, holder: Holder) -> None:
        """The same for whoever they are part of now, as far as the merge brought it there."""
        keep = self.holders[self.now[holder.customer.pk]]
        if keep is holder:
            return
        merges = list(Merge.objects.filter(gone=holder.customer, undone_at=None))
        for name, (before, after) in line.before.get("values", {}).items():
            if keep.value(name) == after and merged.came_along(merges, name, after):
                keep.put(name, before)
                self.touched.add(keep.customer.pk)

    def _take_addresses_away(self) -> None:
        """Those that rows added to customers who were there before, and verifications; not what has been used since."""
        lines = [line for line in self.lines if line.outcome == CHANGED and line.customer_id in self.holders]
        owners = dict(Identity.objects.filter(pk__in=self.added).values_list("pk", "customer_id"))
        theirs = {
            pk
            for line in lines
            for pk in line.before.get("identities", ())
            if owners.get(pk) == self.now[line.customer_id or 0] and pk not in self.busy
        }
        Identity.objects.filter(pk__in=theirs, verified_how__in=("", HOW), shared=False).delete()
        proven = {pk for line in lines for pk in line.before.get("verified", ())}
        Identity.objects.filter(pk__in=proven, verified_how=HOW).update(verified_at=None, verified_how="")
        left = set(Identity.objects.filter(pk__in=self.added).values_list("pk", flat=True))
        for line in lines:
            if left & set(line.before.get("identities", ())):
                self.kept.setdefault(line.pk, _("An address of this row has been used since; it stays."))

    def _save(self, ids: Collection[int]) -> None:
        holders = [self.holders[pk] for pk in sorted(ids)]
        known = {each.name: each for each in Company.objects.filter(name__in={h.company for h in holders})}
        for holder in holders:
            holder.customer.company = known.get(holder.company)
        if holders:
            columns = [*people.COLUMNS, "company", "attributes"]
            Customer.objects.bulk_update([holder.customer for holder in holders], columns)

    def _drop_companies(self) -> None:
        """Companies that came with the file, and that nobody has anything to do with any more."""
        made = [line.before["company"] for line in self.lines if line.before.get("company")]
        inhabited = Customer.objects.filter(company=OuterRef("pk"))
        Company.objects.filter(~Exists(inhabited), pk__in=made, vip=False, domain="").delete()


def _tell(ids: Iterable[int], job: Import) -> None:
    record.facts(
        [
            record.Fact(
                kind=Kind.CUSTOMER_CHANGED,
                customer_id=pk,
                actor_id=job.by_id,
                data={"change": "import_undone", "import": job.pk},
            )
            for pk in sorted(ids)
        ]
    )
