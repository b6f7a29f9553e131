"""A restricted desk full of things, each with a marker in it, and the people who ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from agents import tokens
from agents.models import ApiToken
from connectors.models import Receipt, ReceiptState
from inbox.actions import files, merging, record
from inbox.contract import File
from inbox.events import Kind
from inbox.models import (
    Agent,
    Attachment,
    Attribute,
    Channel,
    Company,
    Conversation,
    Customer,
    Desk,
    Draft,
    Import,
    Merge,
    Message,
    Original,
    Place,
    SavedReply,
    Tag,
    Team,
)
from tests import factories

MARKER = "zqsecret"
DESK = "zqdesk"
"""The desk's own name: an admin, who sets desks up, may know it; nobody else outside may."""
PEOPLE = {
    "admin": ("admin", True),
    "manager": ("manager", True),
    "agent": ("agent", True),
    "admin without the desk": ("admin", False),
    "manager without the desk": ("manager", False),
    "agent without the desk": ("agent", False),
    "store": ("store", True),
    "store without the desk": ("store", False),
}


@dataclass
class World:
    """What there is, and who asks."""

    people: dict[str, Agent]
    desk: Desk
    team: Team
    channel: Channel
    shared: Customer
    hidden: Customer
    conversation: Conversation
    open: Conversation
    message: Message
    out: Message
    file: Attachment
    saved: SavedReply
    tag: Tag
    field: Attribute
    receipt: Receipt
    place: Place
    imported: Import
    token: ApiToken
    merge: Merge

    def browser(self, name: str) -> Client:
        made = Client(raise_request_exception=False)
        if name in self.people:
            made.force_login(self.people[name])
        return made

    @property
    def ids(self) -> dict[str, object]:
        """The hidden objects' ids by what an address calls them."""
        return {
            "conversations": self.conversation.pk,
            "messages": self.message.pk,
            "customers": self.hidden.pk,
            "channels": self.channel.pk,
            "teams": self.team.pk,
            "replies": self.saved.pk,
            "receipts": self.receipt.pk,
            "files": self.file.public_id,
            "around": self.conversation.pk,
            "places": self.place.pk,
            "imports": self.imported.pk,
            "identities": self.message.identity_id,
            "matters-now": self.hidden.pk,
        }


def build() -> World:
    """Everything the restricted desk may have, and one open matter of a customer both sides know."""
    people = {
        name: factories.agent(f"P{number} Person", role=role)
        for number, (name, (role, _member)) in enumerate(PEOPLE.items())
    }
    members = tuple(agent for name, agent in people.items() if PEOPLE[name][1])
    desk = factories.desk(DESK, restricted=True, members=members)
    team = factories.team(f"Team {MARKER}", desk=desk, members=members)
    channel = factories.channel(
        "sandbox", desk=desk, team=team, name=f"Box {MARKER}", address=f"{MARKER}@x.example", purpose=MARKER
    )
    shared, hidden = factories.customer("Ana Silva"), factories.customer(f"Hal {MARKER}")
    firm = Company.objects.create(name="Known Works", domain="x.example")
    Customer.objects.filter(pk=shared.pk).update(company=firm)
    Customer.objects.filter(pk=hidden.pk).update(company=Company.objects.create(name=f"Firm {MARKER}"))
    factories.customer(f"Cam {MARKER}", company=firm).conversations.create(
        desk=desk, opened_at=factories.MORNING, last_activity=factories.MORNING
    )
    shared.refresh_from_db()
    hidden.refresh_from_db()
    identity = factories.identity(hidden, f"hal-{MARKER}@x.example")
    conversation = factories.conversation(
        hidden,
        desk=desk,
        title=f"Title {MARKER}",
        preview=f"Preview {MARKER}",
        team=team,
        last_channel=channel,
    )
    beside = factories.conversation(shared, desk=desk, title=f"Beside {MARKER}", preview=MARKER, team=team)
    # An address of the customer both sides know, used towards this desk alone.
    between = factories.identity(shared, f"ana-{MARKER}@x.example")
    factories.message(
        beside, f"Between us {MARKER}", channel=channel, identity=between, occurred_at=factories.at(3)
    )
    message = factories.message(
        conversation,
        f"Words {MARKER}",
        subject=MARKER,
        channel=channel,
        identity=identity,
        html=f"<p>{MARKER}</p>",
    )
    Original.objects.create(message=message, text=f"Whole {MARKER}", html=f"<p>{MARKER}</p>")
    author = people["agent"]
    out = factories.reply(
        conversation, author, f"Answer {MARKER}", channel=channel, identity=identity, status="failed"
    )
    factories.note(beside, author, f"Note {MARKER} @P5 Person")
    open_ = factories.conversation(shared, title="Wrong size")
    factories.message(open_, "May I change it?", channel=factories.channel(), occurred_at=factories.at(1))
    Draft.objects.create(agent=author, conversation=conversation, data={"text": f"Draft {MARKER}"})
    for matter in (conversation, beside):
        Conversation.objects.filter(pk=matter.pk).update(
            last_inbound_id=message.pk, waiting_since=factories.at(3), last_activity=timezone.now()
        )
        factories.event(matter)
    for name, (_role, member) in PEOPLE.items():
        if not member:  # they once had a part in the desk, and did something there a moment ago
            data = {"before": 3, "after": conversation.priority}
            factories.event(conversation, Kind.PRIORITY_CHANGED, actor=people[name], data=data)
    record.audit(f"read {MARKER}", actor=author, about=conversation)
    return World(
        people=people,
        desk=desk,
        team=team,
        channel=channel,
        shared=shared,
        hidden=hidden,
        conversation=conversation,
        open=open_,
        message=message,
        out=out,
        file=_file(author, message),
        saved=SavedReply.objects.create(name=f"Saved {MARKER}", shortcut=MARKER, text=MARKER, team=team),
        tag=Tag.objects.create(name="refund"),
        field=Attribute.objects.create(key="shoe_size", label="Shoe size"),
        receipt=_receipt(channel),
        merge=_merge(author, hidden, desk),
        place=factories.place(f"Counter {MARKER}", desk=desk),
        imported=Import.objects.create(kind="customers", name=f"{MARKER}.csv", by=people["manager"]),
        token=tokens.issue(actor=author, name="Shop", agent=author, scopes=["messages:read"])[0],
    )


def _merge(author: Agent, keep: Customer, desk: Desk) -> Merge:
    """Somebody who was only ever known to this desk became part of the customer."""
    gone = factories.customer(f"Gone {MARKER}")
    factories.conversation(gone, desk=desk, main=False, status="resolved")
    return merging.merge(agent=author, keep_id=keep.pk, gone_id=gone.pk)


def _file(author: Agent, message: Message) -> Attachment:
    made = files.upload(
        agent=author, file=File(name=f"{MARKER}.txt", content_type="text/plain", content=MARKER.encode())
    )
    Attachment.objects.filter(pk=made.pk).update(message=message, uploaded_by=None)
    made.refresh_from_db()
    return made


def _receipt(channel: Channel) -> Receipt:
    return Receipt.objects.create(
        channel=channel,
        method="POST",
        url=f"https://x.example/{MARKER}",
        body=MARKER.encode(),
        received_at=timezone.now(),
        state=ReceiptState.PARKED,
        attempts=3,
        error=f"Unreadable {MARKER}",
    )
