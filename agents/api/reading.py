"""Reading what was sent: JSON of a bounded size, and nothing that Python or PostgreSQL would choke on later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from agents.api.limits import BODY_BYTES
from agents.api.problems import Problem


class BoundedJSON(BaseParser):
    """JSON (RFC 8259) in UTF-8, at most BODY_BYTES."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises Problem: 413 too_large, 400 malformed."""
        body = stream.read(BODY_BYTES + 1)
        if len(body) > BODY_BYTES:
            most = BODY_BYTES // 2**20
            raise Problem(413, "too_large", _("A request may have at most %(most)d MB.") % {"most": most})
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            sentence = _("The body is not JSON in UTF-8.")
            raise Problem(400, "malformed", sentence) from error


def _no_constant(name: str) -> None:
    """NaN and Infinity are JavaScript, not JSON."""
    raise ValueError(name)


class AlwaysJSON(DefaultContentNegotiation):
    """Whatever the Accept header says: there is one form."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first and only one."""
        return renderers[0], renderers[0].media_type
