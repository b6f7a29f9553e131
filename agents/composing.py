"""What the composer offers: every pair "our channel → their identity" of a conversation, the default one, and the draft."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agents import snoozing
from agents.forms import zone_of
from inbox import reach, registry
from inbox.contract import Capabilities
from inbox.models import Agent, Attachment, Channel, Conversation, Draft, Identity, Message
from inbox.models.channels import ChannelState
from inbox.models.messages import Direction
from inbox.reach import Reach


@dataclass(frozen=True)
class Pair:
    """One way to reach the customer. `blocked`: one sentence why it does not work now, or "". public: everybody will read it there."""

    channel: Channel
    identity: Identity
    customer_name: str
    known_reach: Reach | None = None
    public: bool = False

    @cached_property
    def reach(self) -> Reach:
        """What the provider allows here now."""
        return self.known_reach or reach.of(self.channel, self.identity)

    @property
    def is_late(self) -> bool:
        return self.reach.mode == reach.Mode.LATE and not self.public

    @property
    def needs_template(self) -> bool:
        return self.reach.mode == reach.Mode.TEMPLATE and not self.public

    @property
    def key(self) -> str:
        return f"{self.channel.pk}-{self.identity.pk}"

    @cached_property
    def capabilities(self) -> Capabilities:
        return registry.capabilities(self.channel.kind)

    @property
    def undo_seconds(self) -> int:
        return int(self.capabilities.undo_delay.total_seconds())

    @property
    def to(self) -> str:
        """Whom it reaches: an address people know, else (a visitor's id, say) the person's name."""
        return shown(self.identity, self.customer_name)

    @property
    def button(self) -> str:
        """What the send button says."""
        to = self.identity.short if readable(self.identity) else self.to
        words = {"kind": registry.connector_class(self.channel.kind).label, "to": to}
        if self.public:
            return _("Answer in public")
        return (
            _("Send to %(to)s in %(kind)s") if self.capabilities.live else _("Send %(kind)s to %(to)s")
        ) % words

    @cached_property
    def blocked(self) -> str:
        if self.channel.state != ChannelState.ACTIVE:
            return self.channel.state_reason or _("“%(channel)s” is paused.") % {"channel": self.channel.name}
        if self.identity.opted_out_at is not None:
            return _("They asked not to be written to at this address.")
        return self.reach.reason if self.reach.mode == reach.Mode.CLOSED and not self.public else ""


def readable(identity: Identity) -> bool:
    """Whether a person would recognise the address: a mail address, a number, a handle; not a provider's internal id."""
    return "@" in identity.value or identity.value.startswith("+")


def shown(identity: Identity, customer_name: str) -> str:
    """The address if a person would recognise it, else the name that came with it, else the customer's."""
    return identity.value if readable(identity) else identity.name or customer_name


@dataclass(frozen=True)
class Composing:
    """All that _composer.html shows."""

    pairs: Sequence[Pair]
    chosen: Pair | None
    newest: int
    mode: str = "reply"
    draft: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] | None = None
    files: Sequence[Attachment] = ()
    subject: str = ""
    error: str = ""
    later: snoozing.Moments = field(default_factory=list)
    client_key: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def text(self) -> str:
        return str(self.draft.get("text", ""))


def of(agent: Agent, conversation: Conversation, *, mode: str = "") -> Composing:
    """The composer for this agent and matter, with the draft they left. Five queries."""
    found = pairs(agent, conversation)
    drafts = {
        draft.kind: draft.data for draft in Draft.objects.filter(agent=agent, conversation=conversation)
    }
    mode = mode or ("note" if "note" in drafts and "reply" not in drafts else "reply")
    draft = drafts.get(mode, {})
    last = list(
        Message.objects.filter(
            conversation=conversation, direction__in=[Direction.INBOUND, Direction.OUTBOUND]
        )
        .order_by("-occurred_at", "-sequence", "-pk")
        .only("direction", "channel_id", "identity_id", "subject")[:20]
    )
    other = "note" if mode == "reply" else "reply"
    return Composing(
        pairs=found,
        chosen=_chosen(found, draft, last, conversation.customer.preferred_identity_id),
        newest=_newest(conversation),
        mode=mode,
        draft=draft,
        other={"mode": other, "text": drafts[other].get("text", "")} if other in drafts else None,
        files=_files(agent, draft),
        subject=str(draft.get("subject") or _subject(last)),
        later=snoozing.sending(zone_of(agent), timezone.now()),
    )


def pairs(agent: Agent, conversation: Conversation) -> list[Pair]:
    """Every pair whose spaces fit, working ones first, each channel's identities together."""
    channels = Channel.objects.visible_to(agent).filter(desk=conversation.desk_id).defer("settings")
    identities = Identity.objects.visible_to(agent).filter(customer=conversation.customer_id).order_by("pk")
    fitting = [(each, identity) for identity in identities for each in channels if reach.fits(each, identity)]
    reached = reach.of_all(fitting)
    name = str(conversation.customer)
    open_to_all = conversation.channel_id if conversation.public else None
    found = [
        Pair(each, identity, name, reached[each.pk, identity.pk], public=each.pk == open_to_all)
        for each, identity in fitting
    ]
    return sorted(found, key=lambda pair: (bool(pair.blocked), pair.needs_template))


def pair_named(found: Sequence[Pair], key: str) -> Pair | None:
    """The pair with this key, if it is one of them."""
    return next((pair for pair in found if pair.key == key), None)


def _chosen(
    found: Sequence[Pair], draft: dict[str, Any], last: Sequence[Message], preferred: int | None
) -> Pair | None:
    """The draft's pair; else that of the last message from them, else of our last. Of a matter in which nothing was said yet the
    address they prefer, else the first proven one."""
    wanted = [f"{draft.get('channel')}-{draft.get('identity')}"]
    wanted += [f"{m.channel_id}-{m.identity_id}" for m in last if m.direction == Direction.INBOUND][:1]
    wanted += [f"{m.channel_id}-{m.identity_id}" for m in last]
    working = [pair for pair in found if not pair.blocked]
    for key in wanted:
        pair = pair_named(working, key)
        if pair is not None:
            return pair
    ranked = sorted(working, key=lambda pair: (pair.identity.pk != preferred, not pair.identity.verified))
    return ranked[0] if ranked else None


def _subject(last: Sequence[Message]) -> str:
    subject = next((message.subject for message in last if message.subject), "")
    return subject if not subject or subject.lower().startswith("re:") else f"Re: {subject}"


def _newest(conversation: Conversation) -> int:
    return conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0


def _files(agent: Agent, draft: dict[str, Any]) -> list[Attachment]:
    ids = draft.get("attachments") or []
    return list(Attachment.objects.filter(public_id__in=ids, uploaded_by=agent, message=None)) if ids else []
