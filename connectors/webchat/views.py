"""The widget's own files, from one place with one version, and what it must know of its channel before it opens."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from connectors.visitors import proofs, waiting
from connectors.visitors.gate import Opened
from connectors.visitors.http import visitor_view
from connectors.webchat.connector import WebChatConnector, WebChatSettings

FOLDER = Path(__file__).parent / "static" / "webchat"
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
LOADER = "widget.js"
COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
YEAR = 365 * 24 * 3600
SOON = 600


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the widget, plain and compressed."""

    content_type: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """The widget's files by their path, and the version that stands for all of them together."""

    version: str
    files: Mapping[str, Asset]


def read_assets() -> Assets:
    """All that the widget consists of; nothing else in the folder is served here."""
    paths = sorted([*FOLDER.glob("*"), *FOLDER.glob("lang/*")])
    found = {str(path.relative_to(FOLDER)): path for path in paths if path.suffix in TYPES}
    version = hashlib.sha256(b"".join(path.read_bytes() for path in found.values())).hexdigest()[:16]
    return Assets(version, {name: _asset(path, version) for name, path in found.items()})


def _asset(path: Path, version: str) -> Asset:
    content = path.read_text()
    if path.suffix != ".json":
        content = lean(content)
    if path.name == LOADER:
        content = content.replace('"VERSION"', f'"{version}"')
    return _packed(path, content.encode())


def lean(source: str) -> str:
    """Without the comments that have lines of their own, and without indentation: a sixth of what the widget weighs."""
    return INDENT.sub("", COMMENT.sub("", source))


def _packed(path: Path, content: bytes) -> Asset:
    return Asset(f"{TYPES[path.suffix]}; charset=utf-8", content, gzip.compress(content, mtime=0))


@cache
def _kept() -> Assets:
    return read_assets()


def assets() -> Assets:
    """Read once; in development each time, so that a change shows on reload."""
    return read_assets() if settings.DEBUG else _kept()


def loader(request: HttpRequest) -> HttpResponse:
    """The script of the one tag. Short-lived, since it names the version of all the rest."""
    return _serve(request, LOADER, SOON)


def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A file of a version. A page that was opened before the last update gets the present one, and does not keep it."""
    return _serve(request, name, YEAR if version == assets().version else SOON)


def _serve(request: HttpRequest, name: str, seconds: int) -> HttpResponse:
    found = assets().files.get(name)
    if found is None:
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.plain, content_type=found.content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    # Public code without a word about anybody: any page may load it, only listed ones may talk to a channel.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"public, max-age={seconds}" + (", immutable" if seconds == YEAR else "")
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@visitor_view("GET")
def config(_request: HttpRequest, opened: Opened) -> JsonResponse:
    """What the widget shows before anybody has said a word."""
    channel, found = opened.channel, opened.settings
    if not isinstance(found, WebChatSettings):
        raise Http404
    rules = WebChatConnector.capabilities
    body = {
        "title": channel.brand or channel.name,
        "colour": found.colour,
        "logo": found.logo if found.logo.startswith(("https://", "http://", "/")) else "",
        "greeting": found.greeting,
        "hours": found.hours,
        "starters": list(found.starters)[:4],
        "wait_minutes": waiting.usual_minutes(channel),
        "ask_email": found.ask_email,
        **proofs.offers(channel),
        "continuity": found.continuity_minutes > 0,
        "text_limit": rules.text_limit,
        "files": {"max_bytes": rules.files.max_bytes, "max_count": rules.files.max_count},
    }
    response = JsonResponse(body)
    response["Cache-Control"] = "public, max-age=60"
    return response
