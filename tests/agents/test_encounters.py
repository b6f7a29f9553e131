"""What was met by hand, noted from the thread or the customer's page, and shown there as a card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent, Channel, Conversation, Customer, Identity, Message
from tests import factories
from tests.agents.conftest import HTMX

pytestmark = pytest.mark.django_db

Post = Callable[..., HttpResponse]


def call(**more: Any) -> dict[str, Any]:
    return {"kind": "call", "topic": "Size", "then": "done", "client_key": "k1", **more}


def test_a_call_is_logged_in_the_open_matter_and_is_a_card_of_the_thread(
    as_sam: Client, post: Post, matter: Conversation
) -> None:
    shop = factories.place("Old Town")

    answer = post(
        f"/conversations/{matter.pk}/log/",
        **call(text="She asked <b>again</b>", outcome="Sends it back", minutes=4, place=shop.pk),
    )

    assert answer.status_code == 200
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    card = html[html.index('class="entry encounter"') :].split("</article>", maxsplit=1)[0]
    for shown in (
        "Call from them",
        "Old Town",
        "4 minutes",
        "She asked &lt;b&gt;again",
        "Sends it back",
        "Sam",
    ):
        assert shown in card, shown


def test_a_letter_has_its_day_and_its_scan(as_sam: Client, sam: Agent, matter: Conversation) -> None:
    scan = SimpleUploadedFile("letter.pdf", b"%PDF-1.4", "application/pdf")
    values = call(kind="letter", at="2026-03-01T10:30", files=scan)

    as_sam.post(f"/conversations/{matter.pk}/log/", values)

    letter = Message.objects.get(kind="letter")
    assert letter.occurred_at.isoformat() == "2026-03-01T10:30:00+00:00"
    assert "letter.pdf" in as_sam.get(f"/conversations/{matter.pk}/").content.decode()


def test_what_we_did_is_said_so(as_sam: Client, post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/log/", **call(outbound="on"))

    assert "We called them" in as_sam.get(f"/conversations/{matter.pk}/").content.decode()


def test_without_scripts_it_is_a_page_and_leads_back(as_sam: Client, matter: Conversation) -> None:
    page = as_sam.get(f"/conversations/{matter.pk}/log/").content.decode()
    assert 'name="client_key"' in page

    answer = as_sam.post(f"/conversations/{matter.pk}/log/", call())

    assert answer["Location"] == f"/conversations/{matter.pk}/"


def test_what_is_wrong_is_said(post: Post, matter: Conversation) -> None:
    answer = post(f"/conversations/{matter.pk}/log/", **call(topic=""))

    assert answer.status_code == 422
    assert not Message.objects.filter(kind="call").exists()


def test_a_customer_without_a_matter_gets_one_on_the_desk_chosen(
    as_sam: Client, sam: Agent, ana: Customer
) -> None:
    support = factories.support()
    assert f"/customers/{ana.pk}/log/" in as_sam.get(f"/customers/{ana.pk}/").content.decode()
    assert f'value="{support.pk}"' in as_sam.get(f"/customers/{ana.pk}/log/", headers=HTMX).content.decode()

    as_sam.post(f"/customers/{ana.pk}/log/", call(desk=support.pk, then="follow"))

    made = Conversation.objects.get(customer=ana)
    assert (made.title, made.assignee, made.status) == ("Size", sam, "open")


def test_a_desk_one_may_not_read_cannot_be_chosen(as_sam: Client, ana: Customer, hr: Any) -> None:
    answer = as_sam.post(f"/customers/{ana.pk}/log/", call(desk=hr.pk), headers=HTMX)

    assert answer.status_code == 422
    assert not Conversation.objects.exists()


def test_it_is_answered_on_any_channel_of_the_person(
    as_sam: Client, ana: Customer, ana_phone: Identity, ana_mail: Identity, number: Channel, mailbox: Channel
) -> None:
    support = factories.support()
    as_sam.post(f"/customers/{ana.pk}/log/", call(kind="letter", desk=support.pk, then="follow"))
    matter = Conversation.objects.get(customer=ana)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert f'value="{number.pk}-{ana_phone.pk}"' in html
    assert f'value="{mailbox.pk}-{ana_mail.pk}"' in html
