"""VIP, block and spam from the page: what each means, done and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.events import Kind
from inbox.models import Agent, Company, Conversation, Customer, Desk
from tests import factories
from tests.agents.conftest import HTMX
from tests.agents.test_event_lines import line

Post = Callable[..., HttpResponse]


@pytest.mark.parametrize(
    ("verb", "field", "value"), [("vip", "vip", True), ("not_vip", "vip", False), ("block", "blocked", True)]
)
def test_a_mark_is_set_with_undo(post: Post, ana: Customer, verb: str, field: str, value: bool) -> None:
    Customer.objects.filter(pk=ana.pk).update(vip=verb == "not_vip")

    answer = post(f"/customers/{ana.pk}/mark/", verb=verb)

    ana.refresh_from_db()
    assert getattr(ana, field) == value
    assert '"undo": true' in answer["HX-Trigger"]
    assert ("Blocked" in answer.content.decode()) == (verb == "block")
    post("/undo/")
    ana.refresh_from_db()
    assert getattr(ana, field) != value


def test_what_a_block_means_is_said_in_a_sentence(as_sam: Client, ana: Customer) -> None:
    html = as_sam.get(f"/customers/{ana.pk}/mark/", headers=HTMX).content.decode()
    assert "kept in Quiet and disturbs nobody. They are not told." in html

    Customer.objects.filter(pk=ana.pk).update(blocked=True)
    assert "Unblock" in as_sam.get(f"/customers/{ana.pk}/edit/").content.decode()


def test_an_unknown_mark_is_refused(post: Post, ana: Customer) -> None:
    assert post(f"/customers/{ana.pk}/mark/", verb="king").status_code == 422


def test_a_customer_of_a_hidden_desk_cannot_be_marked(post: Post, hr: Desk) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    assert post(f"/customers/{hidden.pk}/mark/", verb="block").status_code == 404
    hidden.refresh_from_db()
    assert not hidden.blocked


def test_spam_is_asked_about_reported_and_taken_back(
    post: Post, as_sam: Client, matter: Conversation
) -> None:
    path = f"/conversations/{matter.pk}/spam/"
    assert "Nothing is deleted, nobody is told." in as_sam.get(path, headers=HTMX).content.decode()

    post(path, block="yes")

    matter.refresh_from_db()
    assert (matter.quiet, matter.customer.blocked) == (True, True)
    post("/undo/")
    matter.refresh_from_db()
    assert matter.status == "open"
    assert not Customer.objects.get(pk=matter.customer_id).blocked


def test_spam_is_reported_in_bulk_but_not_what_one_may_not_read(
    post: Post, matter: Conversation, secret: Conversation
) -> None:
    answer = post("/bulk/", verb="spam", block="no", conversation=[matter.pk, secret.pk])

    assert "Spam: it is in Quiet now" in answer["HX-Trigger"]
    matter.refresh_from_db()
    secret.refresh_from_db()
    assert (matter.quiet, secret.quiet) == (True, False)


def test_a_vip_by_their_company_is_one_in_list_and_panel(as_sam: Client, matter: Conversation) -> None:
    Customer.objects.filter(pk=matter.customer_id).update(
        company=Company.objects.create(name="Studio", vip=True)
    )

    html = as_sam.get(f"/conversations/{matter.pk}/?in=all").content.decode()

    assert html.count(">VIP</span>") == 3  # the list, the head of the thread, the panel
    assert 'title="Because Studio is"' in html


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mark": "vip", "after": True}, "Sam Reed marked them as VIP"),
        ({"mark": "blocked", "after": True}, "Sam Reed blocked them: what they write stays in Quiet"),
        ({"mark": "blocked", "after": False}, "Sam Reed unblocked them"),
    ],
)
def test_the_thread_says_it(sam: Agent, matter: Conversation, data: dict[str, object], words: str) -> None:
    assert line(matter, Kind.CUSTOMER_MARKED, actor=sam, data=data) == words
