"""What journeys need: the running house and real servers around it."""

from tests.house import mailboxes, outgoing

__all__ = ["mailboxes", "outgoing"]
