"""Idempotency-Key: the same request twice has one effect and one answer, also when both come at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from agents.api import idempotency
from agents.models import KeptAnswer
from agents.tasks import forget_answers
from inbox.models import Agent, Conversation, Customer, Identity, Message
from tests.api.conftest import Answer, Api, token_of

ANA = {"name": "Ana Silva"}


@pytest.mark.django_db
def test_the_same_again_has_no_second_effect_and_gets_the_first_answer(api: Api) -> None:
    first, second = (api.post("customers/", ANA, key="k-1") for _ in range(2))

    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_the_first_answer_stays_even_if_things_have_changed_since(api: Api) -> None:
    first = api.post("customers/", ANA, key="k-1")
    api.patch(f"customers/{first.body['id']}/", {"name": "Ana S."})

    assert api.post("customers/", ANA, key="k-1").body["name"] == "Ana Silva"


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused(api: Api, ana: Customer) -> None:
    api.post("customers/", ANA, key="k-1")

    for answer in (
        api.post("customers/", {"name": "Ben Moss"}, key="k-1"),
        api.post(f"customers/{ana.pk}/identities/", {"space": "phone", "value": "+34611204489"}, key="k-1"),
    ):
        assert (answer.status, answer.body["code"]) == (422, "key_reused")
    assert Customer.objects.count() == 2


@pytest.mark.django_db
def test_the_order_of_fields_is_no_difference(api: Api) -> None:
    api.ask("POST", "customers/", b'{"name": "Ana", "vip": true}', **{"Idempotency-Key": "k"})
    again = api.ask("POST", "customers/", b'{ "vip": true, "name": "Ana" }', **{"Idempotency-Key": "k"})

    assert again.status == 201
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_what_was_refused_uses_no_key_up(api: Api, ana_mail: Identity) -> None:
    taken = {"identities": [{"space": "email", "value": "ana@x.example"}]}
    assert api.post("customers/", taken, key="k-1").status == 409
    assert api.post("customers/", {}, key="k-1").status == 422

    assert api.post("customers/", ANA, key="k-1").status == 201


@pytest.mark.django_db
def test_a_key_belongs_to_its_token(api: Api, sam: Agent) -> None:
    api.post("customers/", ANA, key="k-1")

    assert Api(token_of(sam)).post("customers/", ANA, key="k-1").status == 201
    assert Customer.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["two words", "ö", "x" * 256])
def test_a_key_is_a_short_plain_word(api: Api, key: str) -> None:
    answer = api.post("customers/", ANA, key=key)

    assert (answer.status, answer.body["code"]) == (400, "bad_key")


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_day(api: Api) -> None:
    api.post("customers/", ANA, key="old")
    KeptAnswer.objects.update(created_at=timezone.now() - idempotency.KEPT - timedelta(minutes=1))
    api.post("customers/", ANA, key="new")

    forget_answers()

    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db
def test_every_post_takes_a_key(api: Api, matter: Conversation, ana: Customer, ana_mail: Identity) -> None:
    posts: dict[str, Any] = {
        "customers/": {"name": "Ben Moss"},
        f"customers/{ana.pk}/identities/": {"space": "phone", "value": "+34611204489"},
        "conversations/": {"channel": matter.last_channel_id, "identity": ana_mail.pk, "text": "Hello"},
        f"conversations/{matter.pk}/messages/": {"text": "Hello"},
        "touchpoints/": {
            "kind": "review",
            "source": "shop",
            "external_id": "r-1",
            "occurred_at": "2026-03-02T09:00:00Z",
            "customer": ana.pk,
        },
    }
    for number, (path, body) in enumerate(posts.items()):
        first, second = (api.post(path, body, key=f"k-{number}") for _ in range(2))

        assert first.status == 201, (path, first.body)
        assert (second.headers.get("Idempotent-Replayed"), second.body) == ("true", first.body), path
    assert Message.objects.filter(direction="outbound").count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect(api: Api, matter: Conversation) -> None:
    path, answers = f"conversations/{matter.pk}/messages/", []

    def ask() -> None:
        answers.append(Api(api.token).post(path, {"text": "Of course!"}, key="k-1"))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status for answer in answers] == [201] * 6
    assert len({answer.body["id"] for answer in answers}) == 1
    assert Message.objects.filter(direction="outbound").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_the_first_is_told_to_come_again(api: Api, sam: Agent) -> None:
    """The first is still under way: its key is held by a transaction that does not end."""
    answers: list[Answer] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        answers.append(Api(api.token).post("customers/", ANA, key="k-1"))
        connections.close_all()

    token = sam.api_tokens.get()
    with transaction.atomic():
        KeptAnswer.objects.create(token=token, key="k-1", fingerprint="x")
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    assert (answers[0].status, answers[0].body["code"]) == (503, "busy")
    assert int(answers[0].headers["Retry-After"]) > 0
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_without_a_key_twice_is_twice(api: Api) -> None:
    for _ in range(2):
        api.post("customers/", ANA)

    assert Customer.objects.count() == 2
