"""Who takes part: matters of others in the panel, whom an answer to all adds, and asking before somebody new gets it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client

from agents.templatetags.knowledge import others
from inbox.models import Channel, Conversation, Customer, Desk, Identity, Message, Participant
from tests import factories
from tests.agents.test_composer import reply

Post = Callable[..., HttpResponse]


def matter_with(ana_mail: Identity, title: str, **more: object) -> Conversation:
    made = factories.conversation(factories.customer("Ben Moss"), title=title, **more)
    said = factories.message(made, "With Ana in copy")
    Participant.objects.create(message=said, identity=ana_mail, role="cc")
    return made


def test_the_panel_links_to_matters_of_others_in_which_they_take_part(
    as_sam: Client, matter: Conversation, ana_mail: Identity
) -> None:
    other = matter_with(ana_mail, "The joint order")

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    part = html.split('id="takes-part"')[1].split("</section>")[0]
    assert "The joint order" in part
    assert "Ben Moss" in part
    assert f'href="/conversations/{other.pk}/"' in part


def test_a_matter_of_a_hidden_desk_is_not_among_them(
    as_sam: Client, as_kim: Client, matter: Conversation, ana_mail: Identity, hr: Desk
) -> None:
    matter_with(ana_mail, "The dismissal", desk=hr)

    assert 'id="takes-part"' not in as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert "The dismissal" in as_kim.get(f"/conversations/{matter.pk}/").content.decode()


def test_where_only_a_hidden_address_takes_part_is_not_said(
    as_sam: Client, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    hidden = factories.identity(ana, "ana.private@x.example")
    factories.message(factories.conversation(ana, desk=hr), "Between us", identity=hidden)
    factories.message(factories.conversation(factories.customer("Kay"), desk=hr), "x", identity=hidden)

    assert 'id="takes-part"' not in as_sam.get(f"/conversations/{matter.pk}/").content.decode()


def mailed(matter: Conversation, mailbox: Channel, ana_mail: Identity) -> Message:
    """Ana wrote to us, to Ben, and with Cleo in copy."""
    said = factories.message(matter, "All of us", channel=mailbox, identity=ana_mail)
    for name, role in (("Ben, Moss", "to"), ("Cleo", "cc")):
        who = factories.identity(factories.customer(name), f"{name[:3].lower()}@x.example", name=name)
        Participant.objects.create(message=said, identity=who, role=role)
    return said


def test_an_answer_to_all_shows_whom_it_adds(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    said = mailed(matter, mailbox, ana_mail)

    assert others(said) == '"Ben, Moss" <ben@x.example>, Cleo <cle@x.example>'
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert 'data-people="&quot;Ben, Moss&quot; &lt;ben@x.example&gt;, Cleo &lt;cle@x.example&gt;"' in html
    assert html.count("data-people=") == 1


def test_a_channel_without_copies_has_no_answer_to_all(
    matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    assert others(mailed(matter, number, ana_phone)) == ""


def test_somebody_new_is_asked_about_once(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(matter, mailbox, ana_mail, cc="Dora <dora@x.example>")
    path = f"/conversations/{matter.pk}/send/"

    asked = post(path, **values)

    assert asked.status_code == 409
    assert "Dora · dora@x.example" in asked.content.decode()
    assert post(path, **values, confirmed="recipients").status_code == 200
    again = reply(matter, mailbox, ana_mail, cc="Dora <dora@x.example>") | {"client_key": "again"}
    assert post(path, **again).status_code == 200


def test_who_took_part_before_is_not_asked_about(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    mailed(matter, mailbox, ana_mail)

    values = reply(matter, mailbox, ana_mail, cc="ben@x.example, cle@x.example") | {"newest": ""}

    assert post(f"/conversations/{matter.pk}/send/", **values).status_code == 200


def test_without_scripts_the_question_is_a_page(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    answer = as_sam.post(
        f"/conversations/{matter.pk}/send/", reply(matter, mailbox, ana_mail, cc="dora@x.example")
    )

    assert answer.status_code == 409
    assert 'name="confirmed" value="recipients"' in answer.content.decode()
