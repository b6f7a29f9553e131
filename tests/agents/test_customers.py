"""Customers: the list, one of them, and editing what we know."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inbox.models import Channel, Conversation, Customer, Desk, Participant
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]


def test_all_customers_are_listed_newest_first(as_sam: Client) -> None:
    factories.customer("Ana Silva")
    factories.customer("Ben Moss")

    html = as_sam.get("/customers/").content.decode()

    assert html.index("Ben Moss") < html.index("Ana Silva")


def test_the_list_goes_on(as_sam: Client) -> None:
    made = [factories.customer(f"Person {number:02}") for number in range(60)]

    first = as_sam.get("/customers/").content.decode()
    second = as_sam.get(f"/customers/?before={made[10].pk}", headers=HTMX).content.decode()

    assert f"?before={made[10].pk}" in first
    assert "Person 10" in first
    assert "Person 09" in second
    assert "<html" not in second


def test_they_are_found_by_name_or_address(as_sam: Client, ana_mail: object) -> None:
    factories.customer("Ben Moss")

    assert "Ana Silva" in as_sam.get("/customers/?q=ana@x", headers=HTMX).content.decode()
    assert "Ben Moss" not in as_sam.get("/customers/?q=ana@x", headers=HTMX).content.decode()


def test_a_customer_of_a_restricted_desk_does_not_exist_for_others(
    as_sam: Client, as_kim: Client, hr: Desk
) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    assert "Hidden Hal" not in as_sam.get("/customers/").content.decode()
    assert as_sam.get(f"/customers/{hidden.pk}/").status_code == 404
    assert as_sam.get(f"/customers/{hidden.pk}/edit/").status_code == 404
    assert "Hidden Hal" in as_kim.get("/customers/").content.decode()


def test_who_was_only_copied_in_on_a_restricted_desk_does_not_exist_for_others(
    as_sam: Client, as_kim: Client, secret: Conversation
) -> None:
    copied = factories.customer("Copied Cora")
    address = factories.identity(copied, "cora@x.example")
    Participant.objects.create(message=secret.messages.get(), identity=address, role="cc")

    assert "Copied Cora" not in as_sam.get("/customers/").content.decode()
    assert as_sam.get(f"/customers/{copied.pk}/").status_code == 404
    assert "Copied Cora" in as_kim.get("/customers/").content.decode()


def test_our_own_addresses_are_no_customers(as_sam: Client, matter: Conversation, mailbox: Channel) -> None:
    ours = factories.customer("")
    address = factories.identity(ours, mailbox.address)
    Participant.objects.create(message=matter.messages.get(), identity=address, role="to")

    for path in ("/customers/", f"/customers/?q={mailbox.address}", f"/shop/?q={mailbox.address}"):
        assert f"/customers/{ours.pk}/" not in as_sam.get(path).content.decode()
        assert ours.public_id not in as_sam.get(path).content.decode()


def test_an_id_that_nobody_would_recognise_is_shown_as_the_name_that_came_with_it(
    as_sam: Client, ana: Customer
) -> None:
    site = factories.channel("webchat", name="northwool.example")
    factories.identity(ana, f"{site.public_id}/visitor-1", space="webchat", name="Ana in the chat")
    ben = factories.customer("Ben Moss")
    pages = [
        "/customers/",
        "/palette/?q=ana",
        f"/customers/{ben.pk}/merge/?q=ana",
        f"/customers/{ana.pk}/",
        f"/customers/{ana.pk}/consents/",
    ]

    for path in pages:
        html = as_sam.get(path).content.decode()
        assert "Ana in the chat" in html
        assert f">{site.public_id}" not in html


def test_a_customer_opens_at_the_newest_matter_i_may_read(
    as_sam: Client, matter: Conversation, secret: Conversation
) -> None:
    answer = as_sam.get(f"/customers/{matter.customer_id}/")

    assert answer["Location"] == f"/conversations/{matter.pk}/"


def test_a_customer_without_a_matter_shows_their_card(
    as_sam: Client, ana: Customer, ana_mail: object
) -> None:
    html = as_sam.get(f"/customers/{ana.pk}/").content.decode()

    assert "ana@x.example" in html
    assert "No conversation with this customer yet." in html
    assert 'aria-label="Back to the customers"' in html


def test_what_we_know_is_edited_in_place(post: Post, ana: Customer, matter: Conversation) -> None:
    answer = post(
        f"/customers/{ana.pk}/edit/", name="Ana Moreno", company="Studio", time_zone="Europe/Madrid"
    )

    ana.refresh_from_db()
    assert (ana.name, str(ana.company)) == ("Ana Moreno", "Studio")
    html = answer.content.decode()
    assert 'id="customer-card" hx-swap-oob="true"' in html
    assert "Ana Moreno" in html


def test_a_time_zone_that_does_not_exist_is_said_beside_its_field(post: Post, ana: Customer) -> None:
    answer = post(f"/customers/{ana.pk}/edit/", name="Ana", time_zone="Mars/Base")

    assert "There is no such time zone." in answer.content.decode()
    ana.refresh_from_db()
    assert ana.name == "Ana Silva"


def test_a_customer_i_may_not_see_cannot_be_edited(post: Post, hr: Desk) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    assert post(f"/customers/{hidden.pk}/edit/", name="x").status_code == 404


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999999"])
def test_an_invented_place_in_the_list_shows_its_beginning(
    as_sam: Client, ana: Customer, before: str
) -> None:
    assert "Ana Silva" in as_sam.get(f"/customers/?before={before}").content.decode()


def test_fifty_customers_cost_a_fixed_number_of_queries(
    as_sam: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        factories.identity(factories.customer(f"Person {number}"))

    with django_assert_max_num_queries(9):
        as_sam.get("/customers/")
