"""Short-lived secrets by which a customer proves who they are: codes sent to an address, and links that carry a thread over.

No code is stored, and of a link its digest only. What may be done with them is in inbox/actions/codes.py and inbox/actions/links.py.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from inbox.models.channels import Channel
from inbox.models.people import Identity


class ProofCode(models.Model):
    """A one-time code sent to (space, value), asked for by `author`. Good once, for minutes, for a few tries."""

    author = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="codes")
    space = models.CharField(max_length=40)
    value = models.CharField(max_length=320)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Continuation(models.Model):
    """A link with which the holder of `identity` goes on elsewhere: on another device (the chat) or another channel. Good once."""

    digest = models.CharField(max_length=64, unique=True)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="continuations")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
