"""Every address × everybody, with the ids of a restricted desk's things put in: who has no part in the desk gets the same 404
as for things that do not exist, and never a word of it. The addresses come from the URL conf: a new one without an entry fails."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoDbBlocker

from agents import rail
from inbox import keyset, queues
from inbox.models import Channel, Conversation, Customer, Message, Place, SavedReply, Team
from tests.agents import secret_desk
from tests.agents.secret_desk import DESK, MARKER, PEOPLE, World

GONE = 987_654_321
OUTSIDE = [name for name, (_role, member) in PEOPLE.items() if not member]
INSIDE = [name for name, (_role, member) in PEOPLE.items() if member]
ROLES = {
    "store": ("admin", "manager", "agent", "store"),
    "agent": ("admin", "manager", "agent"),
    "manager": ("admin", "manager"),
    "admin": ("admin",),
}


@dataclass(frozen=True)
class Page:
    """Who may open an address.

    role     from which role on; for others it does not exist
    of_desk  its id is one of the hidden desk's: it exists for members only
    query    what else is sent, with {ids} of the hidden desk, so that ids are swapped there too
    post     what a POST needs to do something
    """

    role: str = "agent"
    of_desk: bool = False
    query: str = ""
    post: tuple[tuple[str, str], ...] = ()


def hidden(role: str = "agent", **post: str) -> Page:
    return Page(role=role, of_desk=True, post=tuple(post.items()))


# Open to everybody, with the reason.
PUBLIC = {
    "healthz": "a probe has no session; tests/config/test_health.py",
    "readyz": "a probe has no session; tests/config/test_health.py",
    "f/<str:token>": "the signature in the address is the right; tests/connectors/test_file_links.py",
    "u/<str:token>": "the signature in the address is the right; tests/connectors/test_consent_pages.py",
    "login/": "where one gets in; tests/agents/test_account.py",
    "logout/": "ends whatever session there is; tests/agents/test_account.py",
    "forgotten/": "for those who cannot get in; tests/agents/test_account.py",
    "forgotten/sent/": "for those who cannot get in; tests/agents/test_account.py",
    "reset/<str:uidb64>/<str:token>/": "the token is the right; tests/agents/test_account.py",
    "invited/<str:uidb64>/<str:token>/": "the token is the right; tests/agents/test_account.py",
    "style/<slug:digest>.css": "the stylesheet of the login page",
    "api/docs/": "it says what the source says; tests/api/test_docs.py",
    "api/schema/": "it says what the source says; tests/api/test_docs.py",
}
# Visitors' doors have people of their own; what they may see is tested in tests/connectors. Hooks are not in the URL conf:
# config/asgi.py answers them before Django, and the provider's signature is the right (tests/connectors/test_door.py).
VISITORS = re.compile(r"^c/")
# Programs come with a token instead of a session: tests/api/test_access.py goes through all their addresses.
PROGRAMS = re.compile(r"^api/v1/")

PAGES = {
    "": Page("store"),
    "shop/": Page("store", query="q=hal"),
    "shop/new/": Page(
        "store", query="q=hal", post=(("name", "Ben"), ("place", "{places}"), ("client_key", "key"))
    ),
    # Shop staff read no desk, so who is a customer of a restricted one only is nobody to them.
    "shop/c/<str:public_id>/": hidden(topic="Advice", place="{places}", client_key="key"),
    "inbox/<slug:slug>/": Page(of_desk=True),
    "inbox/<slug:slug>/rows/": Page(of_desk=True),
    "counts/": Page(),
    "conversations/<int:pk>/": hidden(),
    "conversations/<int:pk>/entries/": hidden(),
    "conversations/<int:pk>/read/": hidden(message="{messages}"),
    "conversations/<int:pk>/menu/": hidden(),
    "conversations/<int:pk>/assign/": hidden(assignee=""),
    "conversations/<int:pk>/tag/": hidden(name="refund"),
    "conversations/<int:pk>/snooze/": hidden(preset="reply"),
    "conversations/<int:pk>/resolve/": hidden(),
    "conversations/<int:pk>/reopen/": hidden(),
    "conversations/<int:pk>/priority/": hidden(priority="3"),
    "conversations/<int:pk>/spam/": hidden(block="yes"),
    "conversations/<int:pk>/log/": hidden(kind="call", topic="x", then="done", client_key="key"),
    "conversations/<int:pk>/send/": hidden(mode="note", text="x", client_key="key"),
    "conversations/<int:pk>/draft/": hidden(mode="reply", text="x"),
    "conversations/<int:pk>/upload/": hidden(),
    "conversations/<int:pk>/saved-replies/": hidden(),
    "conversations/<int:pk>/find/": hidden(),
    "conversations/<int:pk>/people/": hidden(),
    "conversations/<int:pk>/templates/": hidden(),
    "emoji/": Page(),
    "bulk/": Page(query="verb=resolve&conversation={conversations}", post=(("verb", "resolve"),)),
    "bulk/<slug:name>/": Page(query="conversation={conversations}"),
    "undo/": Page(query="open={conversations}"),
    "messages/<int:pk>/menu/": hidden(),
    "messages/<int:pk>/html/": hidden(),
    "messages/<int:pk>/original/": hidden(),
    "messages/<int:pk>/cancel/": hidden(),
    "messages/<int:pk>/retry/": hidden(),
    "messages/<int:pk>/react/": hidden(emoji="👍"),
    "messages/<int:pk>/edit/": hidden(text="x"),
    "messages/<int:pk>/gesture/": hidden(kind="delete"),
    "files/<str:public_id>/": hidden(),
    "customers/": Page(query="q=hal"),
    "customers/<int:pk>/": hidden(),
    "customers/<int:pk>/edit/": hidden(name="x"),
    "customers/<int:pk>/qr.svg": hidden(),
    "customers/<int:pk>/log/": hidden(kind="call", topic="x", then="done", client_key="key"),
    "customers/<int:pk>/merge/": hidden(),
    "customers/<int:pk>/merge/<int:other>/": hidden(),
    "customers/<int:pk>/unmerge/<int:merge_id>/": hidden(),
    "customers/<int:pk>/not/<int:other>/": hidden(),
    "identities/<int:pk>/": hidden(verb="shared"),
    "customers/<int:pk>/fields/<slug:key>/": hidden(value="x"),
    "customers/<int:pk>/mark/": hidden(verb="vip"),
    "customers/<int:pk>/company/": hidden(company="1"),
    "customers/<int:pk>/consents/": hidden(identity="1", purpose="news", allowed="yes"),
    "companies/": Page(query="q=hal"),
    "companies/<int:pk>/": hidden(name="x", domain="", vip="on"),
    "live/since/": Page(query="customer={customers}&conversation={conversations}&since=0&age=5&view=all"),
    "live/entries/": Page(query="message={messages}"),
    "live/around/<int:pk>/": hidden(),
    "live/matters-now/<int:pk>/": hidden(),
    "search/": Page(query="q=between"),
    "palette/": Page(query="q=between"),
    "me/presence/": Page(post=(("presence", "away"),)),
    "me/theme/": Page("store", post=(("theme", "dark"),)),
    "settings/": Page("store"),
    "settings/profile/": Page("store"),
    "settings/profile/password/": Page("store"),
    "settings/channels/": Page("admin"),
    "settings/channels/add/": Page("admin"),
    "settings/channels/add/<slug:kind>/": Page("admin"),
    "settings/channels/<int:pk>/": hidden("admin"),
    "settings/channels/<int:pk>/check/": hidden("admin"),
    "settings/channels/<int:pk>/state/": hidden("admin", state="paused"),
    "settings/channels/<int:pk>/reconnect/": hidden("admin"),
    "settings/channels/<int:pk>/templates/": hidden("admin"),
    "settings/channels/<int:pk>/sent/": hidden("admin", message="{messages}"),
    "settings/agents/": Page("admin"),
    "settings/agents/invite/": Page("admin"),
    "settings/agents/<int:pk>/": Page("admin"),
    "settings/agents/<int:pk>/active/": Page("admin", post=(("active", "yes"),)),
    "settings/agents/<int:pk>/invite/": Page("admin"),
    "settings/teams/": Page("manager"),
    "settings/teams/new/": Page("manager"),
    "settings/teams/<int:pk>/": hidden("manager"),
    "settings/places/": Page("manager"),
    "settings/places/new/": Page("manager"),
    "settings/places/<int:pk>/": hidden("manager", name="Renamed", closed="on"),
    "settings/desks/": Page("admin"),
    "settings/desks/new/": Page("admin"),
    "settings/desks/<int:pk>/": Page("admin"),
    "settings/replies/": Page("manager"),
    "settings/replies/new/": Page("manager"),
    "settings/replies/preview/": Page("manager"),
    "settings/replies/<int:pk>/": hidden("manager"),
    "settings/replies/<int:pk>/delete/": hidden("manager"),
    "settings/tags/": Page("manager"),
    "settings/tags/new/": Page("manager"),
    "settings/tags/<int:pk>/": Page("manager"),
    "settings/tags/<int:pk>/delete/": Page("manager"),
    "settings/api/": Page("admin"),
    "settings/api/new/": Page("admin"),
    "settings/api/<int:pk>/revoke/": Page("admin"),
    "settings/fields/": Page("manager"),
    "settings/fields/new/": Page("manager"),
    "settings/fields/<int:pk>/": Page("manager"),
    "settings/fields/<int:pk>/move/": Page("manager", post=(("to", "up"),)),
    "settings/fields/<int:pk>/delete/": Page("manager"),
    "settings/audit/": Page("admin"),
    "settings/imports/": Page("manager"),
    "settings/imports/<int:pk>/": hidden("manager"),
    "settings/imports/<int:pk>/columns/": hidden("manager"),
    "settings/imports/<int:pk>/progress/": hidden("manager"),
    "settings/imports/<int:pk>/rows.csv": hidden("manager"),
    "settings/imports/<int:pk>/run/": hidden("manager"),
    "settings/imports/<int:pk>/cancel/": hidden("manager"),
    "settings/imports/<int:pk>/undo/": hidden("manager"),
    "settings/export/customers/": Page("manager"),
    "settings/export/customers/<int:pk>/touchpoints/": hidden("manager"),
    "settings/export/customers/<int:pk>/messages/": hidden("manager"),
    "settings/receipts/": Page("admin", query="channel={channels}"),
    "settings/receipts/replay/": Page("admin", post=(("reason", f"Unreadable {MARKER}"),)),
    "settings/receipts/<int:pk>/": hidden("admin"),
    "settings/receipts/<int:pk>/replay/": hidden("admin"),
    "settings/receipts/<int:pk>/dismiss/": hidden("admin"),
}
WORDS = ("between", "hal", "x.example", "preview", "title", "words", "note")
"""What a curious person would search for."""
HIDDEN = sorted(route for route, page in PAGES.items() if page.of_desk)


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of the URL conf, as it is written there."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


def path_of(route: str, world: World, *, exists: bool = True) -> str:
    """The route as an address, with the hidden desk's ids, or with ids of nothing."""
    words = {
        "key": world.field.key if exists else "nothing",
        "slug": f"team-{world.team.pk if exists else GONE}",
        "kind": "sandbox",
        "name": "tag",
        "other": str(world.shared.pk if exists else GONE),
        "merge_id": str(world.merge.pk if exists else GONE),
        "public_id": world.file.public_id if exists else "x" * len(world.file.public_id),
    }
    room = next(
        (part for part in reversed(route.split("<", maxsplit=1)[0].strip("/").split("/")) if part), ""
    )
    own = {
        "agents": world.people["agent"].pk,
        "api": world.token.pk,
        "desks": world.desk.pk,
        "companies": world.hidden.company_id,
        "fields": world.field.pk,
        "tags": world.tag.pk,
    }
    if room == "c":
        words["public_id"] = world.hidden.public_id if exists else "x" * len(world.hidden.public_id)
    words["pk"] = str({**world.ids, **own}.get(room, GONE) if exists else GONE)
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: words[found[1]], route)


