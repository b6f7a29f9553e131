"""In the shop: find or make the person, see who it is, note the visit. Made for a phone; works as plain forms."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from agents import access, answers, follow_ups, limits, qr, saved_replies
from agents.access import AgentRequest, agents_only, everybody
from agents.encounter_form import TOPICS, EncounterForm, PersonForm, fresh_key, person_in
from agents.follow_ups import Way
from agents.views import writing
from inbox import search, shop
from inbox.actions.encounters import FollowUp, NewPerson, Taken, note_encounter
from inbox.actions.errors import Refused
from inbox.models import Customer, Message, Place

FOUND = 8
PLACE_COOKIE = "onethread_place"
YEAR = 365 * 24 * 3600


@require_safe
@everybody
def find(request: AgentRequest) -> HttpResponse:
    """One field: name, phone or mail address. The first step, and the page one comes back to."""
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    found = search.customers(request.user, query, limit=FOUND) if query else []
    template = "shop/_found.html" if request.htmx else "shop/find.html"
    return render(request, template, {"query": query, "found": found, "saved": _saved(request)})


def _saved(request: AgentRequest) -> Message | None:
    """What I have just noted."""
    mine = Message.objects.filter(author=request.user, encounter__isnull=False)
    return (
        mine.filter(public_id=request.GET.get("saved", "").replace("\x00", ""))
        .select_related("customer")
        .first()
    )


@require_http_methods(["GET", "HEAD", "POST"])
@everybody
def customer(request: AgentRequest, public_id: str) -> HttpResponse:
    """Who it is, in a glance, and the form of a visit. The code of their profile leads here."""
    found = _customer(request, public_id)
    if found.public_id != public_id and request.method != "POST":
        return redirect("shop-customer", found.public_id)
    summary = shop.summary(request.user, found)
    places = list(shop.places(request.user))
    offered = follow_ups.ways(places, found, summary.identities)
    context = {"summary": summary, "customer": found, **_form(request, places, offered, found)}
    if request.method != "POST":
        return render(request, "shop/customer.html", context)
    return _note(request, found.pk, context, "shop/customer.html")


@require_http_methods(["GET", "HEAD", "POST"])
@everybody
def new(request: AgentRequest) -> HttpResponse:
    """Somebody nobody has met: name, phone or mail address, and the same form."""
    places = list(shop.places(request.user))
    query = request.GET.get("q", "").strip()
    person = PersonForm(request.POST or None, initial=person_in(query))
    offered = follow_ups.ways_to_somebody_new(places)
    context = {"person": person, **_form(request, places, offered, None)}
    if request.method != "POST":
        return render(request, "shop/new.html", context)
    if not person.is_valid():
        return _again(request, str(next(iter(person.errors.values()))[0]), context, "shop/new.html")
    who = NewPerson(name=person.cleaned_data["name"], addresses=person.cleaned_data["addresses"])
    return _note(request, who, context, "shop/new.html")


@require_safe
@agents_only
def profile_code(request: AgentRequest, pk: int) -> HttpResponse:
    """The code of their profile, to be scanned in a shop. It holds an address of ours and no word about them."""
    answer = HttpResponse(qr.svg(access.customer(request.user, pk)), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


def _customer(request: AgentRequest, public_id: str) -> Customer:
    """The customer with this code, or whoever they were merged into; 404 for one who is not for this reader."""
    found = get_object_or_404(Customer, public_id=public_id)
    while found.merged_into is not None:
        found = found.merged_into
    return access.customer(request.user, found.pk)


def _form(
    request: AgentRequest, places: list[Place], offered: list[Way], whom: Customer | None
) -> dict[str, Any]:
    """What _form.html shows: remembered place, topics, ways to write to them, saved replies."""
    here = request.POST.get("place") or request.COOKIES.get(PLACE_COOKIE, "")
    replies = [
        (each, saved_replies.fill(each.text, whom or Customer(), request.user))
        for each in access.saved_replies(request.user)[:20]
    ]
    return {
        "form": EncounterForm(request.POST or None, reader=request.user),
        "places": places,
        "place": next((each for each in places if str(each.pk) == here), places[0] if places else None),
        "topics": TOPICS,
        "ways": offered,
        "replies": replies,
        "client_key": request.POST.get("client_key") or fresh_key(),
    }


def _note(
    request: AgentRequest, who: int | NewPerson, context: dict[str, Any], template: str
) -> HttpResponse:
    form: EncounterForm = context["form"]
    if not form.is_valid():
        return _again(request, form.reason, context, template)
    try:
        noted = form.noted(writing.stored(request))
        message = note_encounter(
            agent=request.user,
            who=who,
            noted=noted,
            client_key=form.cleaned_data["client_key"],
            follow_up=_follow_up(request, form, context),
        )
    except Taken as taken:
        return _taken(request, taken, context, template)
    except Refused as error:
        return _again(request, str(error), context, template)
    there = reverse("shop") + "?" + urlencode({"saved": message.public_id})
    answer = HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    if noted.place is not None:
        answer.set_cookie(
            PLACE_COOKIE,
            str(noted.place.pk),
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return answer


def _follow_up(request: AgentRequest, form: EncounterForm, context: dict[str, Any]) -> FollowUp | None:
    data = form.cleaned_data
    return follow_ups.chosen(
        request.user,
        context.get("customer"),
        context["ways"],
        key=data["pair"],
        text=data["message"],
        saved=data["saved"],
    )


def _again(request: AgentRequest, reason: str, context: dict[str, Any], template: str) -> HttpResponse:
    """Nothing was noted, and why; what was typed stays."""
    if request.htmx:
        return answers.refused(request, reason)
    return render(request, template, {**context, "reason": reason}, status=422)


def _taken(request: AgentRequest, taken: Taken, context: dict[str, Any], template: str) -> HttpResponse:
    """The address is somebody's: offer that person. One whom the reader may not know is not even named."""
    known = Customer.objects.for_list(request.user).filter(pk=taken.customer_id).first()
    if known is None:
        return _again(request, _("This address cannot be added here. Leave it out."), context, template)
    if request.htmx:
        return HttpResponse(render_to_string("shop/_same_person.html", {"same": known}, request))
    return render(request, template, {**context, "same": known}, status=409)
