"""What debug_token says of an access token."""

from datetime import UTC, datetime

from connectors.meta.graph import Graph
from connectors.meta.standin import KnownToken
from connectors.meta.tokens import inspect
from tests.connectors.meta.conftest import TOKEN, Things


def test_a_token_tells_its_end_and_what_it_may(graph: Graph) -> None:
    token = inspect(graph, "12")

    assert token.valid
    assert token.expires_at == datetime.fromtimestamp(1_800_000_000, UTC)
    assert token.missing(["pages_messaging", "pages_manage_metadata"]) == ["pages_manage_metadata"]


def test_a_token_that_never_ends_has_no_end(graph: Graph, standin: Things) -> None:
    standin.tokens[TOKEN] = KnownToken(expires_at=0)

    assert inspect(graph, "12").expires_at is None


def test_a_revoked_token_says_why(graph: Graph, standin: Things) -> None:
    standin.tokens[TOKEN] = KnownToken(valid=False)

    token = inspect(graph, "12")

    assert not token.valid
    assert "logged out" in token.reason


def test_a_token_of_nobody_is_not_valid(standin: Things, graph: Graph) -> None:
    standin.tokens.clear()

    assert not inspect(graph, "12").valid
