"""My status and my theme."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent

Post = Callable[..., HttpResponse]


def test_i_say_that_i_am_away(post: Post, sam: Agent) -> None:
    answer = post("/me/presence/", presence="away")

    sam.refresh_from_db()
    assert sam.presence == "away"
    assert 'data-status="away"' in answer.content.decode()


def test_there_is_no_other_status(post: Post) -> None:
    assert post("/me/presence/", presence="invisible").status_code == 422


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_my_theme_is_remembered(as_sam: Client, theme: str) -> None:
    as_sam.post("/me/theme/", {"theme": theme})

    assert f'data-theme="{theme}"' in as_sam.get("/inbox/mine/").content.decode()


def test_there_is_no_other_theme(post: Post) -> None:
    assert post("/me/theme/", theme="pink").status_code == 422


@pytest.mark.parametrize("path", ["/me/presence/", "/me/theme/"])
def test_a_stranger_changes_nothing(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 302
