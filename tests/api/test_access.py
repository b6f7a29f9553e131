"""Every address × every token that must not get in, and a restricted desk that must leave no trace. The addresses come from
the URL conf: a new one without an entry fails."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents import tokens
from agents.api.scopes import Scope
from agents.api.urls import version_1
from agents.models import ApiToken
from inbox.models import Agent, Conversation, Customer, Identity, Message, Touchpoint
from tests import factories
from tests.agents import secret_desk
from tests.agents.secret_desk import DESK, MARKER, World
from tests.api.conftest import EVERYTHING, Answer, Api, token_of

pytestmark = pytest.mark.django_db
GONE = 987_654_321


@dataclass(frozen=True)
class Ask:
    """A request that works for whoever may; `{…}` stands for an id of the hidden desk's."""

    method: str
    path: str
    scopes: str
    body: Any = None

    def of(self, ids: dict[str, Any]) -> tuple[str, str, Any]:
        body = json.loads(
            re.sub(r'"\{(\w+)\}"', lambda found: json.dumps(ids[found[1]]), json.dumps(self.body))
        )
        return self.method, self.path.format(**ids), body


TOLD = {"kind": "review", "source": "shop", "external_id": "r-1", "occurred_at": "2026-03-02T09:00:00Z"}
ASKS = (
    Ask("GET", "me/", ""),
    Ask("GET", "customers/", "customers:read"),
    Ask("POST", "customers/", "customers:write", {"name": "Nia New"}),
    Ask("GET", "customers/{customer}/", "customers:read"),
    Ask("PATCH", "customers/{customer}/", "customers:write", {"vip": True}),
    Ask("GET", "customers/{customer}/identities/", "customers:read"),
    Ask(
        "POST",
        "customers/{customer}/identities/",
        "customers:write",
        {"space": "phone", "value": "+34611204489"},
    ),
    Ask("GET", "customers/{customer}/messages/", "messages:read"),
    Ask("GET", "customers/{customer}/touchpoints/", "touchpoints:read"),
    Ask("GET", "identities/{identity}/", "customers:read"),
    Ask("GET", "conversations/", "conversations:read"),
    Ask(
        "POST",
        "conversations/",
        "conversations:write messages:write",
        {"channel": "{channel}", "identity": "{identity}", "text": "Hello"},
    ),
    Ask("GET", "conversations/{conversation}/", "conversations:read"),
    Ask("PATCH", "conversations/{conversation}/", "conversations:write", {"status": "resolved"}),
    Ask("GET", "conversations/{conversation}/messages/", "messages:read"),
    Ask(
        "POST", "conversations/{conversation}/messages/", "messages:write", {"type": "note", "text": "Hello"}
    ),
    Ask("GET", "messages/{message}/", "messages:read"),
    Ask("GET", "files/{file}/", "messages:read"),
    Ask("POST", "touchpoints/", "touchpoints:write", {**TOLD, "customer": "{customer}"}),
)
NAMED = [f"{ask.method} {ask.path}" for ask in ASKS]


def ids_of(world: World) -> dict[str, Any]:
    return {
        "customer": world.hidden.pk,
        "identity": Identity.objects.get(customer=world.hidden).pk,
        "conversation": world.conversation.pk,
        "message": world.message.pk,
        "channel": world.channel.pk,
        "file": world.file.public_id,
    }


NOWHERE = dict.fromkeys(("customer", "identity", "conversation", "message", "channel"), GONE) | {
    "file": "x" * 22
}


@pytest.fixture
def world() -> World:
    made = secret_desk.build()
    Touchpoint.objects.create(
        customer=made.hidden,
        kind="order",
        source="shop",
        external_id="o-1",
        title=MARKER,
        occurred_at=factories.at(1),
        received_at=factories.at(1),
    )
    return made


def ask(text: str, method: str, path: str, body: Any) -> Answer:
    """Ask with this token; a file's bytes are not read."""
    if path.startswith("files/"):
        answer = Api().browser.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {text}"})
        if answer.streaming:
            for close in answer._resource_closers:  # type: ignore[attr-defined]
                close()
            return Answer(answer.status_code, None, answer.headers)
    return Api(text).ask(method, path, body)


