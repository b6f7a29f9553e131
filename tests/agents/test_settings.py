"""The settings: sections by role, colleagues, teams, desks, saved replies, tags, my profile, the audit log."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from inbox.actions import record
from inbox.models import Agent, Audit, Desk, SavedReply, Tag, Team
from tests import factories
from tests.agents.conftest import HTMX


@pytest.fixture
def ada(db: None) -> Agent:
    return factories.agent("Ada Admin", role="admin")


@pytest.fixture
def max_(db: None) -> Agent:
    return factories.agent("Max Manager", role="manager")


@pytest.fixture
def as_ada(ada: Agent) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def as_max(max_: Agent) -> Client:
    browser = Client()
    browser.force_login(max_)
    return browser


def sections(browser: Client) -> list[str]:
    page = browser.get("/settings/profile/").content.decode()
    nav = page[page.index('class="page-nav"') :].split("</nav>")[0]
    return re.findall(r"<span>([^<]+)</span>", nav)


def test_everybody_sees_the_sections_of_their_role(as_sam: Client, as_max: Client, as_ada: Client) -> None:
    assert sections(as_sam) == ["My profile"]
    assert sections(as_max) == [
        "My profile",
        "Teams",
        "Places",
        "Saved replies",
        "Tags",
        "Customer fields",
        "Import and export",
    ]
    assert sections(as_ada)[1:4] == ["Channels", "Parked messages", "Agents"]


@pytest.mark.parametrize(("who", "target"), [("as_sam", "profile"), ("as_ada", "channels")])
def test_settings_open_where_one_works(who: str, target: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(who).get("/settings/")["Location"] == f"/settings/{target}/"


# ---------------------------------------------------------------- my profile


def test_i_change_my_profile(as_sam: Client, sam: Agent) -> None:
    values = {
        "name": "Sam R",
        "time_zone": "Europe/Madrid",
        "language": "de",
        "theme": "dark",
        "signature": "Sam",
        "opens_next": "on",
    }
    assert "data-opens-next" not in as_sam.get("/inbox/mine/").content.decode()

    answer = as_sam.post("/settings/profile/", values)

    sam.refresh_from_db()
    assert "data-opens-next" in as_sam.get("/inbox/mine/").content.decode()
    assert (sam.name, sam.time_zone, sam.language, sam.theme) == ("Sam R", "Europe/Madrid", "de", "dark")
    assert answer.cookies["django_language"].value == "de"


def test_what_is_wrong_with_my_profile_is_said_beside_the_field(as_sam: Client, sam: Agent) -> None:
    page = as_sam.post(
        "/settings/profile/", {"name": "", "time_zone": "Mars/Base", "theme": "dark"}
    ).content.decode()

    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    sam.refresh_from_db()
    assert sam.name == "Sam Reed"


def test_my_role_is_not_mine_to_change(as_sam: Client, sam: Agent) -> None:
    as_sam.post("/settings/profile/", {"name": "Sam", "theme": "dark", "role": "admin", "is_superuser": "on"})

    sam.refresh_from_db()
    assert (sam.role, sam.is_superuser) == ("agent", False)


# ---------------------------------------------------------------- colleagues


def test_an_admin_invites_a_colleague_who_gets_a_link(
    as_ada: Client,
    ada: Agent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    settings: object,
) -> None:
    values = {"name": "Kim Lee", "email": "Kim@shop.example", "role": "manager"}
    with django_capture_on_commit_callbacks() as queued:
        answer = as_ada.post("/settings/agents/invite/", values)

    kim = Agent.objects.get(email="kim@shop.example")
    assert answer.status_code == 302
    assert (kim.role, kim.has_usable_password()) == ("manager", False)
    assert len(queued) == 1
    assert Audit.objects.filter(action="password link sent", actor=ada, object_id=str(kim.pk)).exists()
    assert "Invited" in as_ada.get("/settings/agents/").content.decode()
    assert mail.outbox == []


def test_nobody_is_invited_twice(as_ada: Client, sam: Agent) -> None:
    page = as_ada.post(
        "/settings/agents/invite/", {"name": "Sam", "email": "SAM@shop.example", "role": "agent"}
    )

    assert "There is already an agent with this e-mail address." in page.content.decode()


def test_only_who_has_no_password_is_invited_again(as_ada: Client, sam: Agent) -> None:
    page = as_ada.post(f"/settings/agents/{sam.pk}/invite/", follow=True).content.decode()

    assert "has a password already" in page


def test_letting_somebody_go_ends_their_sessions(
    as_ada: Client, as_sam: Client, sam: Agent, ada: Agent
) -> None:
    as_ada.post(f"/settings/agents/{sam.pk}/active/", {"active": "no"})

    assert as_sam.get("/inbox/mine/").status_code == 302
    assert Audit.objects.filter(action="agent deactivated", actor=ada).exists()
    assert "Deactivated" in as_ada.get("/settings/agents/").content.decode()


def test_the_last_admin_stays(as_ada: Client, ada: Agent) -> None:
    told = as_ada.post(f"/settings/agents/{ada.pk}/active/", {"active": "no"}, follow=True).content.decode()
    form = as_ada.post(f"/settings/agents/{ada.pk}/", {"role": "agent"}).content.decode()

    assert "The last admin must stay one." in told
    assert "The last admin must stay one." in form
    ada.refresh_from_db()
    assert (ada.is_active, ada.role) == (True, "admin")


def test_role_and_restricted_desks_are_given_and_audited(as_ada: Client, sam: Agent, hr: Desk) -> None:
    as_ada.post(f"/settings/agents/{sam.pk}/", {"role": "manager", "desks": [hr.pk]})

    sam.refresh_from_db()
    assert sam.role == "manager"
    assert Desk.objects.readable_by(sam).filter(pk=hr.pk).exists()
    assert Audit.objects.filter(action="desks of agent changed", data={"desks": [hr.pk]}).exists()


def test_a_restricted_desk_keeps_a_member(as_ada: Client, kim: Agent, hr: Desk) -> None:
    page = as_ada.post(f"/settings/agents/{kim.pk}/", {"role": "agent", "desks": []}).content.decode()

    assert "would have no member left" in page
    assert hr.members.get() == kim


# ---------------------------------------------------------------- teams and desks


def test_a_manager_makes_a_team(as_max: Client, sam: Agent) -> None:
    desk = factories.support()

    as_max.post(
        "/settings/teams/new/", {"name": "Returns", "desk": desk.pk, "colour": "amber", "members": [sam.pk]}
    )

    assert list(Team.objects.get(name="Returns").members.all()) == [sam]


def test_a_taken_name_is_said_beside_the_field(as_max: Client) -> None:
    factories.team("Returns")

    values = {"name": " Returns ", "desk": factories.support().pk, "colour": "teal"}
    page = as_max.post("/settings/teams/new/", values).content.decode()

    assert "The name “Returns” cannot be used. Choose another." in page


def test_a_manager_cannot_put_a_team_on_a_desk_they_may_not_read(as_max: Client, hr: Desk) -> None:
    page = as_max.post(
        "/settings/teams/new/", {"name": "Spies", "desk": hr.pk, "colour": "teal"}
    ).content.decode()

    assert not Team.objects.exists()
    assert ">HR<" not in page


def test_a_restricted_desk_needs_a_member(as_ada: Client, ada: Agent) -> None:
    page = as_ada.post("/settings/desks/new/", {"name": "Legal", "restricted": "on"}).content.decode()
    as_ada.post("/settings/desks/new/", {"name": "Legal", "restricted": "on", "members": [ada.pk]})

    assert "A restricted desk needs a member" in page
    assert list(Desk.objects.get(name="Legal").members.all()) == [ada]


# ---------------------------------------------------------------- saved replies and tags


def test_a_saved_reply_is_made_changed_and_deleted(as_max: Client) -> None:
    as_max.post(
        "/settings/replies/new/", {"name": "Hello", "shortcut": "/Hi", "text": "Hi {{customer.first_name}}"}
    )
    made = SavedReply.objects.get()
    as_max.post(f"/settings/replies/{made.pk}/", {"name": "Hello", "shortcut": "hi", "text": "Good day"})

    made.refresh_from_db()
    assert (made.shortcut, made.text) == ("hi", "Good day")
    as_max.post(f"/settings/replies/{made.pk}/delete/")
    assert not SavedReply.objects.exists()


def test_a_taken_shortcut_is_said_beside_the_field(as_max: Client) -> None:
    SavedReply.objects.create(name="Hello", shortcut="hi", text="x")

    page = as_max.post(
        "/settings/replies/new/", {"name": "Other", "shortcut": "hi", "text": "y"}
    ).content.decode()

    assert "The shortcut “hi” is taken." in page


def test_a_text_is_previewed_as_a_customer_would_get_it(as_max: Client) -> None:
    text = "Hi {{customer.first_name}}, **bold** <script>alert(1)</script> {{agent.name}}"

    shown = as_max.post("/settings/replies/preview/", {"text": text}, headers=HTMX).content.decode()

    assert "Hi Ana, <strong>bold</strong>" in shown
    assert "Max Manager" in shown
    assert "<script>" not in shown


def test_a_reply_of_a_team_one_may_not_know_of_does_not_exist(as_max: Client, hr: Desk) -> None:
    hidden = SavedReply.objects.create(
        name="X", shortcut="x", text="y", team=factories.team("Inquiries", desk=hr)
    )

    assert as_max.get(f"/settings/replies/{hidden.pk}/").status_code == 404
    assert as_max.post(f"/settings/replies/{hidden.pk}/delete/").status_code == 404
    assert "Inquiries" not in as_max.get("/settings/replies/").content.decode()


def test_tags_are_renamed_coloured_and_deleted(as_max: Client, matter: object) -> None:
    refund = factories.tag(matter, "refund")
    page = as_max.get("/settings/tags/").content.decode()

    as_max.post(f"/settings/tags/{refund.pk}/", {"name": "money back", "colour": "red"})

    refund.refresh_from_db()
    assert (refund.name, refund.colour) == ("money back", "red")
    assert "1 conversation" in page
    as_max.post(f"/settings/tags/{refund.pk}/delete/")
    assert not Tag.objects.exists()


def test_two_tags_do_not_differ_by_capitals_only(as_max: Client, matter: object) -> None:
    factories.tag(matter, "refund")

    page = as_max.post("/settings/tags/new/", {"name": "Refund", "colour": "red"}).content.decode()

    assert "There is already a tag called" in page


def test_a_tags_number_counts_only_what_the_reader_may_read(as_max: Client, secret: object) -> None:
    factories.tag(secret, "refund")

    assert "0 conversations" in as_max.get("/settings/tags/").content.decode()


# ---------------------------------------------------------------- the audit log


def test_the_log_is_paged_newest_first(as_ada: Client, ada: Agent) -> None:
    for number in range(60):
        record.audit(f"thing {number:02}", actor=ada, ip="203.0.113.9")

    first = as_ada.get("/settings/audit/").content.decode()
    older = re.search(r'href="(\?after=[^"]+)"', first)
    assert older
    second = as_ada.get("/settings/audit/" + older[1].replace("&amp;", "&")).content.decode()

    assert "thing 59" in first
    assert "203.0.113.9" in first
    assert "thing 09" not in first
    assert "thing 09" in second
    assert "thing 10" not in second


def test_an_invented_place_in_the_log_is_refused(as_ada: Client) -> None:
    assert as_ada.get("/settings/audit/?after=1.2").status_code == 400


def test_the_log_tells_nobody_of_a_desk_they_may_not_read(as_ada: Client, hr: Desk, ada: Agent) -> None:
    record.audit("channel hidden", actor=ada, about=factories.channel(desk=hr))
    record.audit("channel shown", actor=ada, about=factories.channel())
    record.audit("plain", actor=ada)

    page = as_ada.get("/settings/audit/").content.decode()

    assert "channel hidden" not in page
    assert "channel shown" in page
    assert "plain" in page
    hr.members.add(ada)
    assert "channel hidden" in as_ada.get("/settings/audit/").content.decode()


# ---------------------------------------------------------------- what it costs


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("agents/", 10),
        ("teams/", 10),
        ("desks/", 10),
        ("replies/", 10),
        ("tags/", 10),
        ("audit/", 10),
        ("channels/", 10),
    ],
)
def test_a_long_list_costs_a_fixed_number_of_queries(
    as_ada: Client, path: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        agent = factories.agent(f"P{number} Person")
        team = factories.team(f"Team {number}", members=(agent,))
        factories.desk(f"Desk {number}", restricted=True, members=(agent,))
        SavedReply.objects.create(name=f"R{number}", shortcut=f"r{number}", text="x", team=team)
        Tag.objects.create(name=f"tag {number}")
        factories.channel()
        record.audit("something", actor=agent)

    with django_assert_max_num_queries(most):
        as_ada.get(f"/settings/{path}")
