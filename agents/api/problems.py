"""What goes wrong, as application/problem+json (RFC 9457): a plain sentence, a stable code, what is wrong with each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg import errors as postgres
from rest_framework import exceptions
from rest_framework.response import Response

from inbox.actions.errors import Changed, Gone, Refused
from inbox.keyset import BadCursor

CONTENT_TYPE = "application/problem+json"
BUSY_SECONDS = 2


class Problem(exceptions.APIException):
    """A refusal with a status, a stable code and a sentence; `more` stands beside them."""

    def __init__(self, status: int, code: str, sentence: str, **more: Any) -> None:
        super().__init__(sentence, code)
        self.status_code = status
        self.more = more


class Invalid(exceptions.ValidationError):
    """422 with what is wrong with each field. (400 is for what cannot even be read.)"""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None lets a bug be a bug: logged with its traceback, answered 500."""
    known = _as_api(error)
    if known is None:
        return None
    code, headers = _code(known), {}
    if header := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = str(int(wait))
    status = HTTPStatus(known.status_code)
    body: dict[str, Any] = {"title": status.phrase, "status": int(status), "code": code}
    if isinstance(known, exceptions.ValidationError):
        body["detail"] = _("Some of what you sent does not fit; see “errors”.")
        body["errors"] = list(_errors(known.detail))
    else:
        body["detail"] = str(known.detail)
    body |= getattr(known, "more", {})
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _as_api(error: Exception) -> exceptions.APIException | None:
    """The error as DRF knows errors, or None if it is none that we expect."""
    if isinstance(error, exceptions.ValidationError):
        return error if isinstance(error, Invalid) else Invalid(error.detail)
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404 | Gone):
        return Problem(404, "not_found", _("There is nothing here, or it is not for this token."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, Changed):
        return Problem(409, "changed", str(error), messages=error.message_ids)
    if isinstance(error, Refused):
        return Problem(409, "refused", str(error))
    if isinstance(error, BadCursor):
        return Problem(400, "bad_cursor", _("This cursor is not one of this list. Begin without one."))
    return _busy(error)


def _busy(error: Exception) -> exceptions.APIException | None:
    waited_too_long = (postgres.LockNotAvailable, postgres.QueryCanceled)
    if not isinstance(error, OperationalError) or not isinstance(error.__cause__, waited_too_long):
        return None
    busy = Problem(503, "busy", _("Somebody else is working on the same. Try again in a moment."))
    busy.wait = BUSY_SECONDS  # type: ignore[attr-defined]  # what DRF's Throttled calls it
    return busy


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _errors(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """{"identities": [{"value": [e]}]} → {"field": "identities.0.value", …}; of the whole: field ""."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _errors(inner, ".".join(filter(None, (path, own))))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _errors(inner, ".".join(filter(None, (path, str(place)))) if nested else path)
    else:
        yield {"field": path, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}
