"""Conversations: list, read, start, change."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from agents import access
from agents.api.authentication import ApiRequest
from agents.api.endpoint import Endpoint, given, page_of
from agents.api.idempotency import once
from agents.api.problems import Invalid
from agents.api.scopes import Scope
from agents.api.shapes.addresses import address
from agents.api.shapes.conversations import (
    ConversationChange,
    ConversationQuery,
    ConversationShape,
    NewConversation,
)
from agents.api.shapes.paging import page
from inbox.actions import conversations as actions
from inbox.actions import identify, lock, reply, status
from inbox.actions.composing import Composition
from inbox.models import Agent, Channel, Conversation, Customer, Identity, Tag, Team
from inbox.models.conversations import State

READ, WRITE = (Scope.CONVERSATIONS_READ,), (Scope.CONVERSATIONS_WRITE,)
START = (Scope.CONVERSATIONS_WRITE, Scope.MESSAGES_WRITE)


def shown(reader: Agent) -> QuerySet[Conversation]:
    """What the reader may see, with what ConversationShape shows."""
    tags = Prefetch("tags", Tag.objects.order_by("name"))
    return (
        Conversation.objects.visible_to(reader)
        .select_related("desk", "team", "assignee")
        .prefetch_related(tags)
    )


class Conversations(Endpoint):
    scopes: ClassVar = {"GET": READ, "POST": START}

    @extend_schema(
        operation_id="conversations_list",
        summary="List conversations",
        parameters=[ConversationQuery],
        responses=page(ConversationShape),
    )
    def get(self, request: ApiRequest) -> Response:
        """The last begun first."""
        query = self.asked(ConversationQuery)
        rows = shown(self.reader)
        for name in ("status", "customer", "desk", "team", "assignee"):
            if name in query:
                rows = rows.filter(**{name: query[name]})
        if "unassigned" in query:
            rows = rows.filter(assignee__isnull=query["unassigned"])
        if "tag" in query:
            rows = rows.filter(tags__name=query["tag"])
        return page_of(rows, ConversationShape, query=query)

    @extend_schema(
        operation_id="conversations_start",
        summary="Write first",
        request=NewConversation,
        responses={201: ConversationShape},
    )
    @once
    def post(self, request: ApiRequest) -> Response:
        """Joins the customer's open main conversation on the channel's desk, or begins one. The message leaves as a reply does."""
        values = given(NewConversation, request.data)
        channel = Channel.objects.visible_to(self.reader).filter(pk=values["channel"]).first()
        if channel is None:
            raise Invalid({"channel": [_("There is no such channel.")]})
        identity = _whom(self.reader, values)
        message = reply.start(
            agent=self.reader,
            customer_id=identity.customer_id,
            desk=channel.desk,
            composition=Composition(
                channel=channel, identity=identity, text=values["text"], subject=values["subject"]
            ),
            client_key=secrets.token_urlsafe(16),
            title=values["title"],
        )
        begun = shown(self.reader).get(pk=message.conversation_id)
        return Response(ConversationShape(begun).data, status=201)


def _whom(reader: Agent, values: dict[str, Any]) -> Identity:
    """The address to write to. Raises Invalid."""
    if "address" in values:
        told = address(values["address"])
        reply.customer_at(address=told)
        return Identity.objects.get(pk=identify.resolve([told])[identify.key_of(told)].id)
    visible = Identity.objects.visible_to(reader).filter(customer__in=Customer.objects.visible_to(reader))
    found = visible.filter(pk=values["identity"]).first()
    if found is None:
        raise Invalid({"identity": [_("There is no such address.")]})
    return found


class OneConversation(Endpoint):
    scopes: ClassVar = {"GET": READ, "PATCH": WRITE}

    @extend_schema(
        operation_id="conversations_read", summary="Read a conversation", responses=ConversationShape
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """Without its messages: these have a list of their own."""
        return Response(ConversationShape(get_object_or_404(shown(self.reader), pk=pk)).data)

    @extend_schema(
        operation_id="conversations_change",
        summary="Assign, tag, snooze, resolve …",
        request=ConversationChange,
        responses=ConversationShape,
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        """All that is named, or nothing of it."""
        access.conversation(self.reader, pk)
        values = given(ConversationChange, request.data)
        with transaction.atomic():
            _change(self.reader, lock.conversation(pk), values)
        return Response(ConversationShape(get_object_or_404(shown(self.reader), pk=pk)).data)


def _change(agent: Agent, matter: Conversation, values: dict[str, Any]) -> None:
    """One action for each thing that is named. Call under the lock. Raises Refused, Invalid."""
    one: dict[str, Any] = {"agent": agent, "conversation_ids": [matter.pk]}
    if "assignee" in values or "team" in values:
        assignee = _agent(values["assignee"]) if "assignee" in values else matter.assignee
        team = _team(agent, values["team"]) if "team" in values else matter.team
        actions.assign(assignee=assignee, team=team, **one)
    if "priority" in values:
        actions.prioritise(priority=values["priority"], **one)
    if "tags" in values:
        wanted = [actions.tag_named(name) for name in values["tags"]]
        others = Tag.objects.exclude(pk__in=[tag.pk for tag in wanted])
        actions.tag(add=wanted, remove=others, **one)
    named = {name: values[name] for name in ("title", "next_step", "promised_at") if name in values}
    if named:
        actions.describe(agent=agent, conversation_id=matter.pk, **named)
    if "status" in values:
        _move(values["status"], values.get("snoozed_until"), one)


def _move(to: str, until: Any, one: dict[str, Any]) -> None:
    if to == State.RESOLVED:
        status.resolve(**one)
    elif to == State.SNOOZED:
        status.snooze(until=until, **one)
    else:
        status.reopen(**one)


def _agent(pk: int | None) -> Agent | None:
    found = Agent.objects.filter(pk=pk, is_active=True).first() if pk else None
    if pk and found is None:
        raise Invalid({"assignee": [_("There is no such agent.")]})
    return found


def _team(reader: Agent, pk: int | None) -> Team | None:
    found = access.teams(reader).filter(pk=pk).first() if pk else None
    if pk and found is None:
        raise Invalid({"team": [_("There is no such team.")]})
    return found
