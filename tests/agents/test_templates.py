"""Choosing approved templates: what the picker shows, what is posted, and that no text of a template or a customer becomes markup."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents import templates
from inbox.actions.errors import Refused
from inbox.models import Agent, Channel, Conversation, Customer, MessageTemplate, ReplyWindow
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return factories.channel("whatsapp", name="Shop chat")


def template(channel: Channel, body: str, *variables: str, **more: object) -> MessageTemplate:
    given = {"external_id": body[:20], "name": "greeting", "language": "en", "status": "approved", **more}
    return MessageTemplate.objects.create(channel=channel, body=body, variables=list(variables), **given)


def test_each_place_is_marked_where_it_stands(channel: Channel) -> None:
    template(
        channel, "Hi {{1}}, {{1}} & {{2}}", "header:1", "1", "2", header="For {{1}}", footer="{{1}} stays"
    )

    (choice,) = templates.choices(channel)

    assert choice.text == (
        'For <mark data-place="header:1">1</mark>\n\nHi <mark data-place="1">1</mark>, <mark data-place="1">1</mark>'
        ' &amp; <mark data-place="2">2</mark>\n\n{{1}} stays'
    )


def test_a_hostile_template_is_text(channel: Channel) -> None:
    template(channel, '<img src=x onerror=alert(1)> {{"><script>}}', '"><script>')

    (choice,) = templates.choices(channel)

    assert "<img" not in choice.text
    assert "<script>" not in choice.text


def test_only_approved_ones_are_offered(channel: Channel) -> None:
    template(channel, "Yes")
    template(channel, "No", status="rejected", external_id="2")

    assert [choice.template.body for choice in templates.choices(channel)] == ["Yes"]


def test_what_is_posted_becomes_the_values_of_the_chosen_one(channel: Channel) -> None:
    made = template(channel, "Hi {{name}}", "name")

    use = templates.chosen(channel, made.pk, {f"value-{made.pk}-0": "  Ana "})

    assert use.template.filled(use.values) == "Hi Ana"


def test_a_template_of_another_channel_is_none(channel: Channel) -> None:
    other = template(factories.channel("whatsapp", name="Other"), "Hi")

    for pk in (other.pk, 0, None):
        with pytest.raises(Refused):
            templates.chosen(channel, pk, {})


def test_the_picker_shows_those_of_the_pair_that_is_chosen(
    as_sam: Client, sam: Agent, matter: Conversation, ana: Customer, channel: Channel
) -> None:
    phone = factories.identity(ana, "+447700900001", space="phone")
    template(channel, "Your order {{1}} is here", "1")
    ended = timezone.now() - timedelta(hours=1)
    ReplyWindow.objects.create(channel=channel, identity=phone, until=ended, wrote_at=ended)

    page = as_sam.get(f"/conversations/{matter.pk}/templates/", {"pair": f"{channel.pk}-{phone.pk}"})

    assert "Your order" in page.content.decode()
    nobody = as_sam.get(f"/conversations/{matter.pk}/templates/", {"pair": "0-0"})
    assert "no approved template" in nobody.content.decode()
