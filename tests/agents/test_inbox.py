"""The list: what stands in it, what does not, and that it costs the same however long it is."""

import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inbox.models import Agent, Conversation, Customer, Desk
from tests import factories
from tests.agents.conftest import HTMX


def names(html: str) -> list[str]:
    """The customers of the rows, in order."""
    return [name.strip() for name in re.findall(r'class="row-name[^>]*>([^<]*)<', html)]


def test_the_first_page_is_mine(as_sam: Client) -> None:
    answer = as_sam.get("/")

    assert answer.status_code == 302
    assert answer["Location"] == "/inbox/mine/"


def test_a_stranger_is_sent_to_log_in(client: Client, db: None) -> None:
    answer = client.get("/inbox/mine/")

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/inbox/mine/")


def test_a_script_of_a_stranger_is_told_to_go_to_the_login_page_whole(client: Client, db: None) -> None:
    answer = client.get("/counts/", headers={**HTMX, "HX-Current-URL": "/inbox/mine/"})

    assert answer.status_code == 401
    assert answer["HX-Redirect"].endswith("?next=/inbox/mine/")


def test_an_agent_who_left_the_company_sees_nothing(as_sam: Client, sam: Agent) -> None:
    Agent.objects.filter(pk=sam.pk).update(is_active=False)

    assert as_sam.get("/inbox/mine/").status_code == 302


def test_mine_shows_what_i_look_after_and_only_that(as_sam: Client, sam: Agent, kim: Agent) -> None:
    factories.conversation(factories.customer("Ana Silva"), assignee=sam)
    factories.conversation(factories.customer("Ben Moss"), assignee=kim)
    factories.conversation(factories.customer("Cleo Ito"))

    html = as_sam.get("/inbox/mine/").content.decode()

    assert names(html) == ["Ana Silva"]


def test_a_team_has_a_view_of_its_own(as_sam: Client) -> None:
    team = factories.team("Returns")
    factories.conversation(factories.customer("Ana Silva"), team=team)

    html = as_sam.get(f"/inbox/team-{team.pk}/").content.decode()

    assert names(html) == ["Ana Silva"]
    assert ">Returns<" in html


@pytest.mark.parametrize("slug", ["nonsense", "team-999", "team-x", "team-", "team:1"])
def test_a_view_that_does_not_exist_is_not_found(as_sam: Client, slug: str) -> None:
    assert as_sam.get(f"/inbox/{slug}/").status_code == 404


def test_a_team_of_a_desk_i_may_not_read_is_not_found(as_sam: Client, as_kim: Client, hr: Desk) -> None:
    team = factories.team("Contracts", desk=hr)

    assert as_sam.get(f"/inbox/team-{team.pk}/").status_code == 404
    assert as_kim.get(f"/inbox/team-{team.pk}/").status_code == 200
    assert "Contracts" not in as_sam.get("/inbox/mine/").content.decode()


def test_a_restricted_matter_leaves_no_trace_in_list_and_counts(as_sam: Client, secret: Conversation) -> None:
    html = as_sam.get("/inbox/all/").content.decode()

    assert names(html) == []
    assert 'id="count-all" data-count="0"' in html
    assert "Dismissal" not in html


def test_who_may_read_the_desk_sees_it(as_kim: Client, secret: Conversation) -> None:
    html = as_kim.get("/inbox/all/").content.decode()

    assert names(html) == ["Ana Silva"]
    assert 'id="count-all" data-count="1"' in html


