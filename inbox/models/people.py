"""Customers, their companies, and the addresses they use."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from inbox.models.staff import Agent, Desk, public_id


class Company(models.Model):
    """Where customers work."""

    name = models.CharField(max_length=200, unique=True)
    domain = models.CharField(max_length=253, blank=True)
    vip = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    GROUP = "group", _("Group")


def _of_a_channel_hidden_from(agent: Agent) -> models.Exists:
    """Of identities: whether it lives on one channel only (a visitor's: "<channel's public id>/…"), and the channel is of a desk
    whose customers the agent may not know. Then that somebody came there at all is the desk's, even before they wrote."""
    from inbox.models.channels import Channel

    elsewhere = Channel.objects.exclude(desk__in=Desk.objects.met_by(agent).values("pk"))
    scope = models.Func(
        models.OuterRef("value"),
        models.Value("/"),
        models.Value(1),
        function="split_part",
        output_field=models.CharField(),
    )
    return models.Exists(elsewhere.filter(public_id=scope))


def _is_ours() -> models.Q:
    """Of identities: whether it is the address of a channel of ours."""
    from inbox.models.channels import Channel

    return models.Q(value__in=Channel.objects.exclude(address="").values("address"))


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, agent: Agent) -> CustomerQuerySet:
        """Customers with a matter on a desk whose customers the agent may know, or with none at all. One whose every matter
        is on other desks does not exist for this agent, nor does one who was only ever copied in there. Our own addresses,
        which stand in the mails people write to us, are nobody; merged-away ones are never shown."""
        from inbox.models.conversations import Conversation

        own = Conversation.objects.filter(customer=models.OuterRef("pk"))
        known = own.filter(desk__in=Desk.objects.met_by(agent))
        theirs = Identity.objects.filter(customer=models.OuterRef("pk"))
        hidden = theirs.filter(_of_a_channel_hidden_from(agent))
        # One address of a customer, not EXISTS: that PostgreSQL would answer for all customers at once, to list fifty.
        seen = models.Subquery(theirs.visible_to(agent).exclude(_is_ours()).values("pk")[:1])
        met = models.Q(IsNull(lhs=seen, rhs=False)) | models.Q(
            IsNull(lhs=models.Subquery(theirs.values("pk")[:1]), rhs=True)
        )
        nobodys = ~models.Exists(own) & ~models.Exists(hidden) & met
        return self.filter(models.Exists(known) | nobodys, merged_into=None)

    def for_list(self, agent: Agent) -> CustomerQuerySet:
        """Those visible to the agent with what a list of them shows; `identities` holds only addresses the agent may see."""
        known = models.Prefetch("identities", Identity.objects.visible_to(agent).order_by("pk"))
        return self.visible_to(agent).select_related("company").prefetch_related(known)


class Customer(models.Model):
    """Whom the thread belongs to: a person, or a group (a Telegram group, a shared info@). This row is the only lock."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    kind = models.CharField(max_length=8, choices=CustomerKind.choices, default=CustomerKind.PERSON)
    name = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    vip = models.BooleanField(default=False)
    blocked = models.BooleanField(default=False)
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    about = models.TextField(blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    preferred_identity = models.ForeignKey(
        "Identity", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    preferred_from = models.TimeField(null=True, blank=True, help_text="In their own time zone.")
    preferred_until = models.TimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_trgm"),
            # Deleting an address asks who prefers it.
            models.Index(
                "preferred_identity",
                condition=models.Q(preferred_identity__isnull=False),
                name="customer_preferred",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Unknown"))

    @property
    def initials(self) -> str:
        """One or two letters for the avatar; "?" for somebody without a name."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return (
            "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()
            or "?"
        )

    @property
    def hue(self) -> int:
        """1–6: which of the avatar colours is theirs, stable for ever."""
        return self.pk % 6 + 1

    @property
    def is_vip(self) -> bool:
        """Their own mark, or their company's."""
        return self.vip or bool(self.company and self.company.vip)


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, agent: Agent) -> IdentityQuerySet:
        """Identities used on a desk whose customers the agent may know, or on none: an address used only towards HR is HR's."""
        from inbox.models.messages import Participant

        used = Participant.objects.filter(identity=models.OuterRef("pk"))
        known = used.filter(message__conversation__desk__in=Desk.objects.met_by(agent))
        return self.filter(models.Exists(known) | (~models.Exists(used) & ~_of_a_channel_hidden_from(agent)))


class Identity(models.Model):
    """One address in one space, with one owner. Verified once its holder proved it; claimed until then."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identities")
    space = models.CharField(max_length=40)
    value = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True, help_text="The name that came with the address.")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_how = models.CharField(max_length=20, blank=True)
    name_asked_at = models.DateTimeField(null=True, blank=True)
    shared = models.BooleanField(default=False)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    undeliverable_at = models.DateTimeField(null=True, blank=True)
    undeliverable_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    objects = IdentityQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["space", "value"], name="identity_once_per_space"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(OpClass(Upper("value"), name="gin_trgm_ops"), name="identity_value_trgm"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def verified(self) -> bool:
        return self.verified_at is not None

    @property
    def short(self) -> str:
        """How a button names it: "…89" for a phone, the whole address if it is readable, a short form otherwise."""
        if self.space == "phone":
            return "…" + self.value[-2:]
        return self.value if len(self.value) <= 40 else self.value[:37] + "…"


class Claim(models.Model):
    """Somebody said an address is theirs that already belongs to another customer: a hint for an agent, never a proof."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="claims")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="claims")
    how = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "identity"], name="claim_once"),
        ]
