"""Customers and their addresses: list, search, add, read, change."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.response import Response

from agents import access
from agents.api import merged
from agents.api.authentication import ApiRequest
from agents.api.endpoint import Endpoint, given, page_of
from agents.api.idempotency import once
from agents.api.scopes import Scope
from agents.api.shapes.addresses import AddressShape, address
from agents.api.shapes.customers import (
    CustomerChange,
    CustomerQuery,
    CustomerShape,
    IdentityShape,
    NewCustomer,
)
from agents.api.shapes.paging import BIGGEST_ID, Paging, page
from inbox import search
from inbox.actions import customers as actions
from inbox.models import Agent, Customer, Identity

READ, WRITE = (Scope.CUSTOMERS_READ,), (Scope.CUSTOMERS_WRITE,)

AN_ADDRESS = {"space": "email", "value": "ana@example.com", "name": "Ana Silva"}
SOMEBODY_NEW = OpenApiExample(
    "Somebody new",
    request_only=True,
    value={"name": "Ana Silva", "company": "Silva Ltd", "identities": [AN_ADDRESS]},
)


def known(reader: Agent, pk: int) -> Customer:
    """Whoever has this id, or had it before a merge, or 404."""
    return access.customer(reader, merged.now([min(pk, BIGGEST_ID)]).get(pk, 0))


def one(reader: Agent, pk: int) -> Customer:
    """One customer with the addresses the reader may see, or 404."""
    return get_object_or_404(Customer.objects.for_list(reader), pk=pk)


class Customers(Endpoint):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="customers_list",
        summary="List or find customers",
        parameters=[CustomerQuery],
        responses=page(CustomerShape),
    )
    def get(self, request: ApiRequest) -> Response:
        """Newest first. With `q` the best hits."""
        query = self.asked(CustomerQuery)
        if query.get("q"):
            found = search.customers(self.reader, query["q"], limit=query["limit"])
            return Response({"results": CustomerShape(found, many=True).data, "next": None})
        visible = Customer.objects.for_list(self.reader)
        if "address" in query:
            space, value = query["address"]
            known = Identity.objects.visible_to(self.reader).filter(space=space, value=value)
            visible = visible.filter(Exists(known.filter(customer=OuterRef("pk"))))
        return page_of(visible, CustomerShape, query=query)

    @extend_schema(
        operation_id="customers_add",
        examples=[SOMEBODY_NEW],
        summary="Add a customer",
        request=NewCustomer,
        responses={201: CustomerShape},
    )
    @once
    def post(self, request: ApiRequest) -> Response:
        """A new one with what is known of them. 409 if one of the addresses is somebody's already."""
        values = given(NewCustomer, request.data)
        addresses = [address(each) for each in values.pop("identities")]
        made = actions.add(agent=self.reader, addresses=addresses, **values)
        return Response(CustomerShape(one(self.reader, made.pk)).data, status=201)


class OneCustomer(Endpoint):
    scopes: ClassVar = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="customers_read", summary="Read a customer", responses=CustomerShape)
    def get(self, request: ApiRequest, pk: int) -> Response:
        """With the addresses this token may see. By an id from before a merge: whoever they are now, with the id of now."""
        return Response(CustomerShape(one(self.reader, known(self.reader, pk).pk)).data)

    @extend_schema(
        operation_id="customers_change",
        summary="Change a customer",
        request=CustomerChange,
        responses=CustomerShape,
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        """What is left out stays as it is."""
        owner = known(self.reader, pk)
        values = given(CustomerChange, request.data)
        if values:
            actions.edit(agent=self.reader, customer_id=owner.pk, **values)
        return Response(CustomerShape(one(self.reader, owner.pk)).data)


class Identities(Endpoint):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="customers_identities",
        summary="List a customer's addresses",
        parameters=[Paging],
        responses=page(IdentityShape),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """Those this token may see, newest first."""
        owner = known(self.reader, pk)
        query = self.asked(Paging)
        return page_of(
            Identity.objects.visible_to(self.reader).filter(customer=owner), IdentityShape, query=query
        )

    @extend_schema(
        operation_id="customers_identities_add",
        examples=[OpenApiExample("A mail address", request_only=True, value=AN_ADDRESS)],
        summary="Add an address",
        request=AddressShape,
        responses={201: IdentityShape},
    )
    @once
    def post(self, request: ApiRequest, pk: int) -> Response:
        """It counts as claimed until its holder proves it. 409 if it is somebody else's."""
        owner = known(self.reader, pk)
        values = given(AddressShape, request.data)
        added = actions.add_identity(agent=self.reader, customer_id=owner.pk, address=address(values))
        return Response(IdentityShape(added).data, status=201)


class OneIdentity(Endpoint):
    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="identities_read", summary="Read an address", responses=IdentityShape)
    def get(self, request: ApiRequest, pk: int) -> Response:
        """One address of a customer."""
        visible = Identity.objects.visible_to(self.reader)
        found = get_object_or_404(
            visible.filter(customer__in=Customer.objects.visible_to(self.reader)), pk=pk
        )
        return Response(IdentityShape(found).data)
