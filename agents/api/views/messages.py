"""Messages: the thread of a customer or of one conversation, one message, its files, and writing."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from agents import access, composing
from agents.api.authentication import ApiRequest
from agents.api.endpoint import Endpoint, given
from agents.api.idempotency import once
from agents.api.problems import Invalid
from agents.api.scopes import Scope
from agents.api.shapes.messages import MessageShape, NewMessage, WrittenAs
from agents.api.shapes.paging import Paging, page
from agents.api.views.customers import known
from agents.composing import Pair
from agents.views import files
from inbox import timeline
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Address
from inbox.models import Agent, Conversation, Customer, Message
from inbox.models.messages import Direction

READ, WRITE = (Scope.MESSAGES_READ,), (Scope.MESSAGES_WRITE,)


def thread(
    reader: Agent, customer: Customer, query: dict[str, Any], conversation: int | None = None
) -> Response:
    """Messages and notes, the newest first. Raises keyset.BadCursor."""
    found = timeline.page(
        reader,
        customer,
        before=query.get("cursor"),
        limit=query["limit"],
        kinds=("message", "note"),
        conversation=conversation,
    )
    written = [entry.message for entry in found.entries if isinstance(entry, timeline.MessageEntry)]
    return Response({"results": MessageShape(written[::-1], many=True).data, "next": found.older})


def one(pk: int) -> dict[str, Any]:
    """One message with all that MessageShape shows; that the reader may see it has been checked."""
    return dict(MessageShape(timeline.messages([pk])[0].message).data)


class MessagesOfCustomer(Endpoint):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="customers_messages",
        summary="A customer's thread",
        parameters=[Paging],
        responses=page(MessageShape),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """Over all their conversations and channels, the newest first."""
        owner = known(self.reader, pk)
        return thread(self.reader, owner, self.asked(Paging))


class MessagesOfConversation(Endpoint):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="conversations_messages",
        summary="A conversation's messages",
        parameters=[Paging],
        responses=page(MessageShape),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """The newest first."""
        matter = access.conversation(self.reader, pk)
        return thread(self.reader, matter.customer, self.asked(Paging), pk)

    @extend_schema(
        operation_id="conversations_messages_write",
        summary="Reply, or leave a note",
        request=NewMessage,
        responses={201: MessageShape},
    )
    @once
    def post(self, request: ApiRequest, pk: int) -> Response:
        """In the name of the token's agent. A reply leaves after the channel's undo delay. 409 if it cannot leave."""
        matter = access.conversation(self.reader, pk)
        values = given(NewMessage, request.data)
        own: dict[str, Any] = {
            "agent": self.reader,
            "conversation_id": pk,
            "client_key": secrets.token_urlsafe(16),
        }
        if values["type"] == WrittenAs.NOTE:
            message = reply.note(text=values["text"], **own)
        else:
            pair = _pair(self.reader, matter, values)
            message = reply.reply(composition=_composition(pair, values), resolve=values["resolve"], **own)
        return Response(one(message.pk), status=201)


def _pair(reader: Agent, matter: Conversation, values: dict[str, Any]) -> Pair:
    """The pair that was named, or the composer's own choice. Raises Invalid, Refused."""
    if "channel" in values:
        found = composing.pair_named(
            composing.pairs(reader, matter), f"{values['channel']}-{values['identity']}"
        )
        if found is None:
            raise Invalid({"channel": [_("This channel cannot reach this address in this conversation.")]})
        return found
    chosen = composing.of(reader, matter).chosen
    if chosen is None:
        raise Refused(_("There is no way to reach them. Name a channel and an identity."))
    written = Message.objects.filter(identity=chosen.identity, direction=Direction.OUTBOUND)
    if not chosen.identity.verified and not written.exists():
        raise Refused(
            _("Nobody has proved that this address is theirs. Name a channel and an identity to write to it.")
        )
    return chosen


def _composition(pair: Pair, values: dict[str, Any]) -> Composition:
    space = pair.identity.space
    return Composition(
        channel=pair.channel,
        identity=pair.identity,
        text=values["text"],
        subject=values["subject"],
        cc=[Address(space=space, value=each.lower()) for each in values["cc"]],
        bcc=[Address(space=space, value=each.lower()) for each in values["bcc"]],
    )


class OneMessage(Endpoint):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="messages_read", summary="Read a message", responses=MessageShape)
    def get(self, request: ApiRequest, pk: int) -> Response:
        """With its files and how far its sending is."""
        return Response(one(access.message(self.reader, pk).pk))


class OneFile(Endpoint):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="files_read",
        summary="Download a file",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="Its bytes.")
        },
    )
    def get(self, request: ApiRequest, public_id: str) -> HttpResponseBase:
        """A file of a message this token may read."""
        return files.served(access.attachment(self.reader, public_id), asked=request.headers.get("Range", ""))
