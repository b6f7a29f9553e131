"""No mail loop (P11, A10): two mailboxes of ours wired to each other, each with a robot that answers whatever may be answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inbox.contract import Address, InboundMessage, Nature
from tests.connectors.email.conftest import Connect, Desk, mail, outbound
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer, Received


@pytest.fixture
def wired(post_office: MailServer, mailboxes: Dovecot) -> None:
    """What leaves comes in at whom it is for, as between two servers."""

    def deliver(received: Received) -> None:
        for recipient in received.recipients:
            mailboxes.deliver(received.raw, recipient)

    post_office.forward = deliver


class Robot:
    """The least careful auto-responder the product could have: it answers every message of a person, each time."""

    def __init__(self, connector_of: Callable[..., Desk], nature: Nature = Nature.AUTO) -> None:
        self.desk = connector_of()
        self.nature = nature
        self.seen: list[InboundMessage] = []
        self.sent = 0

    def round(self) -> None:
        for request in self.desk.poll():
            for event in self.desk.connector.parse(request):
                if isinstance(event, InboundMessage):
                    self.seen.append(event)
                    if event.nature is Nature.PERSON:
                        self.answer(event)

    def answer(self, event: InboundMessage) -> None:
        self.sent += 1
        connector = self.desk.connector
        public_id = f"{'r' * 20}{self.sent:02d}"
        connector.send(
            outbound(
                to=event.customer or event.author,
                subject=f"Re: {event.subject}",
                nature=self.nature,
                public_id=public_id,
                reference_id=connector.reference_for(public_id),
                references=(event.reference_id,) if event.reference_id else (),
            )
        )


def desk_of(
    connect: Connect, address: str, public_url: str = "https://inbox.shop.example"
) -> Callable[[], Desk]:
    def build() -> Desk:
        made = Desk(connect(public_url=public_url, address=address))
        made.poll()
        return made

    return build


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(
    "url", ["https://inbox.shop.example", "https://inbox.partner.example", "http://localhost:8000"]
)
def test_two_robots_of_ours_stop_after_one_answer(
    connect: Connect, mailboxes: Dovecot, url: str, help_address: str
) -> None:
    # given: two mailboxes, of one installation or of two
    one = Robot(desk_of(connect, f"one-{help_address}"))
    two = Robot(desk_of(connect, f"two-{help_address}", url))
    # when: the first hears from a person, who is the second
    mailboxes.deliver(mail(From=f"two-{help_address}", To=f"one-{help_address}"), f"one-{help_address}")
    for _ in range(6):
        one.round()
        two.round()
    # then
    assert (one.sent, two.sent) == (1, 0)
    assert [event.nature for event in two.seen] == [Nature.AUTO]


@pytest.mark.usefixtures("wired")
def test_two_mailboxes_of_one_house_stop_even_if_a_robot_passes_for_a_person(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    one = Robot(desk_of(connect, f"one-{help_address}"), Nature.PERSON)
    two = Robot(desk_of(connect, f"two-{help_address}"), Nature.PERSON)

    mailboxes.deliver(mail(From=f"two-{help_address}", To=f"one-{help_address}"), f"one-{help_address}")
    for _ in range(6):
        one.round()
        two.round()

    assert one.sent + two.sent == 1


@pytest.mark.usefixtures("wired")
def test_a_mailbox_that_forwards_to_itself_hears_nothing(connect: Connect, help_address: str) -> None:
    robot = Robot(desk_of(connect, help_address), Nature.PERSON)
    me = Address(space="email", value=help_address)

    robot.desk.connector.send(
        outbound(to=me, reference_id=robot.desk.connector.reference_for("s" * 22), public_id="s" * 22)
    )
    for _ in range(3):
        robot.round()

    assert robot.seen == []
    assert robot.sent == 0


@pytest.mark.usefixtures("wired")
def test_our_own_address_as_reply_address_makes_no_loop(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    robot = Robot(desk_of(connect, help_address))

    mailboxes.deliver(mail(From=help_address, Reply_To=help_address, To=help_address), help_address)
    for _ in range(4):
        robot.round()

    assert robot.sent == 0


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Subject": "Automatic reply: Parcel", "X_Auto_Response_Suppress": "All"},
        {"Precedence": "bulk"},
        {"From": "MAILER-DAEMON@mx.customer.example"},
    ],
)
def test_robots_of_others_are_never_answered(
    connect: Connect, mailboxes: Dovecot, help_address: str, headers: dict[str, str]
) -> None:
    robot = Robot(desk_of(connect, help_address))

    mailboxes.deliver(mail(**headers), help_address)
    robot.round()

    assert len(robot.seen) == 1
    assert robot.sent == 0
