"""Sending against the stand-in: what it documents as refused is refused, and nothing is ever sent twice."""

from typing import Any

import pytest

from connectors.standin.wire import Trouble
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.standin.account import Person
from connectors.whatsapp.standin.server import Cloud
from inbox.contract import (
    Address,
    ChannelBroken,
    ContractError,
    File,
    Gesture,
    GestureKind,
    OutcomeUnknown,
    PermanentFailure,
    Template,
    TemplateUse,
    TemporaryFailure,
)
from tests.connectors.whatsapp.conftest import ANA, build, outgoing

PNG = File(name="a.png", content_type="image/png", content=b"\x89PNG\r\n\x1a\n")
PDF = File(name="label.pdf", content_type="application/pdf", content=b"%PDF-1.7")


def template(connector: WhatsAppConnector, name: str) -> Template:
    return next(each for each in connector.templates() if each.name == name)


def test_a_text_arrives_and_is_named_by_us(whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person) -> None:
    accepted = whatsapp.send(outgoing("Hello", reference_id="m1"))

    (sent,) = cloud.account.sent
    assert accepted.external_id == sent.id
    assert (sent.to, sent.named, cloud.account.fate(sent)) == (ana.number, "m1", ("read", 0))


def test_somebody_whose_number_is_hidden_is_reached_by_their_user_id(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person
) -> None:
    ana.hidden = True
    to = Address(space="whatsapp", value=f"{whatsapp.settings.portfolio_id}/{ana.user_id}")

    whatsapp.send(outgoing("Hello", to=to))

    (sent,) = cloud.account.sent
    assert not sent.lost
    assert cloud.account.fate(sent) == ("read", 0)


def test_files_are_uploaded_and_sent_by_their_ids(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person
) -> None:
    accepted = whatsapp.send(outgoing("Both", files=(PNG, PDF)))

    assert [sent.content["type"] for sent in cloud.account.sent] == ["text", "image", "document"]
    assert (accepted.external_id, *accepted.also) == tuple(sent.id for sent in cloud.account.sent)
    assert sorted(content for _, content in cloud.account.media.values()) == sorted(
        [PDF.content, PNG.content]
    )


def test_an_answer_quotes_what_it_answers(whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person) -> None:
    theirs = cloud.account.written[0]["id"]

    whatsapp.send(outgoing("This one", in_reply_to=theirs))

    assert cloud.account.sent[0].content["context"] == {"message_id": theirs}


def test_quoting_what_does_not_exist_is_refused(whatsapp: WhatsAppConnector, ana: Person) -> None:
    with pytest.raises(PermanentFailure) as failed:
        whatsapp.send(outgoing("This one", in_reply_to="wamid.NEVER"))

    assert failed.value.code == "131009"


@pytest.mark.parametrize("choices", [("Yes", "No"), ("Mon", "Tue", "Wed", "Thu")])
def test_buttons_and_lists_are_taken(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person, choices: tuple[str, ...]
) -> None:
    whatsapp.send(outgoing("When?", choices=choices))

    assert len(cloud.account.sent) == 1


