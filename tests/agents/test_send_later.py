"""Sending later: when, what the thread says of it meanwhile, and taking it back."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from inbox.actions import deliver, drafts, files
from inbox.contract import File
from inbox.models import Agent, Attachment, Channel, Conversation, Customer, Delivery, Identity, Message
from tests import factories

Post = Callable[..., HttpResponse]
NEXT_YEAR = timezone.now() + timedelta(days=300)


@pytest.fixture
def write(post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity) -> Post:
    """Sam writes to ana by mail."""

    def send(**more: str) -> HttpResponse:
        newest = matter.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
        pair = f"{mailbox.pk}-{ana_mail.pk}"
        given = {"mode": "reply", "pair": pair, "client_key": "k1", "newest": newest, "text": "It is M now."}
        return post(f"/conversations/{matter.pk}/send/", **{**given, **more})

    return send


def written(matter: Conversation) -> Message:
    return matter.messages.get(direction="outbound")


def page(client: Client, matter: Conversation) -> str:
    return client.get(f"/conversations/{matter.pk}/").content.decode()


def test_tomorrow_is_nine_in_the_senders_zone(write: Post, sam: Agent, matter: Conversation) -> None:
    sam.time_zone = "Pacific/Auckland"
    sam.save()

    write(later="tomorrow")

    due = written(matter).delivery.not_before.astimezone(ZoneInfo("Pacific/Auckland"))
    tomorrow = timezone.now().astimezone(ZoneInfo("Pacific/Auckland")).date() + timedelta(days=1)
    assert (due.date(), due.hour, due.minute) == (tomorrow, 9, 0)
    assert deliver.claim() == []


def test_a_date_of_ones_own_is_meant_in_the_senders_zone(
    write: Post, sam: Agent, matter: Conversation
) -> None:
    sam.time_zone = "Europe/Madrid"
    sam.save()

    write(later="at", later_at=f"{NEXT_YEAR:%Y-%m-%d}T07:30")

    due = written(matter).delivery.not_before
    assert due == datetime(
        NEXT_YEAR.year, NEXT_YEAR.month, NEXT_YEAR.day, 7, 30, tzinfo=ZoneInfo("Europe/Madrid")
    )


def test_without_scripts_a_date_in_the_field_is_enough(write: Post, matter: Conversation) -> None:
    write(then="stay", later_at=f"{NEXT_YEAR:%Y-%m-%d}T07:30")

    assert written(matter).delivery.scheduled


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"later": "at", "later_at": ""}, "Choose when it shall go out."),
        ({"later": "at", "later_at": "soon"}, "Write the date and the time"),
        ({"later": "at", "later_at": "2020-01-01T09:00"}, "in the future"),
        ({"later": "at", "later_at": "2999-01-01T09:00"}, "within a year"),
        ({"later": "someday"}, "Choose when it shall go out."),
    ],
)
def test_a_time_that_cannot_be_sends_nothing(
    write: Post, matter: Conversation, *, given: dict[str, str], words: str
) -> None:
    answer = write(**given)

    assert answer.status_code == 422
    assert words in unquote(answer["X-Reason"])
    assert not matter.messages.filter(direction="outbound").exists()


def test_the_answer_says_when_and_shows_how_to_cancel(write: Post, matter: Conversation) -> None:
    answer = write(later="hour")

    assert json.loads(answer["HX-Trigger"])["toast"]["text"].startswith("Goes out on ")
    assert "X-Undo-Seconds" not in answer
    html = answer.content.decode()
    assert "Goes out" in html
    assert f'data-take-back="/messages/{written(matter).pk}/cancel/"' in html


def test_the_thread_says_it_after_a_reload_until_it_has_left(
    write: Post, as_sam: Client, matter: Conversation
) -> None:
    write(later="hour")
    assert "Goes out" in page(as_sam, matter)

    Delivery.objects.update(not_before=timezone.now())

    assert deliver.claim() == [written(matter).delivery.pk]
    assert "Goes out" not in page(as_sam, matter)


def test_the_channels_own_delay_is_nothing_scheduled(
    write: Post, as_sam: Client, matter: Conversation
) -> None:
    write()

    assert "Goes out" not in page(as_sam, matter)


def test_cancel_takes_it_out_and_gives_the_text_back(write: Post, post: Post, matter: Conversation) -> None:
    write(later="hour")

    answer = post(f"/messages/{written(matter).pk}/cancel/")

    assert "It is M now." in answer.content.decode()
    assert written(matter).delivery.status == "cancelled"


@pytest.mark.parametrize("scripts", [True, False])
def test_cancel_gives_the_files_back_too(
    write: Post, post: Post, as_sam: Client, sam: Agent, matter: Conversation, *, scripts: bool
) -> None:
    # Given a message with a file that waits
    label = files.upload(
        agent=sam, file=File(name="label.pdf", content_type="application/pdf", content=b"%PDF")
    )
    write(later="hour", attachment=label.public_id)
    waiting = written(matter)

    # When it is taken back
    path = f"/messages/{waiting.pk}/cancel/"
    html = post(path).content.decode() if scripts else as_sam.post(path, follow=True).content.decode()

    # Then the file is with the words again, to be sent or left out; what was taken back keeps its own
    again = Attachment.objects.get(uploaded_by=sam, message=None)
    assert f'name="attachment" value="{again.public_id}"' in html
    assert "It is M now." in html
    assert again.blob == waiting.attachments.get().blob

    # And it can be sent
    write(client_key="k2", attachment=again.public_id)
    assert matter.messages.latest("pk").attachments.get().name == "label.pdf"


def test_what_was_begun_since_is_not_replaced_by_what_is_taken_back(
    write: Post, as_sam: Client, sam: Agent, matter: Conversation
) -> None:
    write(later="hour")
    drafts.save(agent=sam, conversation=matter, kind="reply", data={"text": "Something else"})

    html = as_sam.post(f"/messages/{written(matter).pk}/cancel/", follow=True).content.decode()

    assert "Something else</textarea>" in html


def test_a_colleague_may_cancel_what_waits_but_not_what_is_leaving(
    write: Post, as_kim: Client, matter: Conversation
) -> None:
    write(later="hour")
    waiting = written(matter)
    address, headers = f"/messages/{waiting.pk}/cancel/", {"HX-Request": "true"}
    Delivery.objects.update(not_before=waiting.occurred_at + timedelta(seconds=10))
    leaving = as_kim.post(address, headers=headers)
    Delivery.objects.update(not_before=NEXT_YEAR)

    assert leaving.status_code == 422
    assert as_kim.post(address, headers=headers).status_code == 200


def test_who_may_not_read_it_may_not_cancel_it(
    write: Post, post: Post, kim: Agent, secret: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    hidden = factories.reply(secret, kim, status="queued", channel=mailbox, identity=ana_mail)
    Delivery.objects.update(not_before=NEXT_YEAR)

    assert post(f"/messages/{hidden.pk}/cancel/").status_code == 404


def test_when_the_customer_writes_first_the_thread_says_so(
    write: Post, as_sam: Client, ana: Customer, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    write(later="hour")
    assert "Written before the last message" not in page(as_sam, matter)

    factories.message(matter, "It is fine as it is", channel=mailbox, identity=ana_mail)

    html = page(as_sam, matter)
    assert "Written before the last message of Ana Silva." in html
    assert written(matter).delivery.status == "queued"
