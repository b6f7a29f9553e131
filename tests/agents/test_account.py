"""Getting in and out: logins, resets, invitations, passwords; each limited, audited, and telling strangers nothing."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from agents import limits, links, tasks
from inbox.models import Agent, Audit
from tests import factories
from tests.factories import PASSWORD

BETTER = "quite another long one"


def log_in(client: Client, email: str = "sam@shop.example", password: str = PASSWORD, **more: str) -> object:
    return client.post("/login/", {"username": email, "password": password, **more})


def link_in_mail() -> str:
    """The path of the link in the last letter."""
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body).split("\n\n")[-2])
    assert found
    return urlsplit(found[0]).path


def choose(client: Client, path: str, password: str = BETTER) -> object:
    """Follow a link of a letter and set a password."""
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"new_password1": password, "new_password2": password})


def asked_for_reset(client: Client, email: str) -> int:
    return client.post("/forgotten/", {"email": email}).status_code


def test_sam_logs_in_and_it_is_noted(client: Client, sam: Agent) -> None:
    answer = log_in(client)

    assert answer.status_code == 302
    assert client.get("/inbox/mine/").status_code == 200
    noted = Audit.objects.get(action="login")
    assert (noted.actor, noted.ip) == (sam, "127.0.0.1")


@pytest.mark.parametrize(
    ("email", "password"), [("sam@shop.example", "wrong"), ("nobody@shop.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: Client, sam: Agent, email: str, password: str
) -> None:
    answer = log_in(client, email, password)

    assert "The e-mail address or the password is not right." in answer.content.decode()
    assert Audit.objects.filter(action="login failed", actor=None).count() == 1


def test_somebody_who_was_let_go_does_not_get_in(client: Client, sam: Agent) -> None:
    Agent.objects.update(is_active=False)

    log_in(client)

    assert client.get("/inbox/mine/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_login_leads_only_to_our_own_pages(client: Client, sam: Agent, target: str) -> None:
    assert log_in(client, next=target)["Location"] == "/"


def test_the_login_leads_back_to_where_one_wanted_to_go(client: Client, sam: Agent) -> None:
    assert log_in(client, next="/customers/")["Location"] == "/customers/"


def test_logging_out_needs_a_post_and_ends_the_session(as_sam: Client) -> None:
    assert as_sam.get("/logout/").status_code == 405
    assert as_sam.get("/inbox/mine/").status_code == 200

    as_sam.post("/logout/")

    assert as_sam.get("/inbox/mine/").status_code == 302
    assert Audit.objects.filter(action="logout").exists()


def test_too_many_tries_at_one_account_are_refused_even_with_the_right_password(
    client: Client, sam: Agent
) -> None:
    for _ in range(limits.LOGINS_OF_PAIR.most):
        log_in(client, password="wrong")

    answer = log_in(client)

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many tries" in answer.content.decode()


def test_a_made_up_forwarding_header_does_not_help(client: Client, sam: Agent) -> None:
    for number in range(limits.LOGINS_OF_PAIR.most + 1):
        answer = client.post(
            "/login/",
            {"username": "sam@shop.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    assert answer.status_code == 429


def test_many_addresses_together_are_refused_as_well(client: Client, sam: Agent) -> None:
    for number in range(limits.LOGINS_OF_ACCOUNT.most + 1):
        answer = client.post(
            "/login/",
            {"username": "sam@shop.example", "password": "wrong"},
            REMOTE_ADDR=f"198.51.100.{number}",
        )

    assert answer.status_code == 429


def test_a_forgotten_password_is_reset_by_mail_once(client: Client, sam: Agent) -> None:
    assert asked_for_reset(client, "SAM@shop.example") == 302
    tasks.send_reset(sam.pk)
    path = link_in_mail()

    choose(client, path)

    assert mail.outbox[0].to == ["sam@shop.example"]
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"
    assert log_in(client, password=BETTER).status_code == 302
    assert "This link works no longer" in Client().get(path, follow=True).content.decode()
    assert Audit.objects.filter(action="password set", data={"how": "reset"}, actor=sam).exists()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, sam: Agent) -> None:
    known = client.post("/forgotten/", {"email": "sam@shop.example"})
    unknown = client.post("/forgotten/", {"email": "nobody@shop.example"})
    tasks.send_reset(0)

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mail.outbox == []


def test_known_and_unknown_cost_the_same_work(client: Client, sam: Agent) -> None:
    counted = []
    for email in ("sam@shop.example", "nobody@shop.example"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/forgotten/", {"email": email})
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_resets_are_limited_by_address_whether_it_exists_or_not(client: Client, sam: Agent) -> None:
    for email in ("sam@shop.example", "nobody@shop.example"):
        answers = [asked_for_reset(client, email) for _ in range(limits.RESETS_OF_ADDRESS.most + 1)]
        assert answers == [302] * limits.RESETS_OF_ADDRESS.most + [429]


def test_a_flood_of_resets_from_one_address_is_stopped(client: Client, sam: Agent) -> None:
    answers = [
        asked_for_reset(client, f"p{number}@x.example") for number in range(limits.RESETS_OF_IP.most + 1)
    ]

    assert answers[-1] == 429


def test_a_reset_link_ends(client: Client, sam: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    path = urlsplit(links.RESET.url(sam)).path
    made = links.RESET._now()
    monkeypatch.setattr(links.RESET, "_now", lambda: made + links.RESET.lasts * 1.01)

    assert "This link works no longer" in client.get(path, follow=True).content.decode()


def test_an_invitation_is_no_reset_link(client: Client, sam: Agent) -> None:
    path = urlsplit(links.INVITED.url(sam)).path.replace("/invited/", "/reset/")

    assert "This link works no longer" in client.get(path, follow=True).content.decode()


def test_a_link_of_somebody_who_was_let_go_works_no_longer(client: Client, sam: Agent) -> None:
    path = urlsplit(links.RESET.url(sam)).path
    Agent.objects.update(is_active=False)

    assert "This link works no longer" in client.get(path, follow=True).content.decode()


@pytest.mark.parametrize(
    "path", ["/reset/x/y/", "/reset/MQ/set-password/", "/invited/%00/a-b/", "/reset/MQ/a-b-c/"]
)
def test_an_invented_link_is_told_so(client: Client, db: None, path: str) -> None:
    assert "This link works no longer" in client.get(path, follow=True).content.decode()


def test_an_invited_agent_chooses_a_password_once(client: Client, db: None) -> None:
    kim = Agent.objects.create_user("kim@shop.example", None, name="Kim Lee")
    tasks.send_invitation(kim.pk)
    path = link_in_mail()

    assert "Welcome" in client.get(path, follow=True).content.decode()
    choose(client, path)

    assert log_in(client, "kim@shop.example", BETTER).status_code == 302
    assert "This link works no longer" in Client().get(path, follow=True).content.decode()


def test_who_has_not_taken_up_an_invitation_cannot_reset(db: None) -> None:
    kim = Agent.objects.create_user("kim@shop.example", None, name="Kim Lee")

    tasks.send_reset(kim.pk)

    assert mail.outbox == []


def test_a_weak_password_is_told_why(client: Client, sam: Agent) -> None:
    page = choose(client, urlsplit(links.RESET.url(sam)).path, "12345678").content.decode()

    assert "too common" in page


def test_a_new_password_ends_all_sessions_but_this_one(as_sam: Client, sam: Agent) -> None:
    elsewhere = Client()
    elsewhere.force_login(sam)
    before = as_sam.session.session_key

    values = {"old_password": PASSWORD, "new_password1": BETTER, "new_password2": BETTER}
    as_sam.post("/settings/profile/password/", values)

    assert elsewhere.get("/inbox/mine/").status_code == 302
    assert as_sam.get("/inbox/mine/").status_code == 200
    assert as_sam.session.session_key != before


def test_a_reset_ends_all_sessions(as_sam: Client, sam: Agent) -> None:
    choose(Client(), urlsplit(links.RESET.url(sam)).path)

    assert as_sam.get("/inbox/mine/").status_code == 302


def test_the_old_password_is_needed_and_may_not_be_guessed_for_ever(as_sam: Client) -> None:
    values = {"old_password": "wrong", "new_password1": BETTER, "new_password2": BETTER}
    answers = [
        as_sam.post("/settings/profile/password/", values).status_code
        for _ in range(limits.PASSWORDS_OF_AGENT.most + 1)
    ]

    assert answers == [200] * limits.PASSWORDS_OF_AGENT.most + [429]


def test_the_language_of_an_agent_comes_with_the_login(client: Client, sam: Agent) -> None:
    Agent.objects.update(language="de")

    log_in(client)

    assert client.cookies["django_language"].value == "de"


@override_settings(DEBUG=False)
def test_a_page_that_does_not_exist_looks_like_ours_and_tells_nothing(client: Client, db: None) -> None:
    answer = client.get("/nothing/<script>/")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing here" in page
    assert "script&gt;" not in page
    assert "urlpatterns" not in page


def test_a_broken_page_looks_like_ours_and_tells_nothing(
    as_sam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("inbox.search.run", broken)
    as_sam.raise_request_exception = False

    answer = as_sam.get("/search/?q=ana")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "secret reason" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_our_look(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    factories.agent()

    answer = log_in(strict)

    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()