def test_a_row_says_who_waits_and_that_it_is_unread(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get("/inbox/all/").content.decode()

    row = html[html.index(f'id="conversation-row-{matter.pk}"') :]
    assert 'data-unread="true"' in row[:300]
    assert "waiting" in row


def test_the_longest_waiting_can_come_first(as_sam: Client) -> None:
    factories.conversation(
        factories.customer("Late Lou"), waiting_since=factories.at(0), last_activity=factories.at(1)
    )
    factories.conversation(
        factories.customer("Fresh Fay"), waiting_since=factories.at(5), last_activity=factories.at(5)
    )

    assert names(as_sam.get("/inbox/all/").content.decode()) == ["Fresh Fay", "Late Lou"]
    assert names(as_sam.get("/inbox/all/?order=waiting").content.decode()) == ["Late Lou", "Fresh Fay"]


def test_more_rows_are_fetched_from_where_the_list_ended(as_sam: Client) -> None:
    for minute in range(60):
        factories.conversation(factories.customer(f"Person {minute:02}"), last_activity=factories.at(minute))

    first = as_sam.get("/inbox/all/").content.decode()
    more = re.search(r'href="(/inbox/all/\?after=[^"]+)"', first)
    assert more is not None
    second = as_sam.get(more[1].replace("&amp;", "&"), headers=HTMX).content.decode()

    assert names(first) + names(second) == [f"Person {minute:02}" for minute in reversed(range(60))]
    assert "<html" not in second
    assert "rows-more" not in second


def test_an_invented_place_in_the_list_is_refused(as_sam: Client) -> None:
    assert as_sam.get("/inbox/all/?after=nowhere").status_code == 400


def test_an_empty_view_says_so(as_sam: Client) -> None:
    assert "Nothing snoozed" in as_sam.get("/inbox/snoozed/").content.decode()


def test_the_rows_that_changed_come_as_far_as_they_stand_in_the_view(
    as_sam: Client, sam: Agent, secret: Conversation
) -> None:
    mine = factories.conversation(factories.customer("Ana Silva"), assignee=sam)
    other = factories.conversation(factories.customer("Ben Moss"))

    path = (
        f"/inbox/mine/rows/?only={mine.pk}&only={other.pk}&only={secret.pk}&only=x&only=99999999999999999999"
    )
    html = as_sam.get(path, headers=HTMX).content.decode()

    assert names(html) == ["Ana Silva"]


def test_a_colleague_who_named_me_is_why_it_is_here(as_sam: Client, kim: Agent, sam: Agent) -> None:
    matter = factories.conversation(factories.customer("Ana Silva"))
    factories.note(matter, kim, "@Sam Reed look").mentions.create(agent=sam)

    html = as_sam.get("/inbox/mentions/").content.decode()
    rows = as_sam.get(f"/inbox/mentions/rows/?only={matter.pk}", headers=HTMX).content.decode()

    assert "Kim mentioned you" in html
    assert names(rows) == ["Ana Silva"]


def test_counts_come_to_be_swapped_out_of_band(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get("/counts/", headers=HTMX).content.decode()

    assert '<span class="count" id="count-all" data-count="1" hx-swap-oob="true">1</span>' in html


def test_another_matter_of_the_same_customer_is_told(as_sam: Client, ana: Customer) -> None:
    billing = factories.team("Billing")
    factories.conversation(ana)
    factories.conversation(ana, main=False, team=billing)

    assert "+1 Billing" in as_sam.get("/inbox/all/").content.decode()


def test_a_name_cannot_bring_markup_into_the_page(as_sam: Client) -> None:
    factories.conversation(
        factories.customer("<img src=x onerror=alert(1)>"), preview="<script>alert(1)</script>"
    )

    html = as_sam.get("/inbox/all/").content.decode()

    assert "<img src=x" not in html
    assert "<script>alert" not in html


def test_fifty_rows_cost_as_many_queries_as_five(
    as_sam: Client, sam: Agent, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for minute in range(50):
        matter = factories.conversation(factories.customer(f"Person {minute}"), assignee=sam)
        factories.tag(matter, f"tag{minute % 3}")

    with django_assert_max_num_queries(14):
        as_sam.get("/inbox/mine/")


def test_news_for_the_page_is_json_in_a_header(as_sam: Client, matter: Conversation) -> None:
    answer = as_sam.post(f"/conversations/{matter.pk}/resolve/", headers=HTMX)

    assert json.loads(answer["HX-Trigger"])["rows"] == {"ids": [matter.pk]}
