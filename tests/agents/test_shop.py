"""The page for shop staff: find, summary, note, follow-up; and that they read no message anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.live import rights
from agents.live.rights import Rights
from inbox.models import (
    Agent,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Identity,
    Message,
    Place,
    SavedReply,
)
from tests import factories
from tests.agents.conftest import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_town() -> Place:
    return factories.place("Old Town")


@pytest.fixture
def lena() -> Agent:
    return factories.agent("Lena Frost", role="store")


@pytest.fixture
def as_lena(lena: Agent) -> Client:
    browser = Client()
    browser.force_login(lena)
    return browser


def page_of(customer: Customer) -> str:
    return f"/shop/c/{customer.public_id}/"


def visit(place: Place, **more: Any) -> dict[str, Any]:
    """What the form sends after one chip and Save."""
    return {
        "kind": "visit",
        "place": place.pk,
        "topic": "Exchange",
        "then": "done",
        "client_key": "k1",
        **more,
    }


# ---------------------------------------------------------------- finding


def test_shop_staff_come_to_the_shop_after_login(as_lena: Client, as_sam: Client) -> None:
    assert as_lena.get("/")["Location"] == "/shop/"
    assert as_sam.get("/")["Location"] == "/inbox/mine/"


@pytest.mark.parametrize("query", ["ana", "Anna Silva", "ana@x", "204489", "611 20 44 89", "+34611204489"])
def test_somebody_is_found_by_name_mail_or_phone(
    as_lena: Client, ana_mail: Identity, ana_phone: Identity, query: str
) -> None:
    html = as_lena.get("/shop/", {"q": query}).content.decode()

    assert page_of(ana_mail.customer) in html


def test_what_was_looked_for_is_filled_in_for_somebody_new(as_lena: Client, old_town: Place) -> None:
    assert 'value="+447700900123"' in as_lena.get("/shop/new/", {"q": "07700 900123"}).content.decode()
    assert 'value="ben@x.example"' in as_lena.get("/shop/new/", {"q": "Ben@X.example"}).content.decode()
    assert 'value="Ben Okoye"' in as_lena.get("/shop/new/", {"q": "Ben Okoye"}).content.decode()


def test_a_customer_of_a_restricted_desk_alone_is_nobody_here(
    as_lena: Client, hr: Any, old_town: Place
) -> None:
    hal = factories.customer("Hal Hidden")
    factories.message(factories.conversation(hal, desk=hr), "Between us")

    assert page_of(hal) not in as_lena.get("/shop/", {"q": "Hal Hidden"}).content.decode()
    assert as_lena.get(page_of(hal)).status_code == 404
    assert as_lena.post(page_of(hal), visit(old_town)).status_code == 404


def test_the_code_of_somebody_merged_leads_to_the_survivor(as_lena: Client, ana: Customer) -> None:
    gone = factories.customer("Ana S.", merged_into=ana)

    assert as_lena.get(page_of(gone))["Location"] == page_of(ana)


# ---------------------------------------------------------------- the summary


def test_the_summary_says_who_it_is_and_what_is_open_and_no_message(
    as_lena: Client, lena: Agent, ana: Customer, matter: Conversation, old_town: Place
) -> None:
    Customer.objects.filter(pk=ana.pk).update(vip=True)
    factories.touchpoint(ana, "order", reference="4417", title="Jumper, moss", value="89.00", currency="EUR")
    factories.touchpoint(ana, "cart", reference="c-9", title="Socks")
    as_lena.post(page_of(ana), visit(old_town, outcome="Changed for M"))

    html = as_lena.get(page_of(ana)).content.decode()

    for shown in ("Ana Silva", "VIP", "Wrong size", "Open", "4417", "Jumper, moss", "Socks", "Changed for M"):
        assert shown in html, shown
    for word in ("May I still change it?", "Order 4417", "Open the thread"):
        assert word not in html, word


def test_a_visit_a_colleague_noted_is_not_shown(
    as_lena: Client, as_sam: Client, ana: Customer, old_town: Place
) -> None:
    as_sam.post(page_of(ana), visit(old_town, outcome="Sam changed it"))

    assert "Sam changed it" not in as_lena.get(page_of(ana)).content.decode()
    assert "Sam changed it" in as_sam.get(page_of(ana)).content.decode()


def test_a_matter_of_a_restricted_desk_is_not_shown(
    as_lena: Client, as_sam: Client, matter: Conversation, secret: Conversation
) -> None:
    for browser in (as_lena, as_sam):
        assert "Dismissal" not in browser.get(page_of(matter.customer)).content.decode()


def test_a_cart_that_was_ordered_is_no_cart_any_more(as_lena: Client, ana: Customer) -> None:
    factories.touchpoint(ana, "cart", reference="c-9", title="Socks in the cart")
    factories.touchpoint(ana, "order", reference="c-9", title="Socks ordered")

    html = as_lena.get(page_of(ana)).content.decode()
    assert "Socks ordered" in html
    assert "Socks in the cart" not in html


def test_the_summary_takes_as_many_queries_however_long_the_story(
    as_lena: Client, ana: Customer, old_town: Place, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        factories.touchpoint(ana, "order", reference=str(number))
        as_lena.post(page_of(ana), visit(old_town, client_key=f"k{number}"))

    with django_assert_max_num_queries(16):
        as_lena.get(page_of(ana))


def test_agents_see_the_page_too_with_a_way_into_the_thread(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get(page_of(matter.customer)).content.decode()

    assert f'href="/customers/{matter.customer_id}/"' in html


# ---------------------------------------------------------------- noting


def test_a_visit_is_noted_and_the_next_customer_can_come(
    as_lena: Client, lena: Agent, ana: Customer, old_town: Place
) -> None:
    answer = as_lena.post(page_of(ana), visit(old_town, text="Too small"), follow=True)

    noted = Message.objects.get()
    assert (noted.author, noted.kind, noted.subject, noted.encounter.place) == (
        lena,
        "visit",
        "Exchange",
        old_town,
    )
    assert "Saved for Ana Silva. Next customer." in answer.content.decode()
    assert 'name="q"' in answer.content.decode()


def test_the_place_is_remembered_on_this_device(as_lena: Client, ana: Customer, old_town: Place) -> None:
    harbour = factories.place("Harbour")
    assert f'value="{harbour.pk}" selected' in as_lena.get(page_of(ana)).content.decode()

    as_lena.post(page_of(ana), visit(old_town))

    assert f'value="{old_town.pk}" selected' in as_lena.get(page_of(ana)).content.decode()


def test_the_script_is_told_where_to_go_and_refusals_keep_what_was_typed(
    as_lena: Client, ana: Customer, old_town: Place
) -> None:
    refused = as_lena.post(page_of(ana), visit(old_town, topic=""), headers=HTMX)
    assert refused.status_code == 422
    assert refused["X-Reason"]

    saved = as_lena.post(page_of(ana), visit(old_town), headers=HTMX)
    assert saved["HX-Redirect"].startswith("/shop/?saved=")

    plain = as_lena.post(page_of(ana), visit(old_town, topic="", text="", outcome="A word", client_key="k9"))
    assert plain.status_code == 422
    assert 'value="A word"' in plain.content.decode()
    assert 'value="k9"' in plain.content.decode()


def test_a_photo_goes_through_the_checks_of_every_upload(
    as_lena: Client, ana: Customer, old_town: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = SimpleUploadedFile("seam.jpg", b"\xff\xd8seam", "image/jpeg")
    as_lena.post(page_of(ana), visit(old_town, files=photo))
    assert [file.name for file in Message.objects.get().attachments.all()] == ["seam.jpg"]

    monkeypatch.setattr("agents.views.writing.MOST_FILE_BYTES", 3)
    large = SimpleUploadedFile("large.jpg", b"\xff\xd8seam", "image/jpeg")
    answer = as_lena.post(page_of(ana), visit(old_town, files=large, client_key="k2"))
    assert answer.status_code == 422
    assert Message.objects.count() == 1


def test_somebody_new_is_made_with_their_addresses(as_lena: Client, old_town: Place) -> None:
    as_lena.post("/shop/new/", visit(old_town, name="Ben Okoye", phone="07700 900123", email="Ben@X.example"))

    ben = Customer.objects.get(name="Ben Okoye")
    assert sorted(ben.identities.values_list("space", "value")) == [
        ("email", "ben@x.example"),
        ("phone", "+447700900123"),
    ]
    assert not ben.identities.exclude(verified_at=None).exists()


@pytest.mark.parametrize("wrong", [{}, {"phone": "12"}, {"email": "ben"}])
def test_a_person_needs_something_to_be_known_by(
    as_lena: Client, old_town: Place, wrong: dict[str, str]
) -> None:
    answer = as_lena.post("/shop/new/", visit(old_town, **wrong))

    assert answer.status_code == 422
    assert not Customer.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_known_address_offers_its_person_and_the_form_can_be_sent_for_them(
    as_lena: Client, ana_phone: Identity, old_town: Place, headers: dict[str, str]
) -> None:
    ana = ana_phone.customer
    values = visit(old_town, name="Anna", phone="+34 611 204 489")

    answer = as_lena.post("/shop/new/", values, headers=headers)

    assert f'formaction="{page_of(ana)}"' in answer.content.decode()
    assert not Message.objects.exists()
    as_lena.post(page_of(ana), values, headers=headers)
    assert Message.objects.get().customer == ana
    assert Customer.objects.count() == 1


def test_an_address_of_somebody_hidden_is_refused_without_a_name(
    as_lena: Client, hr: Any, old_town: Place
) -> None:
    hal = factories.customer("Hal Hidden")
    identity = factories.identity(hal, "+34600000001", space="phone")
    factories.message(factories.conversation(hal, desk=hr), "Between us", identity=identity)

    answer = as_lena.post("/shop/new/", visit(old_town, name="Ben", phone="+34600000001"))

    assert answer.status_code == 422
    assert "Hal" not in answer.content.decode()


def test_a_closed_place_and_one_of_a_restricted_desk_are_not_offered(
    as_lena: Client, as_kim: Client, hr: Any, ana: Customer, old_town: Place
) -> None:
    factories.place("Closed down", closed=True)
    counter = factories.place("HR counter", desk=hr)

    html = as_lena.get(page_of(ana)).content.decode()

    assert "Closed down" not in html
    assert "HR counter" not in html
    assert as_lena.post(page_of(ana), visit(counter)).status_code == 422
    assert "HR counter" in as_kim.get(page_of(ana)).content.decode()


# ---------------------------------------------------------------- the follow-up


def test_shop_staff_write_on_another_channel_with_a_saved_reply(
    as_lena: Client, number: Channel, ana_phone: Identity, old_town: Place
) -> None:
    saved = SavedReply.objects.create(
        name="Ready", shortcut="ready", text="Hi {{customer.first_name}}, it is ready."
    )
    pair = f"{number.pk}-{ana_phone.pk}"
    assert f'value="{pair}"' in as_lena.get(page_of(ana_phone.customer)).content.decode()

    as_lena.post(page_of(ana_phone.customer), visit(old_town, pair=pair, saved=saved.pk))

    delivery = Delivery.objects.get()
    assert (delivery.identity, delivery.message.text) == (ana_phone, "Hi Ana, it is ready.")


def test_a_pair_that_was_not_offered_is_refused(
    as_lena: Client, number: Channel, hr: Any, ana: Customer, ana_phone: Identity, old_town: Place
) -> None:
    hidden = factories.channel("sms", desk=hr, name="HR line")
    for pair in (f"{hidden.pk}-{ana_phone.pk}", f"{number.pk}-999999", "x", "1-new"):
        answer = as_lena.post(page_of(ana), visit(old_town, pair=pair, message="Hello"))
        assert answer.status_code == 422, pair
    assert not Message.objects.exists()


def test_somebody_new_is_written_to_at_the_number_they_gave(
    as_lena: Client, number: Channel, old_town: Place
) -> None:
    values = visit(
        old_town, name="Ben", phone="07700 900123", pair=f"{number.pk}-new", message="It is ready."
    )

    as_lena.post("/shop/new/", values)

    assert Delivery.objects.get().identity.value == "+447700900123"


# ---------------------------------------------------------------- no message, nowhere


def test_a_socket_knows_nobody_in_a_shop(as_lena: Client, as_sam: Client) -> None:
    def recognised(browser: Client) -> object:
        return rights.recognise(browser.session.session_key or "")

    assert recognised(as_lena) is None
    assert recognised(as_sam) is not None


def test_who_is_moved_to_a_shop_loses_the_open_socket(as_sam: Client, sam: Agent) -> None:
    factories.support()
    known = rights.recognise(as_sam.session.session_key or "")
    assert known is not None
    held: Rights = known[1]
    assert rights.lost([held]) == set()

    Agent.objects.filter(pk=sam.pk).update(role="store")

    assert rights.lost([held]) == {held}


def test_not_even_a_file_of_their_own_visit_is_served(
    as_lena: Client, ana: Customer, old_town: Place
) -> None:
    photo = SimpleUploadedFile("seam.jpg", b"\xff\xd8seam", "image/jpeg")
    as_lena.post(page_of(ana), visit(old_town, files=photo))
    file = Message.objects.get().attachments.get()

    assert as_lena.get(f"/files/{file.public_id}/").status_code == 404


def test_their_profile_has_no_rail_and_no_live_script(as_lena: Client) -> None:
    html = as_lena.get("/settings/profile/").content.decode()

    assert 'id="rail"' not in html
    assert "js/live.js" not in html
    assert "palette" not in html


# ---------------------------------------------------------------- the code of a profile


def test_the_code_of_a_profile_is_a_picture_without_a_word_about_them(
    as_sam: Client, as_lena: Client, ana: Customer
) -> None:
    answer = as_sam.get(f"/customers/{ana.pk}/qr.svg")

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")
    assert b"Ana" not in answer.content
    assert as_lena.get(f"/customers/{ana.pk}/qr.svg").status_code == 404
