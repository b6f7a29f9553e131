"""Through the real SDK to a stand-in that is as strict as Twilio and WhatsApp: windows, templates, files, and no double send."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.standin.wire import Trouble
from connectors.twilio.standin.records import Sms
from connectors.whatsapp_twilio.connector import WhatsAppConnector
from connectors.whatsapp_twilio.standin.server import StandIn
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    DeliveryUpdate,
    File,
    InboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    Request,
    Status,
    Template,
    TemplateUse,
    TemporaryFailure,
    WindowChanged,
)
from tests.connectors.whatsapp_twilio.conftest import ACCOUNT, ANA, AT, NUMBER, Build, outgoing
from tests.standins.web import Web

BEN = "+447700900199"
PDF = File(name="invoice.pdf", content_type="application/pdf", url="https://inbox.example/f/1", size=9)
PNG = File(name="moss.png", content_type="image/png", url="https://inbox.example/f/2", size=9)


def sent(twilio: StandIn) -> list[Sms]:
    return [each for each in twilio.account.messages if not each.inbound]


def reported(twilio: StandIn, whatsapp: WhatsAppConnector, sms: Sms) -> list[Any]:
    """The events of what WhatsApp makes of a message, through the signed webhooks."""
    with Web.running() as hook:
        sms.callback = hook.url("/") + "?message=m1"
        twilio.travel(sms)
        events: list[Any] = []
        for asked in hook.asked:
            request = Request(body=asked.body, headers=asked.headers, url=sms.callback, received_at=AT)
            whatsapp.verify(request)
            events += whatsapp.parse(request)
    return events


def test_an_answer_arrives_and_is_read(twilio: StandIn, whatsapp: WhatsAppConnector) -> None:
    accepted = whatsapp.send(outgoing())

    [sms] = sent(twilio)
    assert accepted == Accepted(external_id=sms.sid)
    assert (sms.sender, sms.to, sms.body) == (f"whatsapp:{NUMBER}", f"whatsapp:{ANA}", "It is on its way.")
    assert [event.status for event in reported(twilio, whatsapp, sms)] == [
        Status.SENT,
        Status.DELIVERED,
        Status.READ,
    ]


def test_to_somebody_who_has_not_written_the_window_is_closed(
    twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    whatsapp.send(outgoing(to=Address(space="phone", value=BEN)))

    failed, closed = reported(twilio, whatsapp, sent(twilio)[0])
    assert isinstance(failed, DeliveryUpdate)
    assert (failed.status, failed.code, failed.external_id) == (Status.FAILED, "63016", "m1")
    assert "template" in failed.reason
    assert isinstance(closed, WindowChanged)
    assert closed.address.value == BEN


def test_an_approved_template_opens_a_closed_window(twilio: StandIn, whatsapp: WhatsAppConnector) -> None:
    twilio.account.add_content(
        {"twilio/text": {"body": "Hello {{1}}, parcel {{2}} is here."}}, variables={"2": "?"}
    )
    twilio.account.add_content({"twilio/text": {"body": "A draft"}}, status="unsubmitted")
    [template] = whatsapp.templates()
    values = {"1": "Ben", "2": "7"}

    whatsapp.send(
        outgoing(
            to=Address(space="phone", value=BEN),
            text=template.filled(values),
            template=TemplateUse(template=template, values=values),
        )
    )

    [sms] = sent(twilio)
    assert sms.body == template.filled(values) == "Hello Ben, parcel 7 is here."
    assert [event.status for event in reported(twilio, whatsapp, sms)][-1] is Status.READ


@pytest.mark.parametrize("value", ["", "two\nlines"])
def test_a_value_that_meta_does_not_allow_is_refused(
    value: str, twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    twilio.account.add_content({"twilio/text": {"body": "Hello {{1}}"}})
    [template] = whatsapp.templates()

    with pytest.raises(PermanentFailure, match="missing or not allowed") as refused:
        whatsapp.send(outgoing(template=TemplateUse(template=template, values={"1": value})))

    assert refused.value.code == "21656"


def test_a_template_that_is_gone_is_said_plainly(twilio: StandIn, whatsapp: WhatsAppConnector) -> None:
    gone = Template(external_id="HX" + "0" * 32, name="old", language="en", body="Hello")

    with pytest.raises(PermanentFailure, match="no longer has this template"):
        whatsapp.send(outgoing(template=TemplateUse(template=gone)))


def test_several_files_are_several_messages_and_count_as_one(
    twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    accepted = whatsapp.send(outgoing(files=(PNG, PDF)))

    first, second = sent(twilio)
    assert (first.body, first.media, second.body, second.media) == (
        "It is on its way.",
        [PNG.url],
        "",
        [PDF.url],
    )
    assert (accepted.external_id, accepted.also, accepted.detail) == (first.sid, (second.sid,), "")


@pytest.mark.parametrize(
    "trouble",
    [Trouble(status=429), Trouble(status=500), Trouble(cut=True), Trouble(cut=True, after=True)],
)
def test_what_goes_wrong_after_the_first_part_never_sends_it_again(
    trouble: Trouble, twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    twilio.troubles.extend([Trouble(status=201, body=b'{"sid": "SM1", "status": "queued"}'), trouble])

    accepted = whatsapp.send(outgoing(files=(PDF,)))

    assert accepted.external_id == "SM1"
    assert accepted.detail.startswith("Only 1 of its 2 parts went. ")
    assert len(twilio.asked) == 2


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(status=429, headers={"Retry-After": "7"}), TemporaryFailure),
        (Trouble(status=500), TemporaryFailure),
        (Trouble(status=502), OutcomeUnknown),
        (Trouble(cut=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
        (Trouble(status=401), ChannelBroken),
    ],
)
def test_each_trouble_is_asked_once_and_named(
    trouble: Trouble, error: type[Exception], twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    twilio.troubles.append(trouble)

    with pytest.raises(error):
        whatsapp.send(outgoing())

    assert len(twilio.asked) == 1


def test_what_was_taken_before_the_cut_is_found_by_its_first_report(
    twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    twilio.troubles.append(Trouble(cut=True, after=True))
    with pytest.raises(OutcomeUnknown):
        whatsapp.send(outgoing())

    [sms] = sent(twilio)
    assert sms.callback.startswith("https://inbox.example/hooks/c0ffee?message=m1#")


@pytest.mark.parametrize(
    ("who", "sentence"), [("absent", "not on WhatsApp"), ("blocked", "blocked our number")]
)
def test_somebody_out_of_reach_is_named_but_their_number_is_not_marked(
    who: str, sentence: str, twilio: StandIn, whatsapp: WhatsAppConnector
) -> None:
    """The same number may still take SMS."""
    getattr(twilio.account, who).add(f"whatsapp:{ANA}")
    whatsapp.send(outgoing())

    [failed] = reported(twilio, whatsapp, sent(twilio)[0])

    assert isinstance(failed, DeliveryUpdate)
    assert sentence in failed.reason
    assert not failed.undeliverable


def test_a_number_that_is_no_sender_stops_the_channel(twilio: StandIn, build: Build) -> None:
    with pytest.raises(ChannelBroken, match="no WhatsApp sender"):
        build(api_url=twilio.base, number="+442079460000").send(outgoing())


def test_typing_shows_under_their_latest_message_only(twilio: StandIn, whatsapp: WhatsAppConnector) -> None:
    [theirs] = [each for each in twilio.account.messages if each.inbound]
    ana = Address(space="phone", value=ANA)

    whatsapp.show_typing(ana, active=True, last=theirs.sid)
    whatsapp.show_typing(ana, active=True)
    whatsapp.show_typing(ana, active=False, last=theirs.sid)

    assert twilio.account.typing == [theirs.sid]
    with pytest.raises(ChannelBroken):
        whatsapp.show_typing(ana, active=True, last="SM0")


def test_what_comes_in_is_signed_and_read(twilio: StandIn, whatsapp: WhatsAppConnector) -> None:
    with Web.running() as hook:
        twilio.account.numbers[f"whatsapp:{NUMBER}"].sms_url = hook.url("/")
        twilio.account.add_number(f"whatsapp:{NUMBER}", hook.url("/"))
        picture = ("image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 16)
        sms = twilio.account.receive(f"whatsapp:{ANA}", f"whatsapp:{NUMBER}", "Look", [picture])
        twilio.webhooks.deliver(sms)
        [asked] = hook.asked
        request = Request(body=asked.body, headers=asked.headers, url=hook.url("/"), received_at=AT)

    whatsapp.verify(request)
    [message] = whatsapp.parse(request)

    assert isinstance(message, InboundMessage)
    assert (message.author, message.text) == (Address(space="phone", value=ANA, name="Ana"), "Look")
    assert whatsapp.fetch(message.files[0]).content == picture[1]


def test_the_check_asks_for_the_sender_its_quality_and_its_webhook(
    twilio: StandIn, whatsapp: WhatsAppConnector, build: Build
) -> None:
    health = whatsapp.check()
    assert health.ok
    assert health.lines[1:] == (
        "The sender +44 20 7946 0124 is online.",
        "Meta rates its quality high; it may open 10K Customers/24hr.",
        "Twilio sends its messages to us.",
    )

    sender = twilio.account.numbers[f"whatsapp:{NUMBER}"]
    sender.sms, sender.sms_url = False, "https://elsewhere.example/"
    lines = " ".join(whatsapp.check().lines)
    assert "is offline: The display name was declined." in lines
    assert f"Set its webhook to {whatsapp.channel.hook_url}" in lines

    unknown = build(api_url=twilio.base, number="+442079460000").check()
    assert not unknown.ok
    assert "The account has no WhatsApp sender +44 20 7946 0000." in unknown.lines
    assert not build(api_url=twilio.base, auth_token="changed").check().ok
    assert build(api_url=twilio.base, number="+14155238886").check().ok
    assert not build(api_url=twilio.base, number="").check().ok


def test_the_check_of_a_service_looks_at_where_its_messages_go(twilio: StandIn, build: Build) -> None:
    service = "MG" + "5" * 32
    twilio.account.add_service(service, [f"whatsapp:{NUMBER}"], inbound_request_url="")
    channel = build(api_url=twilio.base, number="", messaging_service_sid=service)

    assert "Twilio sends its messages to nobody" in " ".join(channel.check().lines)
    assert channel.send(outgoing()).external_id == sent(twilio)[0].sid

    twilio.account.services[service].use_inbound_webhook_on_number = True
    assert channel.check().ok


def test_an_account_of_another_names_no_person_here(whatsapp: WhatsAppConnector) -> None:
    with pytest.raises(PermanentFailure, match="another WhatsApp account"):
        whatsapp.send(outgoing(to=Address(space="whatsapp", value="AC9/GB.1")))
    with pytest.raises(PermanentFailure, match="another WhatsApp account"):
        whatsapp.send(outgoing(to=Address(space="whatsapp", value=f"{ACCOUNT}/not an id")))
