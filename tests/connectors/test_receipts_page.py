"""The admin's page of receipts: sees why one is parked, reads it again or lets it go; nobody edits what came in."""

import pytest
from django.test import Client
from django.urls import reverse

from connectors import inbound, samples
from connectors.models import Receipt, ReceiptState
from connectors.sandbox import provider
from inbox.models import Audit
from tests import factories

LIST = "admin:connectors_receipt_changelist"


@pytest.fixture
def admin(db: None, client: Client) -> Client:
    client.force_login(factories.agent("Ada Admin", role="admin", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def parked(db: None) -> Receipt:
    channel = factories.channel("sandbox", settings=provider.SETTINGS)
    receipt = inbound.store(channel, samples.find("sandbox", "text").request())
    Receipt.objects.update(state=ReceiptState.PARKED, attempts=3, error="The body is <odd>.")
    return receipt


def act(admin: Client, verb: str, receipt: Receipt) -> str:
    chosen = {"action": verb, "_selected_action": [receipt.pk]}
    return admin.post(reverse(LIST), chosen, follow=True).content.decode()


def test_the_reason_is_in_the_list_escaped(admin: Client, parked: Receipt) -> None:
    page = admin.get(reverse(LIST), {"state__exact": "parked"}).content.decode()

    assert "The body is &lt;odd&gt;." in page


def test_one_receipt_shows_what_was_sent_and_cannot_be_changed(admin: Client, parked: Receipt) -> None:
    page = admin.get(reverse("admin:connectors_receipt_change", args=[parked.pk])).content.decode()

    assert "is the blue one still there?" in page
    assert 'name="body"' not in page
    assert 'name="error"' not in page


def test_reading_again_gives_it_all_its_tries(admin: Client, parked: Receipt) -> None:
    told = act(admin, "replay", parked)

    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.error) == (ReceiptState.NEW, 0, "")
    assert "1 receipt." in told
    assert Audit.objects.filter(action="receipt replay", object_id=str(parked.pk)).exists()


def test_letting_go_leaves_it_until_it_is_purged(admin: Client, parked: Receipt) -> None:
    act(admin, "dismiss", parked)

    parked.refresh_from_db()
    assert parked.state == ReceiptState.DONE


def test_what_is_not_parked_cannot_be_let_go(admin: Client, parked: Receipt) -> None:
    Receipt.objects.update(state=ReceiptState.NEW)

    told = act(admin, "dismiss", parked)

    parked.refresh_from_db()
    assert parked.state == ReceiptState.NEW
    assert "0 receipts." in told


def test_nobody_adds_or_deletes_receipts(admin: Client, parked: Receipt) -> None:
    assert admin.get(reverse("admin:connectors_receipt_add")).status_code == 403
    assert admin.post(reverse("admin:connectors_receipt_delete", args=[parked.pk])).status_code == 403


def test_an_agent_does_not_see_the_page(client: Client, parked: Receipt) -> None:
    client.force_login(factories.agent("Sam Reed"))

    assert client.get(reverse(LIST)).status_code == 302
