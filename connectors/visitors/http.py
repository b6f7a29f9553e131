"""The frame around every HTTP call of a visitor's browser: which website, how often, JSON in and out, CORS. No cookies."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from connectors.visitors import gate, limits, news
from connectors.visitors.frames import MOST_BYTES, BadFrame, parsed
from connectors.visitors.gate import Opened
from connectors.visitors.intake import Caller

# Browsers ask once for this long (Chromium's maximum) before they post across websites.
PREFLIGHT_SECONDS = 7200

View = Callable[..., HttpResponseBase]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class Refused(Exception):  # reads as what happened
    """The call ends here. `word` is what the widget has a sentence for, `wait` the seconds until it may come again."""

    def __init__(self, status: int, word: str, *, wait: int = 0, detail: str = "") -> None:
        super().__init__(word)
        self.status, self.word, self.wait, self.detail = status, word, wait, detail

    def response(self) -> JsonResponse:
        body = {"error": self.word} | ({"detail": self.detail} if self.detail else {})
        response = JsonResponse(body, status=self.status)
        if self.wait:
            response["Retry-After"] = str(self.wait)
        return response


def ip_of(request: HttpRequest) -> str:
    """The visitor's address; config/proxies.py has put the real one there."""
    return str(request.META.get("REMOTE_ADDR", ""))


def visitor_view(method: str) -> Callable[[View], View]:
    """A view(request, opened) for pages of the channel's own websites. Refusals and CORS are handled here."""

    def decorate(view: View) -> View:
        @csrf_exempt  # there is no cookie to abuse: calls carry a token in a header
        @wraps(view)
        def around(request: HttpRequest, kind: str, public_id: str) -> HttpResponseBase:
            opened: Opened | None = None
            try:
                opened = let_in(request, kind, public_id, method)
                response = preflight() if request.method == "OPTIONS" else view(request, opened)
            except Refused as refused:
                response = refused.response()
            return finish(request, response, opened)

        return around

    return decorate


def async_visitor_view(method: str) -> Callable[[AsyncView], AsyncView]:
    """The same for a view that waits without holding a thread."""

    def decorate(view: AsyncView) -> AsyncView:
        @csrf_exempt
        @wraps(view)
        async def around(request: HttpRequest, kind: str, public_id: str) -> HttpResponseBase:
            opened: Opened | None = None
            try:
                opened = await sync_to_async(let_in)(request, kind, public_id, method)
                response = preflight() if request.method == "OPTIONS" else await view(request, opened)
            except Refused as refused:
                response = refused.response()
            return finish(request, response, opened)

        return around

    return decorate


def let_in(request: HttpRequest, kind: str, public_id: str, method: str) -> Opened:
    """Raises Refused unless the channel exists, the website may show it and the address has calls left."""
    opened = gate.open_channel(kind, public_id)
    if opened is None:
        raise Refused(404, "channel")
    origin = request.headers.get("Origin", "")
    # A browser leaves the header out only for GET from the same origin.
    if not (origin == "" and request.method == "GET") and not gate.lets_in(opened.settings, origin):
        raise Refused(403, "origin")
    if request.method not in (method, "OPTIONS"):
        raise Refused(405, "method")
    wait = limits.spend(limits.CALLS_OF_IP, limits.network(ip_of(request)))
    if wait:
        raise Refused(429, "slow", wait=wait)
    return opened


def preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = "GET, POST"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def finish(request: HttpRequest, response: HttpResponseBase, opened: Opened | None) -> HttpResponseBase:
    """CORS for websites that may show the chat; nobody else learns more than that it went wrong."""
    patch_vary_headers(response, ["Origin"])
    response.headers.setdefault("Cache-Control", "no-store")
    origin = request.headers.get("Origin", "")
    if opened is not None and origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def caller_of(request: HttpRequest, opened: Opened) -> Caller:
    """Who shows the token in the Authorization header. Raises Refused."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    caller = news.recognise(opened.channel, token, ip_of(request)) if scheme == "Bearer" else None
    if caller is None:
        raise Refused(401, "session")
    return caller


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body. Raises Refused."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise Refused(413, "size")
    try:
        body = parsed(request.body or b"{}")
    except BadFrame as error:
        raise Refused(400, "json") from error
    if not isinstance(body, dict):
        raise Refused(400, "json")
    return body
