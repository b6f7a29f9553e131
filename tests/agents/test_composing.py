"""Which pairs the composer offers, which it begins with, and what its button says."""

from agents import composing
from inbox.models import Agent, Channel, Conversation, Customer, Identity
from tests import factories


def offered(agent: Agent, matter: Conversation) -> list[tuple[str, str]]:
    return [(pair.channel.name, pair.to) for pair in composing.pairs(agent, matter)]


def chosen(agent: Agent, matter: Conversation) -> str:
    found = composing.of(agent, matter).chosen
    return found.to if found else ""


def test_every_pair_whose_spaces_fit_is_offered(
    sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    second = factories.channel("email", name="sales@shop.example")

    assert offered(sam, matter) == [
        ("help@shop.example", "ana@x.example"),
        (second.name, "ana@x.example"),
        ("Shop UK", "+34611204489"),
    ]


def test_a_channel_of_another_desk_is_not_offered(sam: Agent, matter: Conversation) -> None:
    factories.channel("email", name="hr@shop.example", desk=factories.desk("Legal"))

    assert offered(sam, matter) == [("help@shop.example", "ana@x.example")]


def test_an_address_used_only_towards_a_desk_i_may_not_read_is_not_offered(
    sam: Agent, kim: Agent, ana: Customer, matter: Conversation, secret: Conversation
) -> None:
    private = factories.identity(ana, "ana@private.example")
    factories.message(secret, "From my private address", identity=private)

    assert "ana@private.example" not in dict(offered(sam, matter)).values()


def test_the_pair_of_the_last_message_from_them_comes_first(
    sam: Agent,
    matter: Conversation,
    mailbox: Channel,
    ana_mail: Identity,
    number: Channel,
    ana_phone: Identity,
) -> None:
    factories.message(matter, "By SMS", channel=number, identity=ana_phone, occurred_at=factories.at(5))
    factories.reply(matter, sam, channel=mailbox, identity=ana_mail, occurred_at=factories.at(6))

    assert chosen(sam, matter) == "+34611204489"


def test_where_only_we_wrote_our_last_pair_is_taken_again(
    sam: Agent, ana: Customer, mailbox: Channel, ana_mail: Identity, number: Channel, ana_phone: Identity
) -> None:
    matter = factories.conversation(ana)
    factories.reply(matter, sam, channel=number, identity=ana_phone)

    assert chosen(sam, matter) == "+34611204489"


def test_a_proven_address_is_preferred_to_a_claimed_one(sam: Agent, ana: Customer, mailbox: Channel) -> None:
    factories.identity(ana, "ana@claimed.example")
    factories.identity(ana, "ana@proven.example", verified_at=factories.MORNING)

    assert chosen(sam, factories.conversation(ana)) == "ana@proven.example"


def test_what_does_not_work_now_says_why_and_is_not_chosen(
    sam: Agent, matter: Conversation, mailbox: Channel, number: Channel, ana_phone: Identity
) -> None:
    mailbox.state, mailbox.state_reason = "broken", "The password was refused."
    mailbox.save()

    pairs = composing.pairs(sam, matter)

    assert [(pair.channel, pair.blocked) for pair in pairs] == [
        (number, ""),
        (mailbox, "The password was refused."),
    ]
    assert chosen(sam, matter) == "+34611204489"


def test_who_said_stop_is_not_offered(
    sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    ana_phone.opted_out_at = factories.MORNING
    ana_phone.save()

    blocked = {pair.to: pair.blocked for pair in composing.pairs(sam, matter)}

    assert blocked["+34611204489"] == "They asked not to be written to at this address."


def test_nobody_to_write_to_is_no_error(sam: Agent) -> None:
    lost = factories.conversation(factories.customer("Lost"))

    assert composing.of(sam, lost).chosen is None


def test_the_button_names_who_gets_it(
    sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    buttons = [pair.button for pair in composing.pairs(sam, matter)]

    assert buttons == ["Send E-mail to ana@x.example", "Send SMS to …89"]


def test_an_id_nobody_would_recognise_is_shown_as_the_name(sam: Agent, ana: Customer) -> None:
    chat = factories.channel("webchat")
    factories.identity(ana, "v_8f3k2m9x7", space="webchat")

    pair = composing.pairs(sam, factories.conversation(ana))[0]

    assert (pair.channel, pair.to, pair.button) == (chat, "Ana Silva", "Send to Ana Silva in Web chat")


def test_the_subject_answers_the_last_one(sam: Agent, matter: Conversation) -> None:
    assert composing.of(sam, matter).subject == "Re: Order 4417"
