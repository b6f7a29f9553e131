"""Parked receipts in the settings: why, what it was as text, reading again, letting go; each desk's own."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connectors import inbound, samples
from connectors.models import Receipt, ReceiptState
from connectors.sandbox import provider
from inbox.models import Agent, Audit, Channel
from tests import factories

REASON = "The body is <odd>."


@pytest.fixture
def ada(db: None) -> Agent:
    return factories.agent("Ada Admin", role="admin")


@pytest.fixture
def as_ada(ada: Agent) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def sandbox(db: None) -> Channel:
    return factories.channel("sandbox", settings=provider.SETTINGS)


def park(channel: Channel, error: str = REASON) -> Receipt:
    receipt = inbound.store(channel, samples.find("sandbox", "text").request())
    Receipt.objects.filter(pk=receipt.pk).update(state=ReceiptState.PARKED, attempts=3, error=error)
    receipt.refresh_from_db()
    return receipt


@pytest.fixture
def parked(sandbox: Channel) -> Receipt:
    return park(sandbox)


@pytest.fixture
def hidden(db: None) -> Receipt:
    """On a desk that ada may not read."""
    desk = factories.desk("HR", restricted=True, members=(factories.agent("Kim Lee"),))
    return park(factories.channel("sandbox", desk=desk, name="HR box", settings=provider.SETTINGS), "HR only")


def test_nothing_parked_is_said(as_ada: Client) -> None:
    assert "Nothing is parked" in as_ada.get("/settings/receipts/").content.decode()


def test_the_list_says_why_where_and_how_often(as_ada: Client, parked: Receipt) -> None:
    page = as_ada.get("/settings/receipts/").content.decode()

    assert "The body is &lt;odd&gt;." in page
    assert parked.channel.name in page
    assert '<td class="is-number">3</td>' in page


def test_the_list_is_narrowed_to_a_reason_and_to_a_channel(as_ada: Client, parked: Receipt) -> None:
    other = park(factories.channel("sandbox", settings=provider.SETTINGS), "Another")

    of_reason = as_ada.get("/settings/receipts/", {"reason": "Another"}).content.decode()
    of_channel = as_ada.get("/settings/receipts/", {"channel": parked.channel_id}).content.decode()

    assert f"/settings/receipts/{other.pk}/" in of_reason
    assert f"/settings/receipts/{parked.pk}/" not in of_reason
    assert f"/settings/receipts/{parked.pk}/" in of_channel
    assert f"/settings/receipts/{other.pk}/" not in of_channel


@pytest.mark.parametrize(
    "query", ["channel=x", "before=-1", "before=99999999999999999999999", "reason=%00", "channel=0"]
)
def test_an_invented_query_breaks_nothing(as_ada: Client, parked: Receipt, query: str) -> None:
    assert as_ada.get(f"/settings/receipts/?{query}").status_code == 200


def test_one_shows_headers_and_body_as_text(as_ada: Client, parked: Receipt) -> None:
    body = b'<script>alert(1)</script>{"text": "is the blue one still there?"}\x00\xff'
    Receipt.objects.update(body=body, headers={"X-Odd": "<img src=x>"}, url="https://x/<b>")

    page = as_ada.get(f"/settings/receipts/{parked.pk}/").content.decode()

    assert "is the blue one still there?" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "X-Odd: &lt;img src=x&gt;" in page
    assert "<img src=x>" not in page


def test_of_a_huge_body_only_the_beginning_is_shown(as_ada: Client, parked: Receipt) -> None:
    Receipt.objects.update(body=b"a" * 100_000 + b"the end")

    page = as_ada.get(f"/settings/receipts/{parked.pk}/").content.decode()

    assert "Only the beginning is shown." in page
    assert "the end" not in page


def test_reading_again_gives_it_all_its_tries_and_is_audited(
    as_ada: Client, ada: Agent, parked: Receipt
) -> None:
    as_ada.post(f"/settings/receipts/{parked.pk}/replay/")

    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.error) == (ReceiptState.NEW, 0, "")
    assert Audit.objects.filter(action="receipt replay", actor=ada, object_id=str(parked.pk)).exists()


def test_letting_go_is_audited_and_it_stays_until_it_is_purged(
    as_ada: Client, ada: Agent, parked: Receipt
) -> None:
    as_ada.post(f"/settings/receipts/{parked.pk}/dismiss/")

    parked.refresh_from_db()
    assert parked.state == ReceiptState.DONE
    assert Audit.objects.filter(action="receipt dismiss", actor=ada, object_id=str(parked.pk)).exists()
    assert as_ada.get(f"/settings/receipts/{parked.pk}/").status_code == 200


def test_what_is_not_parked_any_more_is_not_let_go(as_ada: Client, parked: Receipt) -> None:
    Receipt.objects.update(state=ReceiptState.NEW)

    told = as_ada.post(f"/settings/receipts/{parked.pk}/dismiss/", follow=True).content.decode()

    assert "not parked any more" in told
    parked.refresh_from_db()
    assert parked.state == ReceiptState.NEW


def test_all_of_one_reason_are_read_again_and_no_other(as_ada: Client, sandbox: Channel, ada: Agent) -> None:
    alike, other = [park(sandbox), park(sandbox)], park(sandbox, "Another")

    told = as_ada.post("/settings/receipts/replay/", {"reason": REASON}, follow=True).content.decode()

    assert "2 are being read again." in told
    assert set(Receipt.objects.filter(pk__in=[r.pk for r in alike]).values_list("state", flat=True)) == {
        "new"
    }
    other.refresh_from_db()
    assert other.state == ReceiptState.PARKED
    assert Audit.objects.get(action="receipts replayed").data == {"desk": sandbox.desk_id, "number": 2}


def test_receipts_of_a_desk_one_may_not_read_do_not_exist(
    as_ada: Client, hidden: Receipt, parked: Receipt
) -> None:
    page = as_ada.get("/settings/receipts/").content.decode()

    assert "HR only" not in page
    assert "HR box" not in page
    for path in ("", "replay/", "dismiss/"):
        ask = as_ada.post if path else as_ada.get
        assert ask(f"/settings/receipts/{hidden.pk}/{path}").status_code == 404
    as_ada.post("/settings/receipts/replay/", {"reason": "HR only"})
    hidden.refresh_from_db()
    assert hidden.state == ReceiptState.PARKED


def test_a_member_of_the_desk_sees_them(as_ada: Client, ada: Agent, hidden: Receipt) -> None:
    hidden.channel.desk.members.add(ada)

    assert "HR only" in as_ada.get("/settings/receipts/").content.decode()


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_they_are_for_admins(parked: Receipt, role: str) -> None:
    browser = Client()
    browser.force_login(factories.agent("Sam Reed", role=role))

    assert browser.get("/settings/receipts/").status_code == 404
    assert browser.post(f"/settings/receipts/{parked.pk}/replay/").status_code == 404


def test_the_channels_list_counts_what_is_parked(as_ada: Client, parked: Receipt) -> None:
    assert "1 parked" in as_ada.get("/settings/channels/").content.decode()


def test_many_cost_a_fixed_number_of_queries(
    as_ada: Client, sandbox: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        park(sandbox, f"Reason {number}")

    with django_assert_max_num_queries(9):
        as_ada.get("/settings/receipts/")


def test_the_list_goes_on(as_ada: Client, sandbox: Channel) -> None:
    made = [park(sandbox) for _ in range(52)]

    first = as_ada.get("/settings/receipts/").content.decode()
    second = as_ada.get(f"/settings/receipts/?before={made[2].pk}").content.decode()

    assert f"?before={made[2].pk}" in first
    assert f"/settings/receipts/{made[1].pk}/" not in first
    assert f"/settings/receipts/{made[1].pk}/" in second
