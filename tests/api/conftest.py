"""People of these tests: ana writes, sam answers, kim alone reads HR, ada is the admin. `api` asks with a token of sam's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from agents import tokens
from agents.api.scopes import Scope
from inbox.models import Agent, Channel, Conversation, Customer, Identity
from tests import factories
from tests.people import ana, ana_mail, hr, kim, mailbox, secret

__all__ = ["ana", "ana_mail", "hr", "kim", "mailbox", "secret"]

EVERYTHING = tuple(map(str, Scope))
ROOT = "/api/v1/"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any


@dataclass
class Api:
    """A program that asks, with a token or without."""

    token: str = ""
    browser: Client = field(default_factory=Client)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        answer = self.browser.generic(
            method, ROOT + path, content, content_type="application/json", headers=headers
        )
        text = answer.content.decode()
        return Answer(answer.status_code, json.loads(text) if text else None, answer.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object, key: str = "") -> Answer:
        return self.ask("POST", path, body, **({"Idempotency-Key": key} if key else {}))

    def patch(self, path: str, body: object) -> Answer:
        return self.ask("PATCH", path, body)


def token_of(agent: Agent, *scopes: str, **more: Any) -> str:
    """A token's text; with every scope unless told which."""
    actor = more.pop("actor", agent)
    return tokens.issue(actor=actor, name="Shop", agent=agent, scopes=scopes or EVERYTHING, **more)[1]


@pytest.fixture
def sam(db: None) -> Agent:
    return factories.agent("Sam Reed")


@pytest.fixture
def ada(db: None) -> Agent:
    return factories.agent("Ada Admin", role="admin")


@pytest.fixture
def api(sam: Agent) -> Api:
    """A program with a token of sam's that may do everything."""
    return Api(token_of(sam))


@pytest.fixture
def matter(ana: Customer, mailbox: Channel, ana_mail: Identity) -> Conversation:
    """Ana's open matter: one mail from her, nobody looks after it."""
    made = factories.conversation(ana, title="Wrong size", last_channel=mailbox)
    factories.message(
        made,
        "May I still change it?",
        subject="Order 4417",
        channel=mailbox,
        identity=ana_mail,
        occurred_at=factories.at(1),
    )
    return made
