"""Northwool: a pretend shop that shows the chat as a real website would, with one script tag and a strict policy of its own.

Living documentation: what its pages and shop.js do is all that a host site has to do.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
from django.conf import settings as project
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from connectors.visitors import gate
from connectors.visitors.vouching import LEAST_SECRET
from connectors.webchat.connector import WebChatConnector, WebChatSettings

# Who is logged in at the shop after a click on "Log in as Ana".
ANA = {"sub": "northwool-1001", "name": "Ana Silva", "email": "ana@example.com", "email_verified": True}
TOKEN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Product:
    """Something knitted. `shape` and `dye` name a drawing and a colour of the style sheet."""

    slug: str
    name: str
    price: int
    shape: str
    dye: str
    line: str
    text: str


PRODUCTS = (
    Product("fjord-jumper", "Fjord jumper", 128, "jumper", "moss", "Seamless yoke, lambswool",
            "Knitted in one piece from the collar down, so there is no seam to rub. Warm when it is wet, soft from the first day."),
    Product("skerry-cardigan", "Skerry cardigan", 142, "cardigan", "oat", "Horn buttons, moss stitch",
            "A cardigan for desks and decks. Deep pockets, cuffs long enough to fold twice."),
    Product("islay-rollneck", "Islay roll-neck", 134, "rollneck", "ink", "Double collar, merino",
            "The collar stands by itself. Fine enough for under a coat, close enough to go without a scarf."),
    Product("lofoten-scarf", "Lofoten scarf", 56, "scarf", "sea", "Two metres, fringed",
            "Two metres of lambswool, woven loosely so that it holds the air. Long enough for two."),
    Product("hylla-beanie", "Hylla beanie", 34, "beanie", "rust", "Ribbed, folds twice",
            "Ribs that give and come back. Fold it once over the ears, twice for town."),
    Product("brae-mittens", "Brae mittens", 38, "mittens", "heather", "Lined thumbs",
            "Thrummed inside: little tufts of raw wool that felt to your hand over the first winter."),
    Product("tarn-socks", "Tarn socks", 24, "socks", "moss", "Reinforced heel",
            "A heel that lasts. Wool with a little nylon, exactly where it wears."),
    Product("haar-jumper", "Haar jumper", 138, "jumper", "rust", "Cables, heavy gauge",
            "Six cables, each a different one, as the islanders knitted them. Heavy, and meant to be."),
)  # fmt: skip


def settings() -> dict[str, object]:
    """For a new channel of the demo: shown on our own pages, with a secret that vouches for Ana."""
    port = urlsplit(project.PUBLIC_URL).port
    hosts = [project.PUBLIC_URL, f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    return {
        "origins": sorted(set(hosts)),
        "identity_secret": secrets.token_urlsafe(32),
        "greeting": "Hello! Ask us anything about wool, sizes or your order.",
        "hours": "Mon–Sat, 9–18",
        "starters": ["Where is my parcel?", "Which size fits me?", "How do returns work?"],
        "demo_shop": True,
    }


def page(public_id: str) -> str:
    """Where a person in the demo plays the customer of this channel, as a line to read."""
    shop_url = f"{project.PUBLIC_URL}/c/{WebChatConnector.kind}/demo/{public_id}/"
    return f"Chat as a customer: {shop_url}"


def _opened(public_id: str) -> gate.Opened:
    """The channel whose admin wanted the demo shop. Raises Http404."""
    opened = gate.open_channel(WebChatConnector.kind, public_id)
    found = opened.settings if opened else None
    if opened is None or not isinstance(found, WebChatSettings) or not (found.demo_shop or project.DEBUG):
        raise Http404
    return opened


@require_GET
def shop(request: HttpRequest, public_id: str) -> HttpResponse:
    """The front page with all products."""
    opened = _opened(public_id)
    return _page(request, opened, "webchat/demo/shop.html", {"products": PRODUCTS})


@require_GET
def product(request: HttpRequest, public_id: str, slug: str) -> HttpResponse:
    """One product."""
    opened = _opened(public_id)
    found = next((each for each in PRODUCTS if each.slug == slug), None)
    if found is None:
        raise Http404
    others = [each for each in PRODUCTS if each is not found][:4]
    return _page(request, opened, "webchat/demo/product.html", {"product": found, "products": others})


def _page(
    request: HttpRequest, opened: gate.Opened, template: str, context: dict[str, object]
) -> HttpResponse:
    vouches = len(opened.settings.identity_secret.encode()) >= LEAST_SECRET
    response = render(request, template, {"channel": opened.channel, "vouches": vouches, **context})
    host = request.get_host()
    # A host page's own policy: the chat needs script-src, connect-src and img-src for our address, and no style-src.
    response["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' ws://{host} wss://{host}; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
    return response


@csrf_exempt  # it changes nothing, and only our own pages can read the answer
@require_POST
def token(_request: HttpRequest, public_id: str) -> JsonResponse:
    """What a host site's server does for a user who is logged in: sign who they are, for a few minutes."""
    opened = _opened(public_id)
    secret = opened.settings.identity_secret
    if len(secret.encode()) < LEAST_SECRET:
        raise Http404
    claims = {**ANA, "aud": public_id, "exp": int(time.time()) + TOKEN_SECONDS}
    return JsonResponse({"token": jwt.encode(claims, secret, algorithm="HS256")})
