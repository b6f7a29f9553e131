"""What a token may do: reading or writing one kind of thing. Whose things, its agent's desks decide."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from agents.models import ApiToken


class Scope(models.TextChoices):
    CUSTOMERS_READ = "customers:read", _("Read customers and their addresses")
    CUSTOMERS_WRITE = "customers:write", _("Add and change customers and their addresses")
    CONVERSATIONS_READ = "conversations:read", _("Read conversations")
    CONVERSATIONS_WRITE = (
        "conversations:write",
        _("Start conversations, assign, tag, snooze and resolve them"),
    )
    MESSAGES_READ = "messages:read", _("Read messages and notes")
    MESSAGES_WRITE = "messages:write", _("Send replies and leave notes")
    TOUCHPOINTS_READ = "touchpoints:read", _("Read touchpoints")
    TOUCHPOINTS_WRITE = "touchpoints:write", _("Tell of touchpoints")


class Scoped(BasePermission):
    """The token has every scope that the endpoint names for this method (`Endpoint.scopes`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """False without a token, which is answered 401. Raises PermissionDenied naming what is missing."""
        if not isinstance(request.auth, ApiToken):
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        wanted: tuple[Scope, ...] = getattr(view, "scopes", {}).get(method, ())
        missing = [str(scope) for scope in wanted if scope not in request.auth.scopes]
        if missing:
            sentence = _("This token may not do that. It needs: %(scopes)s.") % {"scopes": ", ".join(missing)}
            raise PermissionDenied(sentence, code="missing_scope")
        return True
