"""One line for each request, without query and token."""

import pytest
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from config.request_log import RequestLog


def test_the_query_is_not_logged() -> None:
    request = RequestFactory().get("/search?q=ana+smith")
    assert RequestLog.format_request(request) == "GET /search"


def test_a_token_in_the_path_is_not_logged() -> None:
    request = RequestFactory().get("/reset/MQ/cabc12-0123456789abcdef0123456789abcdef/")
    assert RequestLog.format_request(request) == "GET /reset/MQ/…/"


def test_a_probe_is_not_logged(client: Client) -> None:
    with capture_logs() as lines:
        client.get("/healthz")
    assert lines == []


@pytest.mark.django_db
def test_a_page_is_logged_with_its_status(client: Client) -> None:
    with capture_logs() as lines:
        client.get("/there-is-no-such-page")
    assert [(line["request"], line["code"]) for line in lines if "code" in line] == [
        ("GET /there-is-no-such-page", 404)
    ]