def test_templates_are_filled_by_name_and_by_place(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    # given nobody has written, so that only a template reaches anybody
    cloud.account.person(ANA.value)
    named, placed = template(whatsapp, "order_update"), template(whatsapp, "return_label")

    whatsapp.send(
        outgoing(
            "…",
            template=TemplateUse(template=named, values={"name": "Ana", "order": "7", "news": "It left."}),
        )
    )
    whatsapp.send(
        outgoing("…", files=(PDF,), template=TemplateUse(template=placed, values={"1": "Ana", "2": "4711"}))
    )

    assert [cloud.account.fate(sent) for sent in cloud.account.sent] == [("read", 0), ("read", 0)]


def changed(standing: Template, **more: Any) -> TemplateUse:
    return TemplateUse(
        template=Template(
            **{
                name: getattr(standing, name)
                for name in ("external_id", "name", "language", "body", "variables")
            }
            | more
        ),
        values={"name": "Ana", "order": "7", "news": "x"},
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [({"name": "unknown"}, "132001"), ({"language": "de"}, "132001"), ({"variables": ("name",)}, "132000")],
)
def test_a_template_that_is_not_as_meta_has_it_is_refused(
    whatsapp: WhatsAppConnector, cloud: Cloud, more: dict[str, Any], code: str
) -> None:
    use = changed(template(whatsapp, "order_update"), **more)

    with pytest.raises(PermanentFailure) as failed:
        whatsapp.send(outgoing("…", template=use))

    assert failed.value.code == code
    assert cloud.account.sent == []


def test_a_paused_template_is_refused(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    standing = template(whatsapp, "order_update")
    cloud.account.templates[0]["status"] = "PAUSED"

    with pytest.raises(PermanentFailure) as failed:
        whatsapp.send(outgoing("…", template=changed(standing)))

    assert failed.value.code == "132015"


@pytest.mark.parametrize("key", ["phone_number_id"])
def test_a_wrong_number_id_breaks_the_channel(cloud: Cloud, values: dict[str, str], key: str) -> None:
    wrong = build({**values, key: "1", "graph_url": cloud.graph_url})

    with pytest.raises(ChannelBroken) as failed:
        wrong.send(outgoing("Hello"))

    assert failed.value.code == "100/33"


def test_a_revoked_token_breaks_the_channel(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.tokens[whatsapp.settings.access_token].valid = False

    with pytest.raises(ChannelBroken) as failed:
        whatsapp.send(outgoing("Hello"))

    assert failed.value.code == "190/467"


@pytest.mark.parametrize(
    ("trouble", "kind", "sent"),
    [
        (Trouble(429, b"busy", {"Retry-After": "3"}), TemporaryFailure, 0),
        (Trouble(503, b"busy"), TemporaryFailure, 0),
        (Trouble(500, b'{"error": {"code": 2, "message": "x"}}'), TemporaryFailure, 0),
        (Trouble(504, b"gateway", after=True), OutcomeUnknown, 1),
        (Trouble(cut=True, after=True), OutcomeUnknown, 1),
    ],
)
def test_trouble_on_the_way_sends_nothing_twice(
    whatsapp: WhatsAppConnector,
    cloud: Cloud,
    ana: Person,
    trouble: Trouble,
    kind: type[ContractError],
    sent: int,
) -> None:
    cloud.troubles.append(trouble)

    with pytest.raises(kind):
        whatsapp.send(outgoing("Hello"))

    assert len(cloud.account.sent) == sent
    assert len(cloud.asked) == 1


@pytest.mark.parametrize(
    "trouble",
    [Trouble(429, b"busy"), Trouble(cut=True), Trouble(400, b'{"error": {"code": 131009, "message": "x"}}')],
)
def test_a_later_part_that_fails_is_told_and_the_first_is_never_sent_again(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person, trouble: Trouble
) -> None:
    # given two uploads and a first part that go well
    cloud.troubles += [Trouble(200, b'{"id": "1"}'), Trouble(200, b'{"id": "2"}')]
    cloud.troubles += [Trouble(200, b'{"messages": [{"id": "wamid.FIRST"}]}'), trouble]

    accepted = whatsapp.send(outgoing("Both", files=(PNG, PDF)))

    assert accepted.external_id == "wamid.FIRST"
    assert accepted.detail.startswith("Only 1 of 3 parts went. ")
    assert len(cloud.asked) == 4


def test_a_file_that_cannot_be_uploaded_stops_the_whole_message(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person
) -> None:
    odd = File(name="a.xyz", content_type="chemical/x-xyz", content=b"x")

    with pytest.raises(PermanentFailure):
        whatsapp.send(outgoing("Here", files=(PNG, odd)))

    assert cloud.account.sent == []


def test_a_reaction_is_put_on_and_taken_away(whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person) -> None:
    theirs = cloud.account.written[0]["id"]

    for emoji in ("👍", ""):
        whatsapp.perform(Gesture(kind=GestureKind.REACT, to=ANA, external_id=theirs, emoji=emoji))

    assert [sent.content["reaction"]["emoji"] for sent in cloud.account.sent] == ["👍", ""]


def test_reading_and_typing_are_told_about_their_last_message(
    whatsapp: WhatsAppConnector, cloud: Cloud, ana: Person
) -> None:
    theirs = cloud.account.written[0]["id"]

    whatsapp.mark_read(ANA, theirs)
    whatsapp.show_typing(ANA, active=True, last=theirs)
    whatsapp.show_typing(ANA, active=False, last=theirs)
    whatsapp.show_typing(ANA, active=True)

    assert [told.get("typing_indicator") for told in cloud.account.read] == [None, {"type": "text"}]


def test_what_nobody_wrote_cannot_be_marked_read(whatsapp: WhatsAppConnector, ana: Person) -> None:
    with pytest.raises(PermanentFailure):
        whatsapp.mark_read(ANA, "wamid.NEVER")
