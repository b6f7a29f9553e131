"""A batch of a touchpoints file. Keeping them is touchpoints.py, which knows each (source, external id) once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext as _

from inbox.actions import identify, told, touchpoints
from inbox.actions.identify import Key, key_of
from inbox.actions.importing.cells import Bad, Cells, checked
from inbox.actions.importing.columns import plain_words
from inbox.actions.importing.outcome import BAD, CREATED, SAME, Outcome
from inbox.actions.told import Told
from inbox.contract import Address
from inbox.models import Agent, Import, Touchpoint
from inbox.models.story import TouchpointKind


def batch(job: Import, listed: Sequence[Cells], *, agent: Agent, dry: bool) -> list[Outcome]:
    """What becomes of these rows; with `dry` nothing is written. Call inside a transaction."""
    outcomes: dict[int, Outcome] = {}
    items: list[tuple[int, Told]] = []
    for row in listed:
        number = row.row.number
        try:
            items.append((number, _told(row)))
        except Bad as error:
            outcomes[number] = Outcome(number, BAD, str(error))
    found = _look(items) if dry else _record(items)
    return sorted([*outcomes.values(), *found], key=lambda each: each.number)


def _told(row: Cells) -> Told:
    """The row as somebody tells a touchpoint. Raises Bad."""
    addresses = row.addresses()
    if not addresses:
        raise Bad(_("This row does not say whose it is: no e-mail address, phone or customer number."))
    when, value = row.text("occurred_at"), row.text("value")
    if not when:
        raise Bad(_("This row does not say when it was."))
    item = Told(
        kind=_kind(row.text("kind") or row.options.kind),
        source=row.text("source", most=told.SOURCE) or row.options.source,
        external_id=row.text("external_id", most=told.EXTERNAL_ID),
        occurred_at=row.moment(when),
        reference=row.text("reference", most=told.REFERENCE),
        title=row.text("title", most=told.TITLE),
        url=row.text("url", most=told.URL),
        value=row.number(value) if value else None,
        currency=(row.text("currency") or row.options.currency).upper() if value else "",
        address=_whose(addresses),
    )
    if reason := told.problem(item):
        raise Bad(reason)
    return item


def _whose(addresses: list[Address]) -> Address:
    """The address it is told of: the customer number first, since it stands for one person."""
    return min(addresses, key=lambda each: each.space != "ref")


def _kind(text: str) -> str:
    return _kinds().get(plain_words(text), checked(text, 60))


@cache
def _kinds() -> dict[str, str]:
    """Each kind by its name; by other words that mean it; in no language but English, as the names are."""
    other = {"page view": "page", "purchase": "order", "pickup": "ready", "shop visit": "visit"}
    return {plain_words(value): value for value in TouchpointKind.values} | other


def _look(items: list[tuple[int, Told]]) -> list[Outcome]:
    """Which of them would be new."""
    stored = Touchpoint.objects.filter(external_id__in={item.external_id for _number, item in items})
    known = set(stored.values_list("source", "external_id"))
    found = []
    for number, item in items:
        name = (item.source.strip(), item.external_id.strip())
        found.append(Outcome(number, SAME if name in known else CREATED))
        known.add(name)
    return found


def _record(items: list[tuple[int, Told]]) -> list[Outcome]:
    keys = {key_of(item.address) for _number, item in items if item.address}
    before = {key: each for key, each in identify.read(keys).items() if not each.claimed}
    met: set[Key] = set()
    outcomes = []
    for (number, item), kept in zip(items, touchpoints.record([item for _n, item in items]), strict=True):
        outcome = Outcome(number, CREATED if kept.created else SAME)
        key = key_of(item.address) if item.address else None
        if kept.created:
            outcome.touchpoint_id = kept.touchpoint_id
            outcome.customer_id = kept.customer_id
            outcome.before = {"made": key is not None and key not in before and key not in met}
            if key is not None:
                met.add(key)
        outcomes.append(outcome)
    return outcomes
