"""The outbound engine: claims due deliveries, talks to connectors over a pool of threads, writes down what came of it.

Nothing is sent inside a transaction; a worker that dies leaves `sending`, which becomes `unknown` and is never resent blindly.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.db.models import Prefetch

from inbox import blobs, cards, reach, registry, signing
from inbox.actions import channels, deliver, links, proving, traffic, windows
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    Connector,
    ContractError,
    File,
    Nature,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    Status,
    TemporaryFailure,
)
from inbox.models import Attachment, Delivery, Message, Participant, Purpose
from inbox.models.messages import Direction

log = logging.getLogger(__name__)

THREADS = 20
REFERENCES = 20
# What a connector may take for one message. Longer than its own limits, which know better what became of the message.
SEND_WITHIN = timedelta(seconds=90)


def send_due(*, limit: int = THREADS) -> int:
    """Send what is due, one batch; gives how many were tried. Each result is written as it comes.

    What takes longer than SEND_WITHIN is unknown for now; its thread goes on alone and writes down how it ended.
    """
    ids = deliver.claim(limit=limit)
    if not ids:
        return 0
    try:
        work = _load(deliver.withhold_refused(ids))
        deliver.set_references(
            {item.message_id: made.reference_id for item, _connector, made in work if made.reference_id}
        )
        for item, _connector, made in work:
            if made.reply_handle:
                windows.spend_handle(
                    channel_id=item.channel_id, identity_id=item.identity_id, handle=made.reply_handle
                )
    except Exception:
        deliver.give_back(ids)  # or they would count as perhaps sent
        raise
    pool = ThreadPoolExecutor(max_workers=min(THREADS, len(work) or 1), thread_name_prefix="send")
    under_way = {pool.submit(_try, one): one[0] for one in work}
    try:
        _collect(under_way)
    finally:
        for future, item in under_way.items():
            future.add_done_callback(partial(_write_down_late, item))
        pool.shutdown(wait=False)
    return len(ids)


def _collect(under_way: dict[Future[Accepted | ContractError], Delivery]) -> None:
    """Write down the results in the order they come; what has not come in time stays in `under_way`."""
    try:
        for done in as_completed(list(under_way), timeout=SEND_WITHIN.total_seconds()):
            _write_down(under_way[done], done.result())
            del under_way[done]
    except TimeoutError:
        for item in under_way.values():
            deliver.settle(
                item.pk,
                status=Status.UNKNOWN,
                code="slow",
                reason="The sending takes unusually long; whether it will arrive is not known yet.",
            )


def _write_down_late(item: Delivery, done: Future[Accepted | ContractError]) -> None:
    """For the thread that sent it, when nobody waits for it any more."""
    try:
        _write_down(item, done.result())
    finally:
        close_old_connections()


_Work = tuple[Delivery, Connector, OutboundMessage]


def _load(ids: Sequence[int]) -> list[_Work]:
    people = Participant.objects.select_related("identity")
    deliveries = (
        Delivery.objects.filter(pk__in=ids)
        .select_related(
            "channel", "identity", "message__author", "message__conversation", "message__in_reply_to"
        )
        .prefetch_related(
            Prefetch("message__participants", queryset=people),
            Prefetch("message__attachments", queryset=Attachment.objects.select_related("blob")),
        )
        .order_by("pk")
    )
    work: list[_Work] = []
    for item in deliveries:
        try:
            connector = registry.connector_for(item.channel)
            work.append((item, connector, outbound(item, connector)))
        except ContractError as error:
            _write_down(item, error)
        except OSError as error:
            deliver.settle(item.pk, status=Status.FAILED, code="prepare", reason=str(error))
        except Exception:  # with one message, which must not hold up the others
            log.exception("Delivery %s could not be prepared", item.pk)
            _write_down(item, TemporaryFailure("It could not be prepared because of a fault of ours."))
    return work


def outbound(item: Delivery, connector: Connector) -> OutboundMessage:
    """The message as the connector gets it. Raises FileNotFoundError when an attachment's bytes are gone."""
    message = item.message
    roles: dict[str, list[Address]] = {}
    for participant in message.participants.all():
        person = participant.identity
        roles.setdefault(participant.role, []).append(
            Address(space=person.space, value=person.value, name=person.name)
        )
    conversation, now = message.conversation, reach.of(item.channel, item.identity)
    here = conversation.channel_id == item.channel_id and not message.private
    quoted = _quoted(message) if connector.capabilities.subject else None
    text, html = links.fill(message.text, message.html, identity=item.identity, desk_id=item.channel.desk_id)
    return OutboundMessage(
        key=f"delivery-{item.pk}",
        public_id=message.public_id,
        to=Address(space=item.identity.space, value=item.identity.value, name=item.identity.name),
        text=text,
        html=html if "html" in connector.capabilities.formats else "",
        subject=message.subject,
        cc=tuple(roles.get("cc", ())),
        bcc=tuple(roles.get("bcc", ())),
        files=tuple(_file(attachment) for attachment in message.attachments.all()),
        reference_id=connector.reference_for(message.public_id),
        references=_references(message),
        reply_token=signing.make_reply_token(message.conversation_id, item.identity_id),
        author_name=message.author.name if message.author else "",
        nature=Nature(message.nature),
        quoted_text=links.shown(quoted.text) if quoted else "",
        in_reply_to=_answered(message),
        thread_key=conversation.thread_key if here else "",
        public=conversation.public and here,
        private=message.private,
        late=now.mode == reach.Mode.LATE,
        template=cards.use_from_json(message.template) if message.template else None,
        choices=tuple(message.choices),
        reply_handle=now.handle,
        unsubscribe_url=signing.make_unsubscribe_link(item.identity_id, message.purpose)
        if message.purpose != Purpose.SERVICE
        else "",
    )


