"""One log line for each request, without what must not be in a log."""

import re
from typing import Any

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Probes come every few seconds and have no news.
UNLOGGED = {"/healthz", "/readyz"}
# The token of a password reset or of a signed link.
LONG_TOKEN = re.compile(r"[\w.:=-]{24,}")


class RequestLog(RequestMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path in UNLOGGED:
            return self.get_response(request)
        return super().__call__(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without the query: it holds what people search for, and sometimes a token."""
        return f"{request.method} {LONG_TOKEN.sub('…', request.path)}"
