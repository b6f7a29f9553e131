"""Templates as the provider has them: what was asked for takes the place of what was known. Asking is inbox/asking.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from inbox.actions import traffic
from inbox.contract import Template
from inbox.models import Channel, MessageTemplate
from inbox.text import storable


@transaction.atomic
def keep(*, channel: Channel, templates: Iterable[Template]) -> int:
    """These are all there are now; gives how many."""
    seen = []
    for template in templates:
        kept, _made = MessageTemplate.objects.update_or_create(
            channel=channel,
            external_id=storable(template.external_id)[:200],
            defaults={
                "name": storable(template.name)[:512],
                "language": template.language[:20],
                "status": str(template.status),
                "category": storable(template.category)[:40],
                "header": storable(template.header),
                "header_media": template.header_media[:20],
                "body": storable(template.body),
                "footer": storable(template.footer),
                "buttons": [storable(button) for button in template.buttons],
                "variables": [storable(name) for name in template.variables],
                "reason": storable(template.reason)[:500],
            },
        )
        seen.append(kept.pk)
    MessageTemplate.objects.filter(channel=channel).exclude(pk__in=seen).delete()
    traffic.asked_templates(channel_id=channel.pk, at=timezone.now())
    return len(seen)
