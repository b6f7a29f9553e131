"""What is known of customers beyond their name: attributes of the company's own, and what they allow us to send."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from inbox.models.people import Identity
from inbox.models.staff import Agent


class AttributeType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    YES_NO = "yes_no", _("Yes or no")
    DATE = "date", _("Date")
    LINK = "link", _("Link")
    CHOICE = "choice", _("One of a list")


class Attribute(models.Model):
    """A field of the company's own for customers; the values are in Customer.attributes under `key`."""

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=8, choices=AttributeType.choices, default=AttributeType.TEXT)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class Purpose(models.TextChoices):
    """What a message is for. Service answers a matter of the customer's, notice tells of one without a person having written
    it (unread chat carried on by mail); the others are sent on our own account and need to be allowed first."""

    SERVICE = "service", _("Answers")
    NOTICE = "notice", _("Automatic messages")
    NEWS = "news", _("News and offers")
    SURVEY = "survey", _("Surveys")


class Consent(models.Model):
    """The log of what the holder of an address allowed or refused. Only added to; the newest row per purpose holds.

    how: stop, start, unsubscribe, agent, form, api, import
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    allowed = models.BooleanField()
    how = models.CharField(max_length=12)
    actor = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("identity", "purpose", F("id").desc(), name="consent_newest"),
        ]
