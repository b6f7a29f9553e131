"""The domain's tables. Only inbox/actions/ writes them; everyone may read through the querysets that take a reader."""

from inbox.models.channels import Channel, ChannelHealth
from inbox.models.conversations import Conversation, ConversationTag, Tag
from inbox.models.drafts import Draft, ReadMark, SavedReply
from inbox.models.files import Attachment, Blob
from inbox.models.history import Audit, Event
from inbox.models.imports import Import, ImportRow
from inbox.models.knowledge import Attribute, Consent, Purpose
from inbox.models.merges import Dismissal, Merge
from inbox.models.messages import (
    Arrival,
    Delivery,
    Mention,
    Message,
    Original,
    Participant,
    Reaction,
)
from inbox.models.pairs import GestureOrder, MessageTemplate, ReplyWindow
from inbox.models.people import Claim, Company, Customer, Identity
from inbox.models.proofs import Continuation, ProofCode
from inbox.models.staff import Agent, Desk, Team
from inbox.models.story import Encounter, Place, Touchpoint
from inbox.models.surfaces import ColleagueAct

__all__ = [
    "Agent",
    "Arrival",
    "Attachment",
    "Attribute",
    "Audit",
    "Blob",
    "Channel",
    "ChannelHealth",
    "Claim",
    "ColleagueAct",
    "Company",
    "Consent",
    "Continuation",
    "Conversation",
    "ConversationTag",
    "Customer",
    "Delivery",
    "Desk",
    "Dismissal",
    "Draft",
    "Encounter",
    "Event",
    "GestureOrder",
    "Identity",
    "Import",
    "ImportRow",
    "Mention",
    "Merge",
    "Message",
    "MessageTemplate",
    "Original",
    "Participant",
    "Place",
    "ProofCode",
    "Purpose",
    "Reaction",
    "ReadMark",
    "ReplyWindow",
    "SavedReply",
    "Tag",
    "Team",
    "Touchpoint",
]
