"""The admin's page of receipts: why one is parked, what it was, and the two things to do about it. Nothing is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connectors import inbound
from connectors.models import Receipt, ReceiptState
from inbox.actions import record
from inbox.actions.errors import Refused

# Enough to see what it is; the rest may be megabytes.
SHOWN = 20_000


if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Receipt]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(Receipt)
class ReceiptAdmin(ModelAdmin):
    list_display = ("id", "channel", "received_at", "state", "attempts", "error")
    list_filter = ("state", "channel")
    list_select_related = ("channel",)
    ordering = ("-id",)
    # Counting a month of receipts on every page would be the dearest query of it.
    show_full_result_count = False
    actions = ("replay", "dismiss")
    fields = (
        "channel",
        "received_at",
        "state",
        "error",
        "attempts",
        "events",
        "method",
        "url",
        "headers",
        "content",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        return super().get_queryset(request).defer("body")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Receipt | None = None) -> bool:
        return False

    @admin.display(description=_("Body"))
    def content(self, receipt: Receipt) -> str:
        """The beginning of what was sent, as text."""
        return bytes(receipt.body[:SHOWN]).decode("utf-8", "replace")

    @admin.action(description=_("Read again"), permissions=["change"])
    def replay(self, request: HttpRequest, chosen: QuerySet[Receipt]) -> None:
        self._each(request, chosen.filter(state__in=(ReceiptState.PARKED, ReceiptState.DONE)), "replay")

    @admin.action(description=_("Let go: there is nothing to save"), permissions=["change"])
    def dismiss(self, request: HttpRequest, chosen: QuerySet[Receipt]) -> None:
        self._each(request, chosen.filter(state=ReceiptState.PARKED), "dismiss")

    def _each(self, request: HttpRequest, chosen: QuerySet[Receipt], verb: str) -> None:
        done = 0
        for receipt in chosen:
            try:
                getattr(inbound, verb)(receipt)
            except Refused as error:
                self.message_user(request, str(error), messages.WARNING)
                continue
            record.audit(f"receipt {verb}", actor=request.user, about=receipt)  # type: ignore[arg-type]
            done += 1
        told = ngettext("%(count)d receipt.", "%(count)d receipts.", done) % {"count": done}
        self.message_user(request, told)
