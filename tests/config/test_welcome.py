"""What a person reads when everything has started."""

from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from config import heartbeat
from config.celery import app
from config.embedded import welcome
from config.embedded.address import Address

HERE = Address("127.0.0.1", 8000)


def test_the_banner_names_address_people_and_data() -> None:
    text = welcome.banner(HERE, data=Path("/srv/data"), seconds=7.25, missing=[], people="Log in:\n  sam\n")
    assert text == (
        "\n  Onethread is ready after 7.2 s: http://localhost:8000\n"
        "\n  Log in:\n    sam\n"
        "\n  Its data is in /srv/data. Stop with Ctrl-C.\n\n"
    )


def test_what_is_missing_is_said_instead_of_ready() -> None:
    text = welcome.banner(
        HERE, data=Path("/srv/data"), seconds=180, missing=["No worker was seen."], people=""
    )
    assert "is ready after" not in text
    assert "not everything is ready:\n  - No worker was seen.\n" in text


def test_a_server_that_does_not_listen_is_a_problem() -> None:
    (problem,) = welcome.problems(Address("127.0.0.1", 1))
    assert problem.startswith("The web server does not answer yet")


@pytest.mark.django_db(transaction=True)
def test_what_readyz_says_is_passed_on_until_there_is_nothing_to_say(live_server: LiveServer) -> None:
    address = Address("127.0.0.1", int(live_server.url.rpartition(":")[2]))
    assert any("No worker was seen" in problem for problem in welcome.problems(address))
    heartbeat.seen("beat")
    heartbeat.mark_queues(app)
    assert welcome.problems(address) == []
