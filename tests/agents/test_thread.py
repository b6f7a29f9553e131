"""The thread of one customer: what it shows, where it opens, and that a matter that is not mine does not exist."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inbox.models import Agent, Channel, Conversation, Customer, Identity, ReadMark
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]


def entries(html: str) -> list[str]:
    """The ids of the entries, in order."""
    return re.findall(r'id="((?:message|event|boundary)-\d+)"', html)


def test_the_page_shows_list_thread_customer_and_composer(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "May I still change it?" in html
    assert 'id="rows"' in html
    assert 'id="panel"' in html
    assert "Send E-mail to ana@x.example" in html


def test_the_list_gets_only_what_opens(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/", headers=HTMX).content.decode()

    assert "May I still change it?" in html
    assert 'id="rows"' not in html
    assert "<title>Ana Silva · Onethread</title>" in html


def test_a_matter_of_a_desk_i_may_not_read_is_not_found(
    as_sam: Client, as_kim: Client, secret: Conversation
) -> None:
    assert as_sam.get(f"/conversations/{secret.pk}/").status_code == 404
    assert as_kim.get(f"/conversations/{secret.pk}/").status_code == 200


def test_a_restricted_matter_leaves_no_trace_in_the_thread(
    as_sam: Client, matter: Conversation, secret: Conversation
) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "This is between us" not in html
    assert "Dismissal" not in html


def test_who_may_read_both_desks_sees_one_thread(
    as_kim: Client, matter: Conversation, secret: Conversation
) -> None:
    html = as_kim.get(f"/conversations/{matter.pk}/").content.decode()

    assert html.index("May I still change it?") < html.index("This is between us")


def test_a_mail_is_a_sheet_and_a_text_message_a_bubble(
    as_sam: Client, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    factories.message(matter, "And by SMS", channel=number, identity=ana_phone)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert len(re.findall(r'<article class="entry mail"', html)) == 1
    assert len(re.findall(r'<article class="entry message"', html)) == 1


def test_html_of_a_mail_is_only_in_its_frame(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    made = factories.message(matter, "plain", html="<p>fancy</p>", channel=mailbox, identity=ana_mail)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "fancy" not in html
    assert f'src="/messages/{made.pk}/html/"' in html
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in html


def test_what_people_write_is_shown_as_written(
    as_sam: Client, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    factories.message(matter, "<script>alert(1)</script>", channel=number, identity=ana_phone)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_note_of_a_colleague_may_have_markdown_but_no_markup(
    as_sam: Client, kim: Agent, matter: Conversation
) -> None:
    factories.note(matter, kim, "**Careful** <img src=x onerror=alert(1)>")

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "<strong>Careful</strong>" in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "Queued"),
        ("sending", "Sending"),
        ("sent", "Sent"),
        ("delivered", "Delivered"),
        ("read", "Read"),
        ("cancelled", "Taken back"),
        ("failed", "Not delivered."),
        ("unknown", "We cannot tell whether it arrived."),
    ],
)
def test_each_message_of_ours_says_how_its_sending_stands(
    as_sam: Client,
    sam: Agent,
    matter: Conversation,
    number: Channel,
    ana_phone: Identity,
    *,
    status: str,
    words: str,
) -> None:
    factories.reply(matter, sam, channel=number, identity=ana_phone, status=status)

    assert words in as_sam.get(f"/conversations/{matter.pk}/").content.decode()


@pytest.mark.parametrize("status", ["queued", "sent"])
def test_what_is_still_on_its_way_says_what_holds_it_up(
    as_sam: Client, sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity, *, status: str
) -> None:
    made = factories.reply(matter, sam, channel=number, identity=ana_phone, status=status)
    made.delivery.reason = "Their mail server <makes> it wait."
    made.delivery.save()

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "Their mail server &lt;makes&gt; it wait." in html


def test_what_failed_says_why_and_offers_to_try_again(
    as_sam: Client, sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    made = factories.reply(matter, sam, channel=number, identity=ana_phone, status="failed")
    made.delivery.reason = "The phone is switched off."
    made.delivery.save()

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "The phone is switched off." in html
    assert f'hx-post="/messages/{made.pk}/retry/"' in html


def test_it_opens_at_the_first_unread(as_sam: Client, sam: Agent, matter: Conversation) -> None:
    first = matter.messages.get()
    fresh = factories.message(matter, "Hello?", occurred_at=factories.at(5))
    Conversation.objects.filter(pk=matter.pk).update(last_inbound_id=fresh.pk)
    factories.read(sam, matter, up_to=first)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert f'data-first-unread="{fresh.pk}"' in html


def test_an_unread_message_far_up_is_on_the_page_that_opens(as_sam: Client, matter: Conversation) -> None:
    first = matter.messages.get()
    for minute in range(80):
        factories.message(matter, f"Number {minute}", occurred_at=factories.at(10 + minute))

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert f'id="message-{first.pk}"' in html
    assert 'id="timeline-newer"' in html


def test_a_search_result_opens_around_its_message(as_sam: Client, sam: Agent, matter: Conversation) -> None:
    made = [factories.message(matter, f"Number {n}", occurred_at=factories.at(10 + n)) for n in range(120)]

    html = as_sam.get(f"/conversations/{matter.pk}/?message={made[30].pk}").content.decode()

    shown = entries(html)
    assert f"message-{made[30].pk}" in shown
    assert f"message-{made[119].pk}" not in shown


def test_a_message_i_may_not_read_cannot_be_opened_around(
    as_sam: Client, matter: Conversation, secret: Conversation
) -> None:
    hidden = secret.messages.get()

    assert as_sam.get(f"/conversations/{matter.pk}/?message={hidden.pk}").status_code == 404


def test_older_entries_come_page_by_page_without_gap_or_double(as_sam: Client, ana: Customer) -> None:
    matter = factories.conversation(ana)
    made = [factories.message(matter, f"Number {n}", occurred_at=factories.at(n)) for n in range(100)]
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    shown = entries(html)

    while older := re.search(r'id="timeline-older" href="([^"]+)"', html):
        html = as_sam.get(older[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        shown = entries(html) + shown

    assert shown == [f"message-{message.pk}" for message in made]
    assert "The beginning" in html


@pytest.mark.parametrize("asked", ["", "?before=nowhere", "?after=nowhere", "?before=a&after=b"])
def test_entries_beside_no_place_are_refused(as_sam: Client, matter: Conversation, asked: str) -> None:
    assert as_sam.get(f"/conversations/{matter.pk}/entries/{asked}").status_code == 400


def test_entries_of_a_matter_i_may_not_read_are_not_found(as_sam: Client, secret: Conversation) -> None:
    assert as_sam.get(f"/conversations/{secret.pk}/entries/?before=x").status_code == 404


def test_the_thread_can_be_narrowed_to_notes(as_sam: Client, kim: Agent, matter: Conversation) -> None:
    note = factories.note(matter, kim)

    html = as_sam.get(f"/conversations/{matter.pk}/?kind=note", headers=HTMX).content.decode()

    assert entries(html) == [f"message-{note.pk}"]


def test_the_thread_can_be_narrowed_to_one_channel(
    as_sam: Client, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    text = factories.message(matter, "By SMS", channel=number, identity=ana_phone)

    html = as_sam.get(f"/conversations/{matter.pk}/?channel={number.pk}", headers=HTMX).content.decode()

    assert entries(html) == [f"message-{text.pk}"]


def test_the_open_matters_are_chips_on_top(as_sam: Client, ana: Customer, matter: Conversation) -> None:
    factories.conversation(ana, main=False, title="Refund shipping")

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    chips = html[html.index('id="matters"') : html.index("</nav>", html.index('id="matters"'))]
    assert "Wrong size" in chips
    assert "Refund shipping" in chips


def test_reading_is_written_down(post: Post, sam: Agent, matter: Conversation) -> None:
    message = matter.messages.get()

    answer = post(f"/conversations/{matter.pk}/read/", message=message.pk)

    assert answer.status_code == 204
    assert ReadMark.objects.get(agent=sam, conversation=matter).message_id == message.pk


def test_reading_does_not_go_back(post: Post, sam: Agent, matter: Conversation) -> None:
    first = matter.messages.get()
    later = factories.message(matter, "More")
    factories.read(sam, matter, up_to=later)

    post(f"/conversations/{matter.pk}/read/", message=first.pk)

    assert ReadMark.objects.get(agent=sam, conversation=matter).message_id == later.pk


@pytest.mark.parametrize("number", ["", "x", "-1", "999999", "99999999999999999999999"])
def test_a_message_that_is_not_of_the_matter_cannot_be_read(
    post: Post, matter: Conversation, number: str
) -> None:
    assert post(f"/conversations/{matter.pk}/read/", message=number).status_code == 404


def test_a_matter_i_may_not_read_cannot_be_marked_as_read(post: Post, secret: Conversation) -> None:
    assert post(f"/conversations/{secret.pk}/read/", message=secret.messages.get().pk).status_code == 404


def test_looking_changes_nothing(as_sam: Client, matter: Conversation) -> None:
    as_sam.get(f"/conversations/{matter.pk}/")

    assert not ReadMark.objects.exists()


def test_a_thread_of_forty_entries_costs_a_fixed_number_of_queries(
    as_sam: Client,
    sam: Agent,
    matter: Conversation,
    number: Channel,
    ana_phone: Identity,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for minute in range(40):
        factories.message(matter, "In", channel=number, identity=ana_phone, occurred_at=factories.at(minute))
        factories.reply(matter, sam, channel=number, identity=ana_phone, occurred_at=factories.at(minute))

    with django_assert_max_num_queries(60):
        as_sam.get(f"/conversations/{matter.pk}/")
    with django_assert_max_num_queries(50):
        as_sam.get(f"/conversations/{matter.pk}/", headers=HTMX)
