"""What each kind of event changes in an open thread, and the fragments that show it: the page's own templates, for every viewer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from inbox import registry, timeline
from inbox.events import LINES, Kind
from inbox.models import Delivery, Event, Message, Participant

CONTENT = frozenset(
    {
        Kind.MESSAGE_EDITED,
        Kind.MESSAGE_DELETED,
        Kind.REACTION_CHANGED,
        Kind.ATTACHMENT_CHANGED,
        Kind.DELIVERY_CHANGED,
        Kind.TOUCHPOINT_RECORDED,
    }
)
"""These change one entry and nothing around the thread but, some of them, what matters now (js/live/outlook.js)."""
BOUNDARIES = frozenset(
    {
        Kind.STATUS_CHANGED,
        Kind.CONVERSATION_CHANGED,
        Kind.CONVERSATION_SPLIT,
        Kind.CONVERSATION_MERGED,
        Kind.CONVERSATION_PROMOTED,
        Kind.SPAM_REPORTED,
        Kind.MESSAGE_MOVED,
    }
)
"""After these an episode may begin to be past, be taken up again, or be called differently."""

QUOTED = frozenset(
    {
        Kind.MESSAGE_RECEIVED,
        Kind.MESSAGE_EDITED,
        Kind.MESSAGE_DELETED,
        Kind.MESSAGE_MOVED,
        Kind.ATTACHMENT_CHANGED,
    }
)
"""After these, what quotes the message may have other words to show, or another place to lead to."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What one event changes, in one language.

    desks    who may be told: readers of any of them; None for everybody who may see the customer
    entries  fragments to put where their data-order says, replacing those with the same id
    gone     ids of fragments to take away
    again    conversations whose entries, as far as they are on the page, must be fetched anew; 0 stands for all
    around   whether what stands around the thread (verbs, matters, customer) must be fetched anew
    reload   the page is about something else now: open it anew
    """

    event_id: int
    kind: str
    desks: frozenset[int] | None
    entries: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    around: bool = True
    reload: bool = False

    def may_be_told(self, desks: Collection[int]) -> bool:
        """Whether a reader of these desks may know."""
        return self.desks is None or any(desk in self.desks for desk in desks)

    def frame(self) -> dict[str, Any]:
        """As the browser gets it."""
        told = {"entries": self.entries, "gone": self.gone, "again": self.again}
        flags = {"around": self.around, "reload": self.reload}
        return {
            "id": self.event_id,
            "kind": self.kind,
            **{name: value for name, value in (told | flags).items() if value},
        }


def patches(events: Sequence[Event], languages: Iterable[str]) -> dict[str, list[Patch]]:
    """One patch per event, in order, per language. A fragment that several events change is in the patch of the last of them.

    A constant number of queries, and each fragment is rendered once per language.
    """
    changed = _Changed(events)
    return {language: changed.patches(language) for language in languages}


class _Changed:
    """The entries that some events have changed, as they are now."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.desks = _desks(events)
        waiting, answers = _scheduled(events), _answering(events)
        self.wanted = {
            event.pk: [*_fragments(event), *waiting.get(event.pk, ()), *answers.get(event.pk, ())]
            for event in events
        }
        ids: dict[str, set[int]] = {"message": set(), "touchpoint": set(), "event": set(), "boundary": set()}
        for wanted in self.wanted.values():
            for kind, pk in wanted:
                ids[kind].add(pk)
        self.entries: dict[tuple[str, int], timeline.Entry] = {}
        found: list[timeline.Entry] = []
        found += timeline.messages(ids["message"])
        found += timeline.touchpoints(ids["touchpoint"])
        found += timeline.events(ids["event"])
        found += timeline.boundaries(ids["boundary"])
        for entry in found:
            self.entries[entry.entry_kind, entry.position[-1]] = entry

    def patches(self, language: str) -> list[Patch]:
        last = {fragment: event.pk for event in self.events for fragment in self.wanted[event.pk]}
        with translation.override(language):
            return [
                self._patch(event, [each for each in self.wanted[event.pk] if last[each] == event.pk])
                for event in self.events
            ]

    def _patch(self, event: Event, fragments: Sequence[tuple[str, int]]) -> Patch:
        found = [self.entries[fragment] for fragment in fragments if fragment in self.entries]
        return Patch(
            event_id=event.pk,
            kind=event.kind,
            desks=self.desks[event.pk],
            entries=[html(entry) for entry in found],
            gone=[f"{kind}-{pk}" for kind, pk in fragments if (kind, pk) not in self.entries],
            again=_again(event),
            around=event.kind not in CONTENT,
            reload=event.kind in (Kind.CUSTOMERS_MERGED, Kind.CUSTOMERS_SEPARATED),
        )


