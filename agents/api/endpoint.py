"""What every endpoint has: a token, scopes, a limit, JSON in and out, pages by cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from agents.api.authentication import ApiRequest, BearerToken
from agents.api.limits import PerToken
from agents.api.problems import Invalid
from agents.api.reading import AlwaysJSON, BoundedJSON
from agents.api.schema import OurSchema
from agents.api.scopes import Scope, Scoped
from inbox import keyset
from inbox.models import Agent

Row = TypeVar("Row", bound=Model)


class Endpoint(APIView):
    """`scopes`: what a token needs for each method; `paged`: whether GET gives a list page by page."""

    authentication_classes = (BearerToken,)
    permission_classes = (Scoped,)
    throttle_classes = (PerToken,)
    parser_classes = (BoundedJSON,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJSON
    metadata_class = None
    schema = OurSchema()
    scopes: ClassVar[dict[str, tuple[Scope, ...]]] = {}
    request: ApiRequest

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What a token may read is for no cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def reader(self) -> Agent:
        """Whose rights the token has."""
        return self.request.user

    def asked(self, shape: type[Serializer[Any]]) -> dict[str, Any]:
        """The query, checked. As a plain dict: what DRF takes for a form has a False for every box that is not ticked."""
        return given(shape, self.request.query_params.dict())


class Nowhere(Endpoint):
    """All other addresses below the API's: a 404 that a program can read."""

    schema = None  # type: ignore[assignment]  # drf-spectacular's way to leave it out

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the token has been looked at, like everywhere. Raises NotFound."""
        super().initial(request, *args, **kwargs)
        raise NotFound(_("The API has no such address."))


def given(
    shape: type[Serializer[Any]], data: Any, *, partial: bool = False, **context: Any
) -> dict[str, Any]:
    """What was sent, checked. Raises Invalid."""
    reading = shape(data=data, partial=partial, context=context)
    if not reading.is_valid():
        raise Invalid(reading.errors)
    return dict(reading.validated_data)


@dataclass(frozen=True, slots=True)
class Order:
    """Newest first by the fields of an index, the last of them unique.

    place: where a row is, in whole numbers, as cursors have it; values: the same as the fields have it.
    """

    fields: tuple[str, ...]
    place: Callable[[Any], tuple[int, ...]]
    values: Callable[[tuple[int, ...]], Sequence[object]] = tuple


BY_ID = Order(("pk",), lambda row: (row.pk,))


def page_of(
    rows: QuerySet[Row],
    shape: Callable[..., BaseSerializer[Any]],
    *,
    query: dict[str, Any],
    order: Order = BY_ID,
) -> Response:
    """A page of rows and the cursor of the next. Raises keyset.BadCursor."""
    limit = query["limit"]
    if query.get("cursor"):
        start = order.values(keyset.decode(query["cursor"], size=len(order.fields)))
        rows = rows.filter(keyset.beyond(dict(zip(order.fields, start, strict=True)), descending=True))
    found = list(rows.order_by(*(f"-{name}" for name in order.fields))[: limit + 1])
    further = keyset.encode(*order.place(found[limit - 1])) if len(found) > limit else None
    return Response({"results": shape(found[:limit], many=True).data, "next": further})
