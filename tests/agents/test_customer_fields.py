"""The company's own fields: set up by managers, edited in the customer's place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Attribute, Conversation, Customer, Desk
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]


@pytest.fixture
def size(db: None) -> Attribute:
    return Attribute.objects.create(key="size", label="Shoe size", type="number")


@pytest.fixture
def as_max(db: None) -> Client:
    browser = Client()
    browser.force_login(factories.agent("Max Manager", role="manager"))
    return browser


def test_a_manager_makes_renames_orders_and_deletes_a_field(as_max: Client, ana: Customer) -> None:
    as_max.post("/settings/fields/new/", {"label": "Plan", "kind": "choice", "choices": "Gold\nSilver"})
    as_max.post("/settings/fields/new/", {"label": "Size", "kind": "number"})
    plan, size = Attribute.objects.all()
    assert (plan.choices, size.type) == (["Gold", "Silver"], "number")

    as_max.post(f"/settings/fields/{size.pk}/move/", {"to": "up"})
    as_max.post(f"/settings/fields/{plan.pk}/", {"label": "Contract", "choices": "Gold"})
    html = as_max.get("/settings/fields/").content.decode()
    assert html.index("Size") < html.index("Contract")

    Customer.objects.filter(pk=ana.pk).update(attributes={"plan": "Silver"})
    assert "1 customer has something in it" in as_max.get(f"/settings/fields/{plan.pk}/").content.decode()
    as_max.post(f"/settings/fields/{plan.pk}/delete/")
    ana.refresh_from_db()
    assert ana.attributes == {}


def test_the_warning_counts_only_customers_the_manager_may_see(
    as_max: Client, size: Attribute, ana: Customer, hr: Desk
) -> None:
    hidden = factories.customer("Hidden Hal", attributes={"size": 44})
    factories.conversation(hidden, desk=hr)

    assert "Nobody has anything in it." in as_max.get(f"/settings/fields/{size.pk}/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"label": "", "kind": "text"}, {"label": "X", "kind": "wish"}, {"label": "X", "kind": "choice"}]
)
def test_what_is_wrong_is_said_beside_the_form(as_max: Client, wrong: dict[str, str]) -> None:
    html = as_max.post("/settings/fields/new/", wrong).content.decode()

    assert "errorlist" in html
    assert not Attribute.objects.exists()


def test_the_panel_shows_each_field_as_people_read_it(
    as_sam: Client, matter: Conversation, size: Attribute
) -> None:
    Attribute.objects.create(key="crm", label="In the CRM", type="link")
    Customer.objects.filter(pk=matter.customer_id).update(
        attributes={"size": 1234.5, "crm": "https://crm.example/1?a=<b>"}
    )

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "1,234.5" in html
    assert (
        'href="https://crm.example/1?a=&lt;b&gt;" target="_blank" rel="noopener noreferrer nofollow"' in html
    )


def test_a_field_is_edited_in_place(post: Post, as_sam: Client, ana: Customer, size: Attribute) -> None:
    path = f"/customers/{ana.pk}/fields/size/"
    assert 'inputmode="decimal"' in as_sam.get(path, headers=HTMX).content.decode()

    answer = post(path, value="38.5")

    ana.refresh_from_db()
    assert ana.attributes == {"size": 38.5}
    assert 'id="attributes" hx-swap-oob="true"' in answer.content.decode()
    assert 'value="38.5"' in as_sam.get(path).content.decode()


def test_what_does_not_fit_is_said_and_kept_out(post: Post, ana: Customer, size: Attribute) -> None:
    answer = post(f"/customers/{ana.pk}/fields/size/", value="large")

    assert answer.status_code == 422
    assert "Shoe size: Give a number" in answer.content.decode()
    ana.refresh_from_db()
    assert ana.attributes == {}


def test_a_field_or_a_customer_that_is_not_there_is_a_404(
    post: Post, ana: Customer, size: Attribute, hr: Desk
) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    assert post(f"/customers/{ana.pk}/fields/colour/", value="x").status_code == 404
    assert post(f"/customers/{hidden.pk}/fields/size/", value="1").status_code == 404


@pytest.mark.parametrize(
    ("kind", "value", "again"), [("yes_no", "no", "no"), ("date", "2026-02-03", "2026-02-03")]
)
def test_the_form_opens_with_what_is_there(
    post: Post, as_sam: Client, ana: Customer, kind: str, value: str, again: str
) -> None:
    Attribute.objects.create(key="x", label="X", type=kind)
    path = f"/customers/{ana.pk}/fields/x/"

    post(path, value=value)

    html = as_sam.get(path).content.decode()
    assert f'value="{again}" selected' in html or f'value="{again}"' in html
    assert kind != "yes_no" or 'value="no" selected' in html


def test_a_saved_replys_page_names_the_fields_one_can_use(as_max: Client, size: Attribute) -> None:
    assert "{{customer.size}}" in as_max.get("/settings/replies/new/").content.decode()
