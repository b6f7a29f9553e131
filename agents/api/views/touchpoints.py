"""Touchpoints: telling of one or many, and a customer's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

from agents.api import merged
from agents.api.authentication import ApiRequest
from agents.api.endpoint import Endpoint, Order, page_of
from agents.api.idempotency import once
from agents.api.problems import Invalid
from agents.api.scopes import Scope
from agents.api.shapes.paging import BIGGEST_ID, page
from agents.api.shapes.touchpoints import (
    MOST_AT_ONCE,
    KeptTouchpoint,
    NewTouchpoint,
    TouchpointQuery,
    TouchpointShape,
)
from agents.api.views.customers import known
from inbox import keyset
from inbox.actions import touchpoints
from inbox.models import Agent, Customer, Touchpoint

BY_TIME = Order(
    ("occurred_at", "pk"),
    lambda row: (keyset.micros(row.occurred_at), row.pk),
    lambda place: (keyset.moment(place[0]), place[1]),
)
AN_ORDER = OpenApiExample(
    "An order",
    request_only=True,
    value={
        "kind": "order",
        "source": "shop",
        "external_id": "order-4417",
        "occurred_at": "2026-03-02T09:30:00Z",
        "reference": "4417",
        "title": "Two chairs",
        "value": "129.00",
        "currency": "EUR",
        "address": {"space": "email", "value": "ana@example.com"},
    },
)


def either(shape: type[Any], name: str) -> PolymorphicProxySerializer:
    """One of these, or a list of them, for the schema."""
    return PolymorphicProxySerializer(
        component_name=name, serializers=[shape, shape(many=True)], resource_type_field_name=None, many=False
    )


class Touchpoints(Endpoint):
    scopes: ClassVar = {"POST": (Scope.TOUCHPOINTS_WRITE,)}

    @extend_schema(
        operation_id="touchpoints_tell",
        summary="Tell of one touchpoint, or of up to 500",
        request=either(NewTouchpoint, "OneOrManyNewTouchpoints"),
        responses={201: either(KeptTouchpoint, "OneOrManyKeptTouchpoints")},
        examples=[AN_ORDER],
    )
    @once
    def post(self, request: ApiRequest) -> Response:
        """A list is kept whole or not at all, and answered in its order. An address nobody has used becomes a customer."""
        sent = request.data if isinstance(request.data, list) else [request.data]
        if not 1 <= len(sent) <= MOST_AT_ONCE:
            raise Invalid([_("Send 1 to %(most)d touchpoints.") % {"most": MOST_AT_ONCE}])
        shape = NewTouchpoint(data=sent, many=True, context={"customers": known_of(self.reader, sent)})
        if not shape.is_valid():
            raise Invalid(_by_place(shape.errors) if isinstance(request.data, list) else shape.errors[0])
        kept = touchpoints.record([each["item"] for each in shape.validated_data])
        answers = KeptTouchpoint(kept, many=True).data
        return Response(answers if isinstance(request.data, list) else answers[0], status=201)


def known_of(reader: Agent, sent: Sequence[Any]) -> set[int]:
    """Those of the named customers whom the reader may see, be it under the name of whoever they were merged into."""
    named = [each.get("customer") for each in sent if isinstance(each, dict)]
    ids = {pk for pk in named if type(pk) is int and 0 < pk <= BIGGEST_ID}
    now = merged.now(ids)
    visible = Customer.objects.visible_to(reader).filter(pk__in=now.values())
    seen = set(visible.values_list("pk", flat=True))
    return {pk for pk, last in now.items() if last in seen}


def _by_place(errors: Any) -> dict[str, Any]:
    """What is wrong with the list, or with its items by their places."""
    if isinstance(errors, dict):
        return errors
    return {str(place): each for place, each in enumerate(errors) if each}


class TouchpointsOfCustomer(Endpoint):
    scopes: ClassVar = {"GET": (Scope.TOUCHPOINTS_READ,)}

    @extend_schema(
        operation_id="customers_touchpoints",
        summary="List a customer's touchpoints",
        parameters=[TouchpointQuery],
        responses=page(TouchpointShape),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """The latest first."""
        owner = known(self.reader, pk)
        query = self.asked(TouchpointQuery)
        rows = Touchpoint.objects.filter(customer=owner)
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        return page_of(rows, TouchpointShape, query=query, order=BY_TIME)
