"""The kinds of facts. Recording one is inbox/actions/record.py; which of them are lines of the thread is said here."""

from enum import StrEnum


class Kind(StrEnum):
    """What can happen. Each is rendered live by agents/live and, where LINES has it, as a thin line of the thread."""

    MESSAGE_RECEIVED = "message_received"
    MESSAGE_SENT = "message_sent"
    NOTE_ADDED = "note_added"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    MESSAGE_MOVED = "message_moved"
    REACTION_CHANGED = "reaction_changed"
    ATTACHMENT_CHANGED = "attachment_changed"
    DELIVERY_CHANGED = "delivery_changed"
    CONVERSATION_OPENED = "conversation_opened"
    ASSIGNED = "assigned"
    STATUS_CHANGED = "status_changed"
    TAGS_CHANGED = "tags_changed"
    PRIORITY_CHANGED = "priority_changed"
    CONVERSATION_CHANGED = "conversation_changed"
    CONVERSATION_SPLIT = "conversation_split"
    CONVERSATION_MERGED = "conversation_merged"
    CONVERSATION_PROMOTED = "conversation_promoted"
    SPAM_REPORTED = "spam_reported"
    CUSTOMER_CHANGED = "customer_changed"
    CUSTOMER_MARKED = "customer_marked"
    IDENTITY_ADDED = "identity_added"
    IDENTITY_CHANGED = "identity_changed"
    CUSTOMERS_MERGED = "customers_merged"
    CUSTOMERS_SEPARATED = "customers_separated"
    TOUCHPOINT_RECORDED = "touchpoint_recorded"


LINES = frozenset(
    {
        Kind.CONVERSATION_OPENED,
        Kind.ASSIGNED,
        Kind.STATUS_CHANGED,
        Kind.TAGS_CHANGED,
        Kind.PRIORITY_CHANGED,
        Kind.MESSAGE_MOVED,
        Kind.CONVERSATION_SPLIT,
        Kind.CONVERSATION_MERGED,
        Kind.CONVERSATION_PROMOTED,
        Kind.SPAM_REPORTED,
        Kind.CUSTOMER_MARKED,
        Kind.IDENTITY_ADDED,
        Kind.IDENTITY_CHANGED,
        Kind.CUSTOMERS_MERGED,
        Kind.CUSTOMERS_SEPARATED,
    }
)

UNDOABLE = frozenset(
    {
        Kind.ASSIGNED,
        Kind.STATUS_CHANGED,
        Kind.TAGS_CHANGED,
        Kind.PRIORITY_CHANGED,
        Kind.MESSAGE_MOVED,
        Kind.CONVERSATION_SPLIT,
        Kind.CONVERSATION_MERGED,
        Kind.CONVERSATION_PROMOTED,
        Kind.SPAM_REPORTED,
        Kind.CUSTOMER_MARKED,
    }
)
