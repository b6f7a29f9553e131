"""A matter's further verbs: title, unread again, out of Quiet, one with another."""

import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent, Conversation, Customer, ReadMark
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]


def after(matter: Conversation) -> Conversation:
    matter.refresh_from_db()
    return matter


def test_a_matter_gets_a_title(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/menu/", verb="title", title="  Exchange,  order 4417 ")

    assert after(matter).title == "Exchange, order 4417"


def test_a_title_has_an_end(post: Post, matter: Conversation) -> None:
    answer = post(f"/conversations/{matter.pk}/menu/", verb="title", title="x" * 201)

    assert answer.status_code == 422


def test_it_can_be_unread_again(post: Post, sam: Agent, matter: Conversation) -> None:
    last = matter.messages.get()
    factories.read(sam, matter, up_to=last)

    post(f"/conversations/{matter.pk}/menu/", verb="unread")

    assert ReadMark.objects.get(agent=sam, conversation=matter).message_id < last.pk


def test_what_lies_in_quiet_can_be_opened_and_put_back(post: Post, ana: Customer) -> None:
    quiet = factories.conversation(ana, quiet=True, main=False, status="resolved")

    answer = post(f"/conversations/{quiet.pk}/menu/", verb="promote")

    assert (after(quiet).quiet, quiet.status) == (False, "open")
    assert json.loads(answer["HX-Trigger"])["toast"]["undo"] is True


def test_two_matters_become_one(post: Post, ana: Customer, matter: Conversation) -> None:
    other = factories.conversation(ana, main=False, title="The same thing")

    answer = post(f"/conversations/{other.pk}/menu/", verb="merge", into=matter.pk)

    assert after(other).merged_into == matter
    assert f'hx-get="/conversations/{matter.pk}/"' in answer.content.decode()


def test_a_matter_is_not_brought_together_with_one_i_may_not_read(
    post: Post, matter: Conversation, secret: Conversation
) -> None:
    answer = post(f"/conversations/{matter.pk}/menu/", verb="merge", into=secret.pk)

    assert answer.status_code == 422
    assert after(matter).merged_into is None


def test_a_matter_continues_the_previous_one(post: Post, ana: Customer, matter: Conversation) -> None:
    previous = factories.conversation(
        ana, status="resolved", main=False, resolved_at=factories.at(-60), opened_at=factories.at(-90)
    )

    post(f"/conversations/{matter.pk}/menu/", verb="continue")

    assert after(matter).merged_into == previous
    assert after(previous).status == "open"


@pytest.mark.parametrize(
    "values", [{}, {"verb": "delete"}, {"verb": "promote"}, {"verb": "continue"}, {"verb": "merge"}]
)
def test_what_cannot_be_done_is_refused(post: Post, matter: Conversation, values: dict[str, str]) -> None:
    assert post(f"/conversations/{matter.pk}/menu/", **values).status_code == 422


def test_the_menu_is_a_fragment_or_a_page(as_sam: Client, matter: Conversation) -> None:
    path = f"/conversations/{matter.pk}/menu/"

    assert "<html" not in as_sam.get(path, headers=HTMX).content.decode()
    assert "<html" in as_sam.get(path).content.decode()


def test_a_matter_i_may_not_read_has_no_menu(post: Post, as_sam: Client, secret: Conversation) -> None:
    path = f"/conversations/{secret.pk}/menu/"

    assert as_sam.get(path).status_code == 404
    assert post(path, verb="title", title="x").status_code == 404
