"""What a token is and what it can name: whom it stands for, and the desks, teams, colleagues and channels of theirs."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from agents import access
from agents.api.authentication import ApiRequest
from agents.api.endpoint import Endpoint
from agents.api.scopes import Scope
from agents.api.shapes.conversations import Named
from agents.api.shapes.messages import ChannelShape
from inbox.models import Agent, Channel, Desk


class MeShape(serializers.Serializer[Any]):
    """The token, and what stands open to it."""

    token = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    expires_at = serializers.DateTimeField(allow_null=True)
    agent = Named()
    desks = Named(many=True)
    teams = Named(many=True)
    agents = Named(many=True)
    channels = ChannelShape(many=True)

    class Meta:
        ref_name = "Me"


class Me(Endpoint):
    scopes: ClassVar = {"GET": ()}

    @extend_schema(operation_id="me_read", summary="Look at the token itself", responses=MeShape)
    def get(self, request: ApiRequest) -> Response:
        """A good first request; and the ids of what other requests name."""
        told = {
            "token": request.auth.name,
            "scopes": request.auth.scopes,
            "expires_at": request.auth.expires_at,
            "agent": self.reader,
            "desks": Desk.objects.readable_by(self.reader),
            "teams": access.teams(self.reader),
            "agents": Agent.objects.filter(is_active=True),
            "channels": Channel.objects.visible_to(self.reader).defer("settings", "cursor").order_by("pk"),
        }
        return Response(MeShape(told).data)
