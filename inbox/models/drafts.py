"""What one agent keeps for themselves: drafts and read marks; and the texts all share: saved replies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.staff import Agent, Team


class SavedReply(models.Model):
    """A text for a question that comes again. Variables: {{customer.name}}, {{customer.first_name}}, {{agent.name}}."""

    name = models.CharField(_("name"), max_length=120)
    shortcut = models.CharField(_("shortcut"), max_length=40, unique=True)
    text = models.TextField(_("text"))
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_replies"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What an agent has begun to write in a conversation: one reply and one note each, kept on the server.

    data: text, subject, channel, identity, cc, bcc, attachments (public ids), in_reply_to.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, default="reply")
    data = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agent", "conversation", "kind"], name="draft_once"),
        ]


class ReadMark(models.Model):
    """Up to which message an agent has read a conversation. Unread = the conversation's last_inbound_id is higher."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="read_marks", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    message_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agent", "conversation"], name="read_mark_once"),
        ]
