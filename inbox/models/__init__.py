"""The domain's tables. Only inbox/actions/ writes them; everyone may read through the querysets that take a reader."""

from inbox.models.channels import Channel, ChannelHealth
from inbox.models.conversations import Conversation, ConversationTag, Tag
from inbox.models.drafts import Draft, ReadMark, SavedReply
from inbox.models.history import Audit, Event
from inbox.models.messages import (
    Arrival,
    Attachment,
    Blob,
    Delivery,
    Mention,
    Message,
    Original,
    Participant,
    Reaction,
)
from inbox.models.people import Claim, Company, Customer, Identity
from inbox.models.staff import Agent, Desk, Team

__all__ = [
    "Agent",
    "Arrival",
    "Attachment",
    "Audit",
    "Blob",
    "Channel",
    "ChannelHealth",
    "Claim",
    "Company",
    "Conversation",
    "ConversationTag",
    "Customer",
    "Delivery",
    "Desk",
    "Draft",
    "Event",
    "Identity",
    "Mention",
    "Message",
    "Original",
    "Participant",
    "Reaction",
    "ReadMark",
    "SavedReply",
    "Tag",
    "Team",
]