def ask(browser: Client, method: str, path: str, page: Page, world: World) -> HttpResponse:
    query = page.query.format(**world.ids)
    sent: dict[str, Any] = {name: value.format(**world.ids) for name, value in page.post}
    if query and method == "POST":
        sent |= dict(pair.split("=") for pair in query.split("&"))
    return browser.get(f"{path}?{query}") if method == "GET" else browser.post(path, sent)  # type: ignore[return-value]


def told(answer: HttpResponse) -> str:
    """All that reaches the browser: body and headers. What differs on every page (the form's token) is taken out."""
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    _let_go(answer)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return re.sub(
        r'X-CSRFToken": "\w+"|csrfmiddlewaretoken" value="\w+"', "", body.decode(errors="replace") + headers
    )


def status(person: str, method: str, route: str, world: World) -> int:
    answer = ask(world.browser(person), method, path_of(route, world), PAGES[route], world)
    _let_go(answer)
    return answer.status_code


def _let_go(answer: HttpResponse) -> None:
    """Close the file behind an answer. Its close() would end the request a second time, and with it the test's connection."""
    for close in answer._resource_closers:  # type: ignore[attr-defined]
        close()


def state(world: World) -> list[object]:
    """Everything of the hidden desk that somebody could have changed."""
    return [
        list(Conversation.objects.filter(desk=world.desk).order_by("pk").values()),
        list(Message.objects.filter(conversation__desk=world.desk).order_by("pk").values()),
        list(Channel.objects.filter(desk=world.desk).values()),
        list(Team.objects.filter(desk=world.desk).values("name", "members")),
        list(Place.objects.filter(desk=world.desk).values()),
        list(SavedReply.objects.values()),
        list(Customer.objects.filter(pk=world.hidden.pk).values()),
        list(type(world.receipt).objects.values("state", "attempts", "error")),
    ]


