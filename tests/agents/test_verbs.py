"""Assign, tag, snooze, resolve, reopen, priority: on one matter and on several; and undo."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from inbox.models import Agent, Conversation, Tag
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]
VERBS = ("assign", "tag", "snooze", "resolve", "reopen", "priority")


def after(matter: Conversation) -> Conversation:
    matter.refresh_from_db()
    return matter


def test_resolving_says_so_and_offers_undo(post: Post, matter: Conversation) -> None:
    answer = post(f"/conversations/{matter.pk}/resolve/")

    assert after(matter).status == "resolved"
    assert json.loads(answer["HX-Trigger"])["toast"] == {"text": "Resolved", "undo": True}
    assert 'data-status="resolved"' in answer.content.decode()


def test_without_scripts_a_verb_leads_back_to_the_thread(as_sam: Client, matter: Conversation) -> None:
    answer = as_sam.post(f"/conversations/{matter.pk}/resolve/")

    assert answer["Location"] == f"/conversations/{matter.pk}/"
    assert "Resolved" in as_sam.get(answer["Location"]).content.decode()


def test_what_is_resolved_can_be_opened_again(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/resolve/")

    post(f"/conversations/{matter.pk}/reopen/")

    assert after(matter).status == "open"


def test_i_take_it(post: Post, sam: Agent, matter: Conversation) -> None:
    answer = post(f"/conversations/{matter.pk}/assign/", assignee=sam.pk)

    assert after(matter).assignee == sam
    assert json.loads(answer["HX-Trigger"])["toast"]["text"] == "Given to you"


def test_giving_it_to_a_team_takes_it_from_whoever_is_not_in_it(
    post: Post, sam: Agent, kim: Agent, matter: Conversation
) -> None:
    returns = factories.team("Returns", members=(sam,))
    post(f"/conversations/{matter.pk}/assign/", assignee=kim.pk)

    post(f"/conversations/{matter.pk}/assign/", team=returns.pk)

    assert (after(matter).team, after(matter).assignee) == (returns, None)


def test_giving_it_to_their_team_leaves_it_with_them(post: Post, sam: Agent, matter: Conversation) -> None:
    returns = factories.team("Returns", members=(sam,))
    post(f"/conversations/{matter.pk}/assign/", assignee=sam.pk)

    post(f"/conversations/{matter.pk}/assign/", team=returns.pk)

    assert (after(matter).team, after(matter).assignee) == (returns, sam)


def test_it_can_be_put_back(post: Post, sam: Agent, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/assign/", assignee=sam.pk)

    post(f"/conversations/{matter.pk}/assign/", assignee="")

    assert after(matter).assignee is None


def test_a_team_of_another_desk_is_not_offered_and_not_taken(
    post: Post, as_sam: Client, hr: object, matter: Conversation, secret: Conversation
) -> None:
    contracts = factories.team("Contracts", desk=secret.desk)

    form = as_sam.get(f"/conversations/{matter.pk}/assign/", headers=HTMX).content.decode()
    answer = post(f"/conversations/{matter.pk}/assign/", team=contracts.pk)

    assert "Contracts" not in form
    assert answer.status_code == 422


def test_who_may_not_read_the_desk_is_not_offered(as_kim: Client, sam: Agent, secret: Conversation) -> None:
    form = as_kim.get(f"/conversations/{secret.pk}/assign/", headers=HTMX).content.decode()

    assert "Sam Reed" not in form


def test_who_may_not_read_the_desk_cannot_be_given_it(
    as_kim: Client, sam: Agent, secret: Conversation
) -> None:
    answer = as_kim.post(f"/conversations/{secret.pk}/assign/", {"assignee": sam.pk}, headers=HTMX)

    assert answer.status_code == 422
    assert "may not read the desk" in unquote(answer["X-Reason"])


def test_tags_are_put_on_taken_off_and_made(post: Post, matter: Conversation) -> None:
    refund = factories.tag(matter, "refund")
    urgent = Tag.objects.create(name="urgent")

    post(f"/conversations/{matter.pk}/tag/", add=urgent.pk)
    post(f"/conversations/{matter.pk}/tag/", remove=refund.pk)
    post(f"/conversations/{matter.pk}/tag/", name="  brand   new ")

    assert sorted(matter.tags.values_list("name", flat=True)) == ["brand new", "urgent"]


def test_snoozing_by_a_preset(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/snooze/", preset="hours")

    until = after(matter).snoozed_until
    assert matter.status == "snoozed"
    assert until is not None
    assert abs(until - timezone.now() - timedelta(hours=3)) < timedelta(minutes=1)


def test_snoozing_until_they_answer(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/snooze/", preset="reply")

    assert (after(matter).status, after(matter).snoozed_until) == ("snoozed", None)


def test_a_time_of_ones_own_is_in_ones_own_zone(post: Post, sam: Agent, matter: Conversation) -> None:
    sam.time_zone = "Asia/Tokyo"
    sam.save()

    post(f"/conversations/{matter.pk}/snooze/", until="2099-07-01T09:00")

    until = after(matter).snoozed_until
    assert until is not None
    assert until.isoformat() == "2099-07-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "values", [{}, {"preset": "never"}, {"until": "soon"}, {"until": "2001-01-01T09:00"}]
)
def test_a_snooze_needs_a_time_to_come(post: Post, matter: Conversation, values: dict[str, str]) -> None:
    assert post(f"/conversations/{matter.pk}/snooze/", **values).status_code == 422
    assert after(matter).status == "open"


def test_the_priority_is_set(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/priority/", priority=4)

    assert after(matter).priority == 4


@pytest.mark.parametrize("priority", ["", "9", "high"])
def test_there_are_four_priorities(post: Post, matter: Conversation, priority: str) -> None:
    assert post(f"/conversations/{matter.pk}/priority/", priority=priority).status_code == 422


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_reaches_a_matter_i_may_not_read(
    post: Post, as_sam: Client, secret: Conversation, verb: str
) -> None:
    assert post(f"/conversations/{secret.pk}/{verb}/").status_code == 404
    assert as_sam.get(f"/conversations/{secret.pk}/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", ["assign", "tag", "snooze", "priority"])
def test_the_form_of_a_verb_is_a_menu_or_a_page(as_sam: Client, matter: Conversation, verb: str) -> None:
    path = f"/conversations/{matter.pk}/{verb}/"

    menu = as_sam.get(path, headers=HTMX).content.decode()
    page = as_sam.get(path).content.decode()

    assert f'action="{path}"' in menu
    assert "<html" not in menu
    assert f'action="{path}"' in page
    assert "<html" in page


# ---------------------------------------------------------------- several


def test_several_are_resolved_and_one_undo_takes_back_all(post: Post) -> None:
    three = [factories.conversation(factories.customer(name)) for name in ("Ana", "Ben", "Cleo")]

    post("/bulk/", verb="resolve", conversation=[matter.pk for matter in three])
    assert {after(matter).status for matter in three} == {"resolved"}
    post("/undo/")

    assert {after(matter).status for matter in three} == {"open"}


def test_in_bulk_what_i_may_not_read_stays_as_it_is(
    post: Post, matter: Conversation, secret: Conversation
) -> None:
    answer = post("/bulk/", verb="resolve", conversation=[matter.pk, secret.pk])

    assert after(matter).status == "resolved"
    assert after(secret).status == "open"
    assert json.loads(answer["HX-Trigger"])["rows"] == {"ids": [matter.pk]}


def test_several_are_assigned_tagged_and_snoozed(post: Post, sam: Agent) -> None:
    two = [factories.conversation(factories.customer(name)) for name in ("Ana", "Ben")]
    ids = [matter.pk for matter in two]

    post("/bulk/", verb="assign", conversation=ids, assignee=sam.pk)
    post("/bulk/", verb="tag", conversation=ids, name="promo")
    post("/bulk/", verb="snooze", conversation=ids, preset="reply")

    assert all(after(matter).assignee == sam and matter.status == "snoozed" for matter in two)
    assert all(matter.tags.get().name == "promo" for matter in two)


def test_several_given_to_somebody_stay_each_with_its_own_team(post: Post, kim: Agent) -> None:
    returns, repairs = factories.team("Returns"), factories.team("Repairs")
    matters = [
        factories.conversation(factories.customer(name), team=team)
        for name, team in (("Ana", returns), ("Bo", repairs), ("Cy", None))
    ]

    post("/bulk/", verb="assign", conversation=[matter.pk for matter in matters], assignee=kim.pk)

    assert [after(matter).team for matter in matters] == [returns, repairs, None]
    assert {after(matter).assignee for matter in matters} == {kim}


def test_several_given_to_a_team_stay_with_those_who_are_in_it(post: Post, sam: Agent, kim: Agent) -> None:
    returns = factories.team("Returns", members=(sam,))
    hers, his = (
        factories.conversation(factories.customer(agent.name), assignee=agent) for agent in (kim, sam)
    )

    post("/bulk/", verb="assign", conversation=[hers.pk, his.pk], team=returns.pk)

    assert (after(hers).assignee, after(his).assignee) == (None, sam)
    assert {after(hers).team, after(his).team} == {returns}


def test_what_was_written_to_find_a_tag_makes_none(post: Post, matter: Conversation) -> None:
    refund = Tag.objects.create(name="refund")

    post(f"/conversations/{matter.pk}/tag/", name="ref", add=refund.pk)
    post(f"/conversations/{matter.pk}/tag/", name="ref", remove=refund.pk)

    assert list(Tag.objects.all()) == [refund]
    assert not after(matter).tags.exists()


@pytest.mark.parametrize("values", [{}, {"verb": "resolve"}, {"verb": "delete", "conversation": "1"}])
def test_bulk_without_a_choice_is_refused(post: Post, values: dict[str, str]) -> None:
    assert post("/bulk/", **values).status_code == 422


@pytest.mark.parametrize("verb", ["assign", "tag", "snooze"])
def test_the_bulk_form_carries_what_was_picked_and_is_mine(
    as_sam: Client, matter: Conversation, secret: Conversation, verb: str
) -> None:
    path = f"/bulk/{verb}/?conversation={matter.pk}&conversation={secret.pk}"

    html = as_sam.get(path, headers=HTMX).content.decode()

    assert f'name="conversation" value="{matter.pk}"' in html
    assert f'name="conversation" value="{secret.pk}"' not in html


def test_there_is_no_bulk_form_for_anything_else(as_sam: Client) -> None:
    assert as_sam.get("/bulk/delete/").status_code == 404


# ---------------------------------------------------------------- undo


def test_undo_of_nothing_says_so(post: Post) -> None:
    answer = post("/undo/")

    assert answer.status_code == 422
    assert unquote(answer["X-Reason"]) == "There is nothing to undo."


def test_undo_shows_the_open_matter_as_it_is_again(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/resolve/")

    answer = post("/undo/", open=matter.pk)

    assert 'data-status="open"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/undo/", "/bulk/", "/me/theme/"])
def test_what_changes_something_is_never_a_link(as_sam: Client, path: str) -> None:
    assert as_sam.get(path).status_code == 405