def _file(attachment: Attachment) -> File:
    return File(
        name=attachment.name,
        content_type=attachment.content_type,
        content=blobs.read(attachment.blob) if attachment.blob else b"",
        url=signing.make_file_link(attachment.public_id),
        size=attachment.size,
        content_id=attachment.content_id,
        inline=attachment.inline,
    )


def _answered(message: Message) -> str:
    """The provider's id of the one message this answers, if that is of the same channel."""
    answered = message.in_reply_to
    return (answered.external_id or "") if answered and answered.channel_id == message.channel_id else ""


def _references(message: Message) -> tuple[str, ...]:
    """The ids of the conversation's latest messages on this channel, oldest first."""
    earlier = Message.objects.filter(
        conversation=message.conversation_id, channel=message.channel_id
    ).exclude(reference_id="")
    ids = (
        earlier.filter(occurred_at__lte=message.occurred_at)
        .exclude(pk=message.pk)
        .order_by("-occurred_at", "-pk")
    )
    return tuple(reversed(ids.values_list("reference_id", flat=True)[:REFERENCES]))


def _quoted(message: Message) -> Message | None:
    if message.in_reply_to is not None:
        return message.in_reply_to
    earlier = Message.objects.filter(
        conversation=message.conversation_id,
        channel=message.channel_id,
        direction=Direction.INBOUND,
        nature="person",
    )
    return earlier.order_by("-occurred_at", "-pk").first()


def _try(work: _Work) -> Accepted | ContractError:
    """Send one message. Never raises: what a connector raises against its contract counts as an unknown outcome."""
    item, connector, message = work
    _failpoint("before_send")
    try:
        refusal = connector.capabilities.refuse(message)
        if refusal:
            return PermanentFailure(refusal, code="capability")
        return connector.send(message)
    except ContractError as error:
        return error
    except Exception:  # a connector's bug must not take the others down
        log.exception("The connector %s failed on delivery %s", connector.kind, item.pk)
        return OutcomeUnknown(
            "Something unexpected happened while sending; whether it arrived is not known.", code="bug"
        )
    finally:
        connector.close()
        close_old_connections()


def _write_down(item: Delivery, result: Accepted | ContractError) -> None:
    _failpoint("before_result")
    values: dict[str, Any]
    match result:
        case Accepted():
            values = {
                "status": result.status,
                "external_id": result.external_id,
                "also": result.also,
                "reason": result.detail,
            }
            traffic.went_out(channel_id=item.channel_id)
            if result.known_as is not None:
                _also_known_as(item, result.known_as)
        case TemporaryFailure():
            values = {"status": Status.QUEUED, "retry_after": result.retry_after}
            if result.whole_channel:
                traffic.hold(channel_id=item.channel_id, wait=result.retry_after)
        case ChannelBroken():
            values = {"status": Status.QUEUED}
            channels.stop_broken(channel_id=item.channel_id, reason=result.reason)
        case OutcomeUnknown():
            values = {"status": Status.UNKNOWN}
        case _:
            values = {"status": Status.FAILED}
    if isinstance(result, ContractError):
        values |= {"code": result.code, "reason": result.reason}
        traffic.trouble(channel_id=item.channel_id, reason=result.reason)
    if isinstance(result, PermanentFailure):
        deliver.note_reach(
            item.identity_id,
            opted_out=result.opted_out,
            undeliverable=result.undeliverable,
            reason=result.reason,
        )
        if result.window_closed:
            windows.close(channel_id=item.channel_id, identity_id=item.identity_id)
    deliver.settle(item.pk, **values)


def _also_known_as(item: Delivery, other: Address) -> None:
    """By taking it the provider told us another address of the same person."""
    proving.attest(author=Address(space=item.identity.space, value=item.identity.value), proofs=[other])


def _failpoint(name: str) -> None:
    """Tests kill the worker at a chosen step (FAILPOINT=before_result): SIGKILL leaves no chance to tidy up."""
    if os.environ.get("FAILPOINT") == name:
        os.kill(os.getpid(), 9)
