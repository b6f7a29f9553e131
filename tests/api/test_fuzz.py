"""Whatever is asked, it is answered as the schema says, and never by an error of ours (trust.md A21). Requests are made from
the schema by schemathesis, half of them wrong on purpose, and go through the whole of Django. FUZZ_EXAMPLES=2000 for a long run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agents.api import limits
from agents.api.urls import version_1
from inbox.limits import Limit
from inbox.models import Agent, Channel, Conversation, Customer, Identity
from tests import factories
from tests.api.conftest import token_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
OPERATIONS = sorted(
    f"{method.upper()} /api/v1/{str(route.pattern).replace('<int:pk>', '{id}').replace('<str:public_id>', '{public_id}')}"
    for route in version_1
    for method in getattr(route.callback.view_class, "scopes", {})  # type: ignore[union-attr]
)


@pytest.fixture(scope="module", autouse=True)
def _one_connection() -> Iterator[None]:
    """As Django's own test client has it: a request's beginning and end leave the test's connection alone."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def schema(_one_connection: None) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())


@pytest.fixture
def known(matter: Conversation, ana: Customer, ana_mail: Identity, mailbox: Channel, sam: Agent) -> list[int]:
    """Ids that lead to something, for the operations to meet."""
    team = factories.team()
    factories.tag(matter, "refund")
    return [ana.pk, ana_mail.pk, matter.pk, matter.messages.get().pk, mailbox.pk, team.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_anything(
    name: str, schema: Any, known: list[int], sam: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_OF_TOKEN", Limit("api-token", 10**9, 60))
    method, path = name.split()
    operation = schema[path][method]
    headers = {"Authorization": f"Bearer {token_of(sam)}"}
    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=right | wrong, place=st.sampled_from([None, *known]))
    def asked(case: Case, place: int | None) -> None:
        if place is not None and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = place
        case.call_and_validate(headers=headers, checks=CHECKS)

    asked()


def test_every_operation_of_the_schema_is_asked(schema: Any) -> None:
    told = {f"{each.ok().method.upper()} {each.ok().path}" for each in schema.get_all_operations()}

    assert told == set(OPERATIONS)
