"""What journeys need: the running house and real servers around it."""

from tests.house import _house, house, mailboxes, outgoing

__all__ = ["_house", "house", "mailboxes", "outgoing"]
