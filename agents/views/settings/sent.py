"""What a channel has sent: each delivery with its state, tries and reason; sending again what failed."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agents import access
from agents.access import AgentRequest, admins_only
from agents.views.settings import show
from inbox import keyset
from inbox.actions import deliver
from inbox.actions.errors import Refused
from inbox.contract import Status
from inbox.keyset import BadCursor
from inbox.models import Channel, Delivery, Message

PAGE = 50
AGAIN = (Status.FAILED, Status.UNKNOWN)
STATES = {
    Status.QUEUED: gettext_lazy("Waits"),
    Status.SENDING: gettext_lazy("Under way"),
    Status.SENT: gettext_lazy("Sent"),
    Status.DELIVERED: gettext_lazy("Delivered"),
    Status.READ: gettext_lazy("Read"),
    Status.FAILED: gettext_lazy("Failed"),
    Status.UNKNOWN: gettext_lazy("Unknown"),
    Status.CANCELLED: gettext_lazy("Taken back"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def sent(request: AgentRequest, pk: int) -> HttpResponse:
    """The latest first; ?failed=1 narrows, ?before= goes on. A POST sends `message` again."""
    channel = access.channel(request.user, pk)
    visible = _visible(request, channel)
    if request.method == "POST":
        return _again(request, channel, visible)
    failed = request.GET.get("failed") == "1"
    found = visible.filter(status__in=AGAIN) if failed else visible
    try:
        if request.GET.get("before"):
            found = found.filter(pk__lt=keyset.decode(request.GET["before"], size=1)[0])
    except BadCursor as error:
        return HttpResponseBadRequest(str(error))
    rows = list(found[: PAGE + 1])
    return show.page(
        request,
        "sent",
        section="channels",
        heading=_("Sent on %(channel)s") % {"channel": channel.name},
        back=reverse("settings-channel", args=[pk]),
        channel=channel,
        rows=[(row, STATES[Status(row.status)], row.status in AGAIN) for row in rows[:PAGE]],
        failed=failed,
        older=keyset.encode(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
    )


def _visible(request: AgentRequest, channel: Channel) -> QuerySet[Delivery]:
    """Of this channel, but only what stands in matters the reader may read: a message may have been moved to another desk."""
    readable = Message.objects.visible_to(request.user)
    found = Delivery.objects.filter(channel=channel, message__in=readable)
    return found.select_related("message", "identity").order_by("-pk")


def _again(request: AgentRequest, channel: Channel, visible: QuerySet[Delivery]) -> HttpResponse:
    number = request.POST.get("message", "")
    known = number.isascii() and number.isdecimal() and len(number) < 19
    if not known or not visible.filter(message=int(number)).exists():
        messages.error(request, _("There is no such message on this channel."))
    else:
        try:
            deliver.retry(message_id=int(number))
            messages.success(request, _("It is being sent again."))
        except Refused as error:
            messages.error(request, str(error))
    here = reverse("settings-channel-sent", args=[channel.pk])
    return redirect(f"{here}?failed=1" if request.POST.get("failed") else here)