def html(entry: timeline.Entry) -> str:
    """One entry, as the page shows it."""
    return render_to_string("agents/_entry.html", {"entry": entry}).strip()


def _fragments(event: Event) -> list[tuple[str, int]]:
    """The (kind, id) of the entries that the event may have changed, made or taken away."""
    data: Mapping[str, Any] = event.data
    fragments = [("message", pk) for pk in (event.message_id, *data.get("messages", ())) if pk]
    if event.kind == Kind.TOUCHPOINT_RECORDED:
        fragments.append(("touchpoint", data["touchpoint"]))
    if event.kind in LINES:
        # What was undone, and the undoing, are no lines.
        fragments += [("event", pk) for pk in (event.pk, data.get("undoes")) if pk]
    if event.kind in BOUNDARIES:
        # "from" and "to" are states in some kinds and conversations in others.
        ends = (event.conversation_id, data.get("from"), data.get("to"))
        fragments += [("boundary", pk) for pk in dict.fromkeys(ends) if isinstance(pk, int)]
    return fragments


def _scheduled(events: Sequence[Event]) -> dict[int, list[tuple[str, int]]]:
    """What waits to go out in a conversation where somebody has written: it says so, that it was written before."""
    heard = {event.pk: event.conversation_id for event in events if event.kind == Kind.MESSAGE_RECEIVED}
    if not heard:
        return {}
    due = Delivery.objects.filter(status="queued", not_before__gt=timezone.now())
    waiting = due.filter(message__conversation__in=set(heard.values()))
    found: dict[int, list[tuple[str, int]]] = {}
    for conversation, pk in waiting.values_list("message__conversation_id", "message_id"):
        for event, heard_in in heard.items():
            if heard_in == conversation:
                found.setdefault(event, []).append(("message", pk))
    return found


def _answering(events: Sequence[Event]) -> dict[int, list[tuple[str, int]]]:
    """The bubbles that quote a message that has come, or is not what it was: they show its first words. Of the event's desk only."""
    changed = {event.message_id: event for event in events if event.message_id and event.kind in QUOTED}
    kinds = [kind for kind, connector in registry.kinds().items() if connector.capabilities.quotes]
    quotable = Message.objects.filter(pk__in=changed, channel__kind__in=kinds).values_list(
        "pk", "customer_id"
    )
    customers = dict(quotable) if changed and kinds else {}
    if not customers:
        return {}
    quoting = Message.objects.filter(customer__in=set(customers.values()), in_reply_to__in=customers)
    found: dict[int, list[tuple[str, int]]] = {}
    for pk, quoted, desk in quoting.values_list("pk", "in_reply_to_id", "conversation__desk_id"):
        event = changed[quoted]
        if desk == event.desk_id:
            found.setdefault(event.pk, []).append(("message", pk))
    return found


def _again(event: Event) -> list[int]:
    if event.kind == Kind.CUSTOMER_CHANGED:
        return [0]
    if event.kind == Kind.SPAM_REPORTED:
        return [event.data["from"], event.data["to"]]
    if event.kind == Kind.CONVERSATION_CHANGED:
        return [event.conversation_id or 0]
    if event.kind == Kind.MESSAGE_MOVED and event.message_id is None:
        return [event.data["from"], event.data["to"]]
    return []


def _desks(events: Sequence[Event]) -> dict[int, frozenset[int] | None]:
    """Who may be told of each event: its desk's readers; of an address, those of any desk towards which it was used."""
    named = {event.data["identity"] for event in events if event.desk_id is None and "identity" in event.data}
    used: dict[int, set[int]] = {}
    if named:
        uses = Participant.objects.filter(identity__in=named).order_by()
        for identity, desk in uses.values_list("identity_id", "message__conversation__desk_id").distinct():
            used.setdefault(identity, set()).add(desk)

    def of(event: Event) -> frozenset[int] | None:
        if event.desk_id is not None:
            return frozenset({event.desk_id})
        desks = used.get(event.data.get("identity", 0))
        return frozenset(desks) if desks else None

    return {event.pk: of(event) for event in events}