def state() -> list[object]:
    """All that one of these requests could change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Customer, Identity, Conversation, Message, Touchpoint)
    ]


def test_every_address_has_its_entry_here() -> None:
    known = {re.sub(r"<\w+:\w+>", "{}", str(route.pattern)) for route in version_1} - {"^"}

    assert {re.sub(r"\{\w+\}", "{}", each.path) for each in ASKS} == known


def test_every_method_has_its_entry_here() -> None:
    for route in version_1:
        view: Any = route.callback.view_class  # type: ignore[union-attr]
        path = re.sub(r"<\w+:\w+>", "{}", str(route.pattern))
        listed = {each.method for each in ASKS if re.sub(r"\{\w+\}", "{}", each.path) == path}
        assert listed == {
            name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)
        }
        assert listed == set(view.scopes), path


@pytest.mark.parametrize("wanted", ASKS, ids=NAMED)
def test_who_comes_without_a_token_that_works_is_not_let_in(world: World, wanted: Ask) -> None:
    insider, past = world.people["agent"], timezone.now() - timedelta(seconds=1)
    revoked, expired, of_nobody, good = (token_of(insider) for _ in range(4))
    ApiToken.objects.filter(prefix=revoked[3:11]).update(revoked_at=past)
    ApiToken.objects.filter(prefix=expired[3:11]).update(expires_at=past)
    gone = factories.agent("Gone Person", is_active=False)
    ApiToken.objects.filter(prefix=of_nobody[3:11]).update(agent=gone)
    before = state()

    for text in ("", "ot_", good[:-1], good + "0", good.upper(), revoked, expired, of_nobody):
        answer = ask(text, *wanted.of(ids_of(world)))

        assert answer.status == 401, text
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert MARKER not in json.dumps(answer.body)
    assert state() == before


@pytest.mark.parametrize(
    "wanted", [each for each in ASKS if each.scopes], ids=lambda each: f"{each.method} {each.path}"
)
def test_a_token_needs_every_scope_of_what_it_asks(world: World, wanted: Ask) -> None:
    before = state()
    for scope in wanted.scopes.split():
        others = [each for each in EVERYTHING if each != scope]

        answer = ask(token_of(world.people["agent"], *others), *wanted.of(ids_of(world)))

        assert (answer.status, answer.body["code"]) == (403, "missing_scope")
        assert scope in answer.body["detail"]
    assert state() == before


@pytest.mark.parametrize("wanted", ASKS, ids=NAMED)
def test_its_own_scopes_are_enough_for_who_may_read_the_desk(world: World, wanted: Ask) -> None:
    scopes = wanted.scopes.split() or [Scope.CUSTOMERS_READ]

    answer = ask(token_of(world.people["agent"], *scopes), *wanted.of(ids_of(world)))

    assert answer.status in (200, 201, 409), (
        answer.body
    )  # the sandbox's address fits no mail: refused in words, not hidden
    assert answer.status != 409 or wanted.path == "conversations/"


@pytest.mark.parametrize(
    "wanted", [each for each in ASKS if re.search(r"\{\w+\}", json.dumps([each.path, each.body]))], ids=str
)
def test_who_is_outside_the_desk_gets_the_answer_of_what_does_not_exist(world: World, wanted: Ask) -> None:
    before = state()
    for person in ("agent without the desk", "admin without the desk"):
        text = token_of(world.people[person])

        there, nowhere = ask(text, *wanted.of(ids_of(world))), ask(text, *wanted.of(NOWHERE))

        assert there.status in (404, 422)
        assert (there.status, there.body) == (nowhere.status, nowhere.body)
    assert state() == before


LOOKS = (
    "me/",
    "customers/",
    "customers/?q=hal",
    f"customers/?q={MARKER}",
    f"customers/?address=email:hal-{MARKER}@x.example",
    f"customers/?address=email:ana-{MARKER}@x.example",
    "customers/{shared}/",
    "customers/{shared}/identities/",
    "customers/{shared}/messages/",
    "customers/{shared}/touchpoints/",
    "conversations/",
    "conversations/?customer={shared}",
    "conversations/?desk={desk}",
    "conversations/?team={team}",
    "conversations/?tag=refund",
    "conversations/{open}/",
    "conversations/{open}/messages/",
)


@pytest.mark.parametrize("look", LOOKS)
def test_a_restricted_desk_leaves_no_trace(world: World, look: str) -> None:
    path = look.format(shared=world.shared.pk, desk=world.desk.pk, team=world.team.pk, open=world.open.pk)
    outside, inside = (Api(token_of(world.people[name])) for name in ("agent without the desk", "agent"))

    told = outside.get(path)

    assert told.status == 200
    assert MARKER not in json.dumps(told.body)
    assert DESK not in json.dumps(told.body)
    assert inside.get(path).status == 200


def test_the_marker_is_there_for_those_who_may_read_it(world: World) -> None:
    """Or else all of the above would prove nothing."""
    inside = Api(token_of(world.people["agent"]))
    for path in (
        "me/",
        f"customers/?q={MARKER}",
        f"customers/{world.hidden.pk}/touchpoints/",
        f"customers/{world.shared.pk}/messages/",
        f"conversations/?desk={world.desk.pk}",
    ):
        assert MARKER in json.dumps(inside.get(path).body), path


def test_what_an_agent_may_no_longer_read_their_token_may_not_either(world: World) -> None:
    insider = world.people["agent"]
    api = Api(token_of(insider))
    path = f"conversations/{world.conversation.pk}/"
    assert api.get(path).status == 200

    world.desk.members.remove(insider)

    assert api.get(path).status == 404


def test_whom_a_token_stands_for_is_chosen_among_those_who_read_no_more(
    ada: Agent, sam: Agent, kim: Agent
) -> None:
    factories.desk("HR", restricted=True, members=(kim,))

    assert set(tokens.may_stand_for(ada)) == {ada, sam}
    assert set(tokens.may_stand_for(kim)) == {ada, sam, kim}
