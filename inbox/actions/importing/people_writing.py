"""Writing what a batch of a customers file brings: set by set, under the locks that people.py has taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from inbox.actions import identify, record, rows
from inbox.actions.identify import Key, key_of
from inbox.actions.importing import people
from inbox.actions.importing.cells import Bad, Cells
from inbox.actions.importing.outcome import BAD, CHANGED, CREATED, SAME, Outcome
from inbox.actions.importing.people import Change, Holder
from inbox.events import Kind
from inbox.models import Agent, Attribute, Company, Customer, Identity, Import

HOW = "import"


def batch(job: Import, listed: Sequence[Cells], *, agent: Agent, dry: bool) -> list[Outcome]:
    """What becomes of these rows; with `dry` nothing is written. Call inside a transaction."""
    verified = bool(listed) and listed[0].options.verified
    attributes = list(Attribute.objects.all())
    outcomes: dict[int, Outcome] = {}
    said = []
    for row in listed:
        try:
            said.append(people.person(row, attributes))
        except Bad as error:
            outcomes[row.row.number] = Outcome(row.row.number, BAD, str(error))
    book = people.open_book(said, agent=agent, dry=dry)
    changes = []
    for each in said:
        try:
            brought = people.change(each, book, verified=verified)
        except Bad as error:
            outcomes[each.number] = Outcome(each.number, BAD, str(error))
            continue
        outcomes[each.number] = _outcome(each.number, brought)
        if brought is not None and not brought.empty:
            changes.append(brought)
    if changes and not dry:
        _write(changes, outcomes, agent=agent, verified=verified, import_id=job.pk)
    return [outcomes[number] for number in sorted(outcomes)]


def _outcome(number: int, brought: Change | None) -> Outcome:
    """A row about people hidden from the reader counts as new: that is how it would look if they did not exist."""
    if brought is None or brought.created:
        return Outcome(number, CREATED)
    return Outcome(number, SAME if brought.empty else CHANGED)


def _write(
    changes: Sequence[Change],
    outcomes: dict[int, Outcome],
    *,
    agent: Agent,
    verified: bool,
    import_id: int,
) -> None:
    holders = list(dict.fromkeys(each.holder for each in changes))
    made = _companies(holders)
    Customer.objects.bulk_create([each.customer for each in holders if each.fresh])
    _update([each for each in changes if not each.holder.fresh])
    ids = _addresses(changes, verified=verified)
    identify.verify({pk for each in changes for pk in each.proven}, how=HOW)
    for each in changes:
        outcome = outcomes[each.number]
        outcome.customer_id = each.holder.customer.pk
        outcome.before = {
            "values": each.values,
            "identities": [ids[key_of(address)] for address in each.added],
            "verified": each.proven,
            "company": made.pop(each.holder.company, None) if "company" in each.values else None,
        }
    record.facts(_facts([each for each in changes if not each.holder.fresh], ids, agent, import_id))


def _companies(holders: Iterable[Holder]) -> dict[str, int]:
    """Give each customer their company, made if it is new. Gives the ids of the new ones by name."""
    wanted = {each.company for each in holders if each.company}
    known = {each.name: each for each in Company.objects.filter(name__in=wanted)}
    missing = sorted(wanted - known.keys())
    Company.objects.bulk_create([Company(name=name) for name in missing], ignore_conflicts=True)
    made = {each.name: each for each in Company.objects.filter(name__in=missing)}
    for each in holders:
        each.customer.company = {**known, **made}.get(each.company)
    return {name: company.pk for name, company in made.items()}


def _update(changes: Sequence[Change]) -> None:
    """Save the customers that were there before, by the columns that any of them changes."""
    columns = set()
    for each in changes:
        for name in each.values:
            columns.add(name if name in (*people.COLUMNS, "company") else "attributes")
    touched = list(dict.fromkeys(each.holder for each in changes if each.values))
    if touched:
        Customer.objects.bulk_update([each.customer for each in touched], sorted(columns))


def _addresses(changes: Sequence[Change], *, verified: bool) -> dict[Key, int]:
    """Add the new addresses; their ids. Raises IntegrityError if somebody else was faster with one: the batch is done again."""
    now = timezone.now()
    columns = (
        "customer_id",
        "space",
        "value",
        "name",
        "verified_at",
        "verified_how",
        "shared",
        "undeliverable_reason",
        "created_at",
    )
    added = {key_of(address): each.holder for each in changes for address in each.added}
    values = [
        (holder.customer.pk, *key, "", now if verified else None, HOW if verified else "", False, "", now)
        # In one order, so that two who add the same never wait for each other.
        for key, holder in sorted(added.items(), key=lambda item: item[0])
    ]
    inserted = rows.insert(Identity, columns, values, returning="space, value, id")
    return {(space, value): pk for space, value, pk in inserted}


def _facts(changes: Iterable[Change], ids: dict[Key, int], agent: Agent, import_id: int) -> list[record.Fact]:
    """What is told to threads that are open: the people of customers just made have none."""
    facts = []
    for each in changes:
        customer_id = each.holder.customer.pk
        names = sorted({name.partition(":")[0] for name in each.values})
        if names:
            data = {"change": names, "import": import_id}
            facts.append(
                record.Fact(kind=Kind.CUSTOMER_CHANGED, customer_id=customer_id, actor_id=agent.pk, data=data)
            )
        facts += [
            record.Fact(
                kind=Kind.IDENTITY_ADDED,
                customer_id=customer_id,
                actor_id=agent.pk,
                data={"identity": ids[key_of(address)], "how": HOW},
            )
            for address in each.added
        ]
    return facts