def undone() -> AbstractContextManager[None]:
    """What happens in it is taken back at its end; as in Django's tests, durable blocks may open inside it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    return block


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all of this file: to build it takes longer than to ask it."""
    with django_db_blocker.unblock(), undone():
        yield secret_desk.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world as it was built, whatever the test before did to it."""
    with django_db_blocker.unblock(), undone():
        yield copy.deepcopy(built)
        transaction.set_rollback(True)


def test_every_address_has_its_entry_here() -> None:
    known = set(routes())
    listed = PAGES.keys() | PUBLIC.keys()

    assert {
        route for route in known - listed if not (VISITORS.match(route) or PROGRAMS.match(route))
    } == set()
    assert listed - known == set()


@pytest.mark.parametrize("route", sorted(PAGES))
def test_a_stranger_is_sent_to_the_login(world: World, route: str) -> None:
    browser = world.browser("anonymous")
    for method in ("GET", "POST"):
        answer = ask(browser, method, path_of(route, world), PAGES[route], world)

        assert answer.status_code in (302, 405)
        assert answer.status_code == 405 or answer["Location"].startswith("/login/")
        assert MARKER not in told(answer).replace(answer.get("Location", ""), "")


@pytest.mark.parametrize("route", HIDDEN)
def test_who_is_outside_the_desk_gets_the_404_of_what_does_not_exist(world: World, route: str) -> None:
    before = state(world)
    for person in OUTSIDE:
        browser = world.browser(person)
        for method in ("GET", "POST"):
            there = ask(browser, method, path_of(route, world), PAGES[route], world)
            nowhere = ask(browser, method, path_of(route, world, exists=False), PAGES[route], world)

            assert there.status_code in (404, 405), (person, method)
            assert (there.status_code, told(there)) == (nowhere.status_code, told(nowhere)), (person, method)
    assert state(world) == before


@pytest.mark.parametrize("route", sorted(PAGES))
def test_who_is_outside_the_desk_never_reads_a_word_of_it_and_changes_nothing(
    world: World, route: str
) -> None:
    before = state(world)
    for person in OUTSIDE:
        browser = world.browser(person)
        words = [MARKER] if PEOPLE[person][0] == "admin" else [MARKER, DESK]
        for method in ("GET", "POST"):
            answer = ask(browser, method, path_of(route, world), PAGES[route], world)

            assert answer.status_code < 500
            text = told(answer)
            assert [word for word in words if word in text] == [], (person, method)
    assert state(world) == before


@pytest.mark.parametrize("route", sorted(PAGES))
def test_a_page_exists_for_the_roles_it_is_for_and_for_no_other(world: World, route: str) -> None:
    for person in INSIDE:
        with transaction.atomic():
            found = {status(person, method, route, world) for method in ("GET", "POST")}
            transaction.set_rollback(True)  # the next one finds it as it was
        if person in ROLES[PAGES[route].role]:
            assert found - {404, 405}, person
            assert max(found) < 500, person
        else:
            assert found <= {404, 405}, person


# ---------------------------------------------------------------- a restricted desk leaves no trace where one may look


LOOKS = (
    *(f"/inbox/{view.slug}/" for view in rail.VIEWS),
    *(f"/inbox/{view.slug}/rows/" for view in rail.VIEWS),
    *(
        f"/conversations/{{open}}/{part}"
        for part in (
            "",
            "entries/?after={beginning}",
            "menu/",
            "assign/",
            "tag/",
            "snooze/",
            "priority/",
            "people/?q=",
            "saved-replies/?q=",
            "find/?q=words",
        )
    ),
    "/live/around/{open}/",
    "/live/since/?customer={shared}&since=0&age=5&view=all",
    "/customers/",
    "/customers/{shared}/",
    "/customers/{shared}/edit/",
    "/companies/",
    "/companies/{firm}/",
    "/customers/{shared}/consents/",
    *(f"/{page}/?q={word}" for page in ("search", "palette", "customers") for word in WORDS),
    "/palette/",
    "/counts/",
)


@pytest.mark.parametrize("look", LOOKS)
def test_a_restricted_desk_leaves_no_trace(world: World, look: str) -> None:
    beginning = keyset.encode(0, 0, 0, 0)
    path = look.format(
        open=world.open.pk, firm=world.shared.company_id, shared=world.shared.pk, beginning=beginning
    )
    outside, inside = world.browser("agent without the desk"), world.browser("agent")

    for htmx in ({}, {"HX-Request": "true"}):
        answer = outside.get(path, headers=htmx, follow=True)

        assert answer.status_code == 200
        assert MARKER not in told(answer)
        assert DESK not in told(answer)
    assert inside.get(path, follow=True).status_code == 200


def test_counts_are_of_what_one_may_read(world: World) -> None:
    assert queues.counts(world.people["agent without the desk"])["all"] == 1
    assert queues.counts(world.people["admin without the desk"])["all"] == 1
    assert queues.counts(world.people["agent"])["all"] == 4


def test_the_marker_is_there_for_those_who_may_read_it(world: World) -> None:
    """Or else all of the above would prove nothing."""
    inside = world.browser("agent")

    for path in (
        "/inbox/all/",
        f"/conversations/{world.conversation.pk}/",
        f"/customers/?q={MARKER}",
        "/search/?q=between",
        f"/files/{world.file.public_id}/",
    ):
        assert MARKER in told(inside.get(path)), path
    admin = world.browser("admin")
    for path in (
        "settings/channels/",
        "settings/teams/",
        "settings/replies/",
        "settings/receipts/",
        "settings/audit/",
    ):
        assert MARKER in told(admin.get(f"/{path}")), path
