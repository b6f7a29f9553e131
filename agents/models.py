"""Tables of the agents' room: keys to the API, and answers kept for requests that are made twice. Nothing of the domain."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from inbox.models import Agent, Desk


class ApiTokenQuerySet(QuerySet["ApiToken"]):
    def working(self) -> ApiTokenQuerySet:
        """Neither revoked nor past their time. Whether their agent still works here is `ApiToken.dead`'s matter."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


class ApiToken(models.Model):
    """A key to the API: reads what its agent may read, and does in the agent's name what its scopes allow.

    Only a digest of the secret is kept. `prefix` is the part one may show and look up by.
    """

    name = models.CharField(max_length=80)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="api_tokens")
    scopes = ArrayField(models.CharField(max_length=24))
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def dead(self) -> bool:
        """Whether its agent was let go, or has become somebody who reads no desk."""
        return not self.agent.is_active or self.agent.is_store

    @property
    def outgrown(self) -> bool:
        """Whether its agent reads a desk by now that whoever made it, and may know its text, may not read."""
        if self.created_by is None:
            return False
        theirs = Desk.objects.readable_by(self.agent).filter(restricted=True)
        return theirs.exclude(pk__in=self.created_by.desks.values("pk")).exists()


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered, so that the same again is answered the same and done once.

    fingerprint   digest of what was asked; another under the same key is a mistake
    status        0 while the request is under way, which nobody else ever sees: it is one transaction
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True, encoder=JSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="answer_once_per_key"),
        ]
