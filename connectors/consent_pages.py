"""The page behind the unsubscribe link of our mails: what the holder of an address allows, and how they change it.

The signature in the address is the right: no login, no cookie. GET only shows; POST acts, also the one click of a mail program (RFC 8058).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from inbox import permission, signing
from inbox.actions import consents
from inbox.actions.errors import Gone
from inbox.limits import Limit, network, spend
from inbox.models import Identity, Purpose

# One click comes from the mail provider's machines, all customers' from the same few: those who have a token are counted by it.
GUESSES_OF_IP = Limit("unsubscribe-guess", 20, 600)
CHANGES_OF_ADDRESS = Limit("unsubscribe-change", 30, 3600)


@dataclass(frozen=True, slots=True)
class Wish:
    """One purpose with its box on the page."""

    purpose: Purpose
    allowed: bool


@csrf_exempt  # a mail program has no cookie to send; the token alone is the right
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest, token: str) -> HttpResponse:
    """What this address gets from us. 404 alike for a token that is not ours and an address that is gone."""
    known = signing.read_unsubscribe_token(token)
    identity = Identity.objects.filter(pk=known[0]).first() if known else None
    if known is None or identity is None or known[1] not in Purpose.values:
        return _nothing(request)
    if request.method != "POST":
        context = {"shown": masked(identity), "wishes": _wishes(identity), "saved": "saved" in request.GET}
        return _private(render(request, "connectors/wishes.html", context))
    wait = spend(CHANGES_OF_ADDRESS, str(identity.pk))
    if wait:
        return _too_many(request, wait)
    try:
        if "purposes" in request.POST:
            _carry_out(identity, request.POST.getlist("allow"))
            return _private(redirect(f"{request.path}?saved"))
        consents.change(identity_id=identity.pk, purpose=known[1], allowed=False, how="unsubscribe")
    except Gone:
        return _nothing(request)
    # RFC 8058 3.1: no redirect for the one click.
    return _private(HttpResponse("OK", content_type="text/plain"))


def _carry_out(identity: Identity, wanted: list[str]) -> None:
    """Service first: to refuse it ends the others, and they can be allowed again only after it."""
    answers_only = [] if Purpose.SERVICE in wanted else [Purpose.SERVICE]
    for purpose in answers_only or Purpose:
        if (purpose in wanted) != permission.allowed(identity, purpose):
            consents.change(
                identity_id=identity.pk, purpose=purpose, allowed=purpose in wanted, how="unsubscribe"
            )


def _wishes(identity: Identity) -> list[Wish]:
    return [Wish(purpose, permission.allowed(identity, purpose)) for purpose in Purpose]


def masked(identity: Identity) -> str:
    """Enough for its holder to know it; a mail may have been passed on."""
    name, at, domain = identity.value.partition("@")
    return f"{name[:1]}•••{at}{domain}" if at else f"•••{identity.value[-2:]}"


def _nothing(request: HttpRequest) -> HttpResponse:
    wait = spend(GUESSES_OF_IP, network(str(request.META.get("REMOTE_ADDR", ""))))
    if wait:
        return _too_many(request, wait)
    raise Http404("There is no such link.")


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    answer = render(request, "429.html", {"minutes": (wait + 59) // 60}, status=429)
    answer["Retry-After"] = str(wait)
    return answer


def _private(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
