"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same request twice has one effect and one answer.

The key's row, the effect and the answer are one transaction: who comes second waits for the first to commit and is told
what the first was told. A request that is refused uses no key up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.authentication import ApiRequest
from agents.api.problems import Problem
from agents.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

EndpointT = TypeVar("EndpointT")
Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """For the `post` of every endpoint. Raises Problem: 400 bad_key, 422 key_reused."""

    @wraps(handler)
    def guarded(self: Any, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            with transaction.atomic():
                return handler(self, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise Problem(400, "bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
        with transaction.atomic():
            kept, fresh = KeptAnswer.objects.get_or_create(
                token_id=request.auth.pk, key=key, defaults={"fingerprint": _fingerprint(request)}
            )
            if not fresh:
                return _again(kept, request)
            answer = handler(self, request, *args, **kwargs)
            kept.status, kept.answer = answer.status_code, answer.data
            kept.save(update_fields=["status", "answer"])
        return answer

    return guarded


def _again(kept: KeptAnswer, request: Request) -> Response:
    if kept.fingerprint != _fingerprint(request):
        sentence = _("This Idempotency-Key was used for another request. Take a new one.")
        raise Problem(422, "key_reused", sentence)
    return Response(kept.answer, status=kept.status, headers={REPLAYED: "true"})


def _fingerprint(request: Request) -> str:
    asked = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def forget() -> int:
    """Throw away answers older than KEPT. Gives how many."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
