"""What an agent sends: the pair, the checks before it leaves, once and only once, and what it does to the conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.actions import channels, conversations, deliver, drafts, files, identify, moving, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Changed, Refused
from inbox.contract import Address, File
from inbox.models import Agent, Channel, Conversation, Delivery, Draft, Identity, Mention, Message, ReadMark
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive
from tests.inbox.outbox import TestConnector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]


@pytest.fixture
def site() -> Channel:
    return factories.channel("outbox", name="Site")


@pytest.fixture
def mail() -> Channel:
    return factories.channel("maillike", name="Mail", brand="Northwool")


def answer(sam: Agent, message: Message, text: str = "On it", *, key: str = "key-1", **more: Any) -> Message:
    """Reply to this message on its own pair."""
    rest = {name: more.pop(name) for name in ("resolve", "seen") if name in more}
    values = {"channel": message.channel, "identity": message.identity, "text": text} | more
    return reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=Composition(**values),
        client_key=key,
        **rest,
    )


def fresh(message: Message) -> Conversation:
    return Conversation.objects.get(messages=message.pk)


def test_a_reply_waits_in_the_outbox_for_the_undo_delay_of_its_channel(site: Channel, sam: Agent) -> None:
    sent = answer(sam, arrive(site))

    assert sent.delivery.status == "queued"
    assert sent.delivery.not_before - sent.occurred_at == TestConnector.capabilities.undo_delay
    assert (sent.direction, sent.author) == ("outbound", sam)


def test_a_reply_settles_what_waited_takes_the_matter_on_and_marks_it_read(site: Channel, sam: Agent) -> None:
    first = arrive(site)

    sent = answer(sam, first)

    conversation = fresh(first)
    assert (conversation.waiting_since, conversation.assignee) == (None, sam)
    assert (conversation.preview, conversation.preview_by) == ("On it", "outbound")
    assert ReadMark.objects.get(agent=sam, conversation=conversation).message_id == sent.pk


def test_a_reply_does_not_take_a_matter_from_a_colleague(site: Channel, sam: Agent, kim: Agent) -> None:
    first = arrive(site)
    conversations.assign(agent=kim, conversation_ids=[first.conversation_id], assignee=kim, team=None)

    answer(sam, first)

    assert fresh(first).assignee == kim


def test_the_same_client_key_twice_is_one_message(site: Channel, sam: Agent) -> None:
    first = arrive(site)

    one, two = answer(sam, first), answer(sam, first, "On it, really")

    assert one == two
    assert Delivery.objects.count() == 1


def test_two_agents_may_use_the_same_client_key(site: Channel, sam: Agent, kim: Agent) -> None:
    first = arrive(site)

    assert answer(sam, first) != answer(kim, first)


def test_send_and_resolve_is_one_move(site: Channel, sam: Agent) -> None:
    first = arrive(site)

    answer(sam, first, resolve=True)

    assert fresh(first).status == "resolved"


def test_answering_a_resolved_matter_takes_it_up_again(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])

    answer(sam, first)

    assert fresh(first).status == "open"


def test_if_somebody_wrote_meanwhile_nothing_leaves_and_the_news_is_named(
    site: Channel, sam: Agent, kim: Agent
) -> None:
    first = arrive(site)
    news = arrive(site, "Wait, I found it")
    theirs = answer(kim, first, "Looking into it", key="kim-1")

    with pytest.raises(Changed) as stopped:
        answer(sam, first, seen=first.pk)

    assert stopped.value.message_ids == [news.pk, theirs.pk]
    assert not Message.objects.filter(author=sam).exists()


def test_what_the_agent_wrote_themselves_does_not_stop_them(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    answer(sam, first, "One", key="a")

    answer(sam, first, "Two", key="b", seen=first.pk)

    assert Message.objects.filter(author=sam).count() == 2


def test_a_paused_channel_refuses_and_says_why(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    channels.pause(actor=sam, channel=site, reason="The number is being moved.")

    with pytest.raises(Refused, match="The number is being moved"):
        answer(sam, first)


def test_an_address_that_said_stop_is_not_written_to(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    identify.consent(address=ANA, allowed=False)

    with pytest.raises(Refused, match="STOP"):
        answer(sam, first)

    identify.consent(address=ANA, allowed=True)
    assert answer(sam, first).delivery.status == "queued"


def test_a_channel_of_another_desk_cannot_answer(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    foreign = factories.channel("outbox", name="HR site", desk=factories.desk("HR"))

    with pytest.raises(Refused, match="another desk"):
        answer(sam, first, channel=foreign)


def test_an_address_of_somebody_else_cannot_be_written_to_from_this_conversation(
    site: Channel, sam: Agent
) -> None:
    first, other = arrive(site), arrive(site, by=BEN)

    with pytest.raises(Refused, match="does not fit"):
        answer(sam, first, identity=other.identity)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": "   "}, "empty"),
        ({"text": "x" * 201}, "201 characters"),
        ({"subject": "Hi"}, "no subject"),
        ({"cc": (Address(space="sandbox", value="boss"),)}, "no Cc"),
    ],
)
def test_what_the_channel_cannot_do_is_refused_before_anything_is_written(
    site: Channel, sam: Agent, change: dict[str, Any], sentence: str
) -> None:
    first = arrive(site)

    with pytest.raises(Refused, match=sentence):
        answer(sam, first, **change)

    assert Message.objects.count() == 1


def test_an_uploaded_file_leaves_with_the_message_and_only_once(
    site: Channel, sam: Agent, kim: Agent
) -> None:
    first = arrive(site)
    mine = files.upload(agent=sam, file=File(name="a.txt", content_type="text/plain", content=b"a"))

    with pytest.raises(Refused, match="Attach them again"):
        answer(kim, first, attachments=[mine.public_id])
    sent = answer(sam, first, attachments=[mine.public_id])

    assert [file.name for file in sent.attachments.all()] == ["a.txt"]
    with pytest.raises(Refused, match="Attach them again"):
        answer(sam, first, key="key-2", attachments=[mine.public_id])


def test_a_file_the_channel_does_not_carry_is_refused(site: Channel, sam: Agent) -> None:
    movie = files.upload(agent=sam, file=File(name="a.mov", content_type="video/quicktime", content=b"a"))

    with pytest.raises(Refused, match="type this channel does not carry"):
        answer(sam, arrive(site), attachments=[movie.public_id])


def test_the_subject_of_a_reply_follows_the_conversation(mail: Channel, sam: Agent) -> None:
    first = arrive(mail, subject="Wrong size")

    assert answer(sam, first).subject == "Re: Wrong size"
    assert answer(sam, first, key="b", subject=" Size\nM ").subject == "Size M"


def test_a_first_mail_without_subject_gets_one_that_names_the_brand(mail: Channel, sam: Agent) -> None:
    assert "Northwool" in answer(sam, arrive(mail)).subject


def test_cc_and_bcc_become_participants(mail: Channel, sam: Agent) -> None:
    boss, audit = Address(space="sandbox", value="boss"), Address(space="sandbox", value="audit")

    sent = answer(sam, arrive(mail), cc=[boss], bcc=[audit])

    roles = {(p.role, p.identity.value) for p in sent.participants.select_related("identity")}
    assert roles == {("to", "ana"), ("cc", "boss"), ("bcc", "audit")}


def test_a_reply_may_go_to_a_third_party_who_takes_part(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    theirs = arrive(site, by=BEN, thread_key="")
    moving_target = fresh(first)
    Message.objects.filter(pk=theirs.pk).update(conversation=moving_target, customer=moving_target.customer)

    sent = answer(sam, first, identity=theirs.identity)

    assert sent.identity == theirs.identity


def test_send_later_leaves_no_sooner(site: Channel, sam: Agent) -> None:
    tomorrow = timezone.now() + timedelta(days=1)

    sent = answer(sam, arrive(site), not_before=tomorrow)

    assert sent.delivery.not_before == tomorrow


def test_undo_send_takes_back_what_has_not_left_and_only_ones_own(
    site: Channel, sam: Agent, kim: Agent
) -> None:
    sent = answer(sam, arrive(site))

    with pytest.raises(Refused, match="Too late"):
        deliver.cancel(agent=kim, message_id=sent.pk)
    deliver.cancel(agent=sam, message_id=sent.pk)

    sent.delivery.refresh_from_db()
    assert sent.delivery.status == "cancelled"
    with pytest.raises(Refused, match="Too late"):
        deliver.cancel(agent=sam, message_id=sent.pk)


def test_what_was_taken_back_leaves_the_matter_as_it_was(site: Channel, sam: Agent) -> None:
    # Given somebody who waits, and an answer that also resolves the matter
    first = arrive(site, "Where is it?")
    before = fresh(first)
    sent = answer(sam, first, resolve=True)
    assert (fresh(first).status, fresh(first).waiting_since) == ("resolved", None)

    # When it is taken back
    deliver.cancel(agent=sam, message_id=sent.pk)

    # Then they wait as before, and the list shows their words
    after = fresh(first)
    assert (after.status, after.main, after.resolved_at) == ("open", True, None)
    assert after.waiting_since == before.waiting_since
    assert (after.preview, after.preview_by) == ("Where is it?", "inbound")
    assert after.last_activity == before.last_activity


def test_taking_back_opens_nothing_that_was_resolved_before(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    sent = answer(sam, first)
    assert fresh(first).status == "open"

    deliver.cancel(agent=sam, message_id=sent.pk)

    assert fresh(first).status == "resolved"


def test_taking_back_leaves_what_somebody_has_changed_since(site: Channel, sam: Agent, kim: Agent) -> None:
    first = arrive(site)
    sent = answer(sam, first, resolve=True)
    status.snooze(agent=kim, conversation_ids=[first.conversation_id], until=None)

    deliver.cancel(agent=sam, message_id=sent.pk)

    assert (fresh(first).status, fresh(first).waiting_since) == ("snoozed", first.received_at)


def test_of_a_matter_with_nothing_but_what_was_taken_back_nothing_is_shown(site: Channel, sam: Agent) -> None:
    identity = factories.identity(factories.customer("Ben"), "ben", space="sandbox")
    composition = Composition(channel=site, identity=identity, text="Hello")
    sent = reply.start(
        agent=sam,
        customer_id=identity.customer_id,
        desk=site.desk,
        composition=composition,
        client_key="s",
    )

    deliver.cancel(agent=sam, message_id=sent.pk)

    assert fresh(sent).preview == ""


def test_markdown_becomes_safe_html(site: Channel, sam: Agent) -> None:
    sent = answer(sam, arrive(site), "**Yes** <script>alert(1)</script> [x](javascript:alert(1))")

    assert "<strong>Yes</strong>" in sent.html
    assert "<script" not in sent.html
    assert 'href="javascript' not in sent.html


def test_a_note_stays_inside_and_mentions_only_those_who_may_read_it(
    site: Channel, sam: Agent, kim: Agent
) -> None:
    hr = factories.desk("HR", restricted=True, members=(sam,))
    secret = arrive(factories.channel("outbox", name="HR", desk=hr))

    note = reply.note(
        agent=sam,
        conversation_id=secret.conversation_id,
        text="@Kim look",
        client_key="n",
        mentions=[kim, sam],
    )

    assert not Delivery.objects.exists()
    assert [mention.agent for mention in Mention.objects.filter(message=note)] == [sam]


def test_an_empty_note_is_refused(site: Channel, sam: Agent) -> None:
    with pytest.raises(Refused, match="empty"):
        reply.note(agent=sam, conversation_id=arrive(site).conversation_id, text=" ", client_key="n")


def test_a_note_changes_neither_waiting_nor_preview(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Where is it?")

    reply.note(agent=sam, conversation_id=first.conversation_id, text="Ask Kim", client_key="n")

    assert fresh(first).waiting_since == first.received_at
    assert fresh(first).preview == "Where is it?"


def test_the_agent_writes_first_into_the_open_matter_or_a_new_one(site: Channel, sam: Agent) -> None:
    customer = reply.customer_at(address=BEN)
    identity = Identity.objects.get(value="ben")
    composition = Composition(channel=site, identity=identity, text="Your order is here")

    one = reply.start(
        agent=sam, customer_id=customer.pk, desk=site.desk, composition=composition, client_key="1"
    )
    two = reply.start(
        agent=sam, customer_id=customer.pk, desk=site.desk, composition=composition, client_key="2"
    )

    assert one.conversation_id == two.conversation_id
    assert fresh(one).assignee == sam


def test_a_draft_follows_the_agent_and_goes_when_the_reply_is_sent(
    site: Channel, sam: Agent, kim: Agent
) -> None:
    first = arrive(site)
    conversation = fresh(first)
    drafts.save(agent=sam, conversation=conversation, kind="reply", data={"text": "Dear A", "evil": "x"})
    drafts.save(agent=kim, conversation=conversation, kind="reply", data={"text": "Mine"})
    assert Draft.objects.get(agent=sam).data == {"text": "Dear A"}

    answer(sam, first)

    assert [draft.agent for draft in Draft.objects.all()] == [kim]
    drafts.save(agent=kim, conversation=conversation, kind="reply", data={"text": "  "})
    assert not Draft.objects.exists()


def test_split_off_messages_make_a_matter_beside(site: Channel, sam: Agent) -> None:
    first, second = arrive(site, "Refund?"), arrive(site, "Sweater?")

    beside = moving.split(agent=sam, message_ids=[second.pk], title="Sweater")

    assert (beside.main, beside.title, beside.preview) == (False, "Sweater", "Sweater?")
    assert fresh(first).preview == "Refund?"
    with pytest.raises(Refused, match="one conversation"):
        moving.split(agent=sam, message_ids=[first.pk, second.pk])


def test_a_message_cannot_be_moved_to_somebody_elses_matter(site: Channel, sam: Agent) -> None:
    mine, theirs = arrive(site), arrive(site, by=BEN)

    with pytest.raises(Refused, match="same customer"):
        moving.move(agent=sam, message_id=mine.pk, conversation_id=theirs.conversation_id)
