"""A fetched mail → the contract's values. Pure: reads no mailbox, knows no thread. Reports about our own mails: reports.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.email import message_ids, people
from connectors.email.addressing import as_identity, tokens_in_text
from connectors.email.composing import SENT_BY
from connectors.email.line import JUNK, SENT
from connectors.email.reading import ParsedMail, Part
from inbox.contract import (
    Address,
    DeliveryUpdate,
    File,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Request,
    Status,
)

_MOST_FILES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One fetched mail with everything known about it."""

    request: Request
    parsed: ParsedMail
    external_id: str

    @classmethod
    def of(cls, request: Request, parsed: ParsedMail) -> Mail:
        usable = message_ids.usable(parsed.message_id)
        key = message_ids.key(usable, request.body, whole_size=int(request.header("x-size") or 0))
        # Nothing came but that there is a mail: its place is all there is to tell it by.
        place = f"{request.header('x-folder')}/{request.header('x-uid')} " if not request.body else ""
        return cls(request=request, parsed=parsed, external_id=f"{place}{key}")

    def header(self, name: str) -> str:
        return next((value for known, value in self.parsed.headers if known.lower() == name.lower()), "")

    @property
    def addresses(self) -> list[str]:
        """Everywhere an address of ours can stand: a reply in Cc, or expanded by a list, is still a reply (chatwoot#15365)."""
        listed = [*self.parsed.to, *self.parsed.cc, *self.parsed.bcc]
        return [*(mailbox.address for mailbox in listed), *self.parsed.delivered_to]


def event(mail: Mail, context: people.Context) -> InboundEvent:
    """The message a mail is, news about one of ours, or why it is neither."""
    if mail.request.header("x-role") == SENT:
        return _sent_by_us(mail) if _is_ours(mail, context) else _written_elsewhere(mail, context)
    if _is_ours(mail, context):
        # A forward, a list, a Bcc to ourselves: the loop ends here (P11 of trust).
        return _nothing(mail, "A mail of our own that came back.")
    return _message(mail, context)


def _nothing(mail: Mail, reason: str) -> Ignored:
    return Ignored(event_key=mail.external_id, occurred_at=arrived(mail), reason=reason)


def _is_ours(mail: Mail, context: people.Context) -> bool:
    """Whether this product wrote it: our Message-ID, or our own header in a mail from us (servers replace Message-IDs)."""
    public_id = message_ids.public_id_of(message_ids.usable(mail.parsed.message_id), context.own.main)
    _house, address = _sent_by(mail)
    return bool(public_id) or (address == context.own.main and mail.parsed.from_.address in context.own)


def _sent_by_us(mail: Mail) -> InboundEvent:
    """The copy a server keeps of what it sent for us settles a sending whose outcome was not known. Old copies say nothing new."""
    reference = message_ids.usable(mail.parsed.message_id)
    old = mail.request.header("x-historical") or mail.request.header("x-not-before")
    if old or not reference:
        return _nothing(mail, "The server's copy of a mail of ours.")
    return DeliveryUpdate(event_key=mail.external_id, external_id=reference, status=Status.SENT)


def _sent_by(mail: Mail) -> tuple[str, str]:
    """The house and the address that our own mails name."""
    house, address, *_rest = [*mail.header(SENT_BY).split(), "", ""]
    return house, address


def _written_elsewhere(mail: Mail, context: people.Context) -> InboundEvent:
    """A reply from another mail program, found in the Sent folder: joins the thread as ours."""
    author = as_identity(mail.parsed.from_.address, mail.parsed.from_.name)
    to, cc = (
        people.others(mail.parsed.to, context),
        people.others((*mail.parsed.cc, *mail.parsed.bcc), context),
    )
    if author is None or author.value not in context.own or not (to or cc):
        return _nothing(mail, "In the Sent folder, but not from us to somebody.")
    return _built(
        mail,
        context,
        author=author,
        to=to or cc,
        cc=cc if to else (),
        nature=Nature(mail.parsed.auto),
        echo=True,
        customer=(to or cc)[0],
    )


def _message(mail: Mail, context: people.Context) -> InboundEvent:
    parsed = mail.parsed
    author = as_identity(parsed.from_.address, parsed.from_.name) or people.stand_in(parsed)
    to, cc = people.others(parsed.to, context), people.others((*parsed.cc, *parsed.bcc), context)
    nature = _nature(mail, context, author)
    from_us = author.value in context.own
    machine = people.is_machine(author, context)
    customer: Address | None = None
    if machine or from_us:
        customer = people.reply_to(parsed, context)
        # A form writes to us; in our own mail to somebody such a field is a line of a signature.
        if customer is None and (machine or not to):
            customer = people.in_fields(parsed.text, context)
        machine = machine or customer is not None
    if machine and parsed.bounce is None:
        nature = nature if nature == Nature.SPAM else Nature.PERSON
    else:
        customer = None
        if from_us and to and context.settings.sent_folder:
            return _nothing(mail, "Our own mail to somebody: read from the Sent folder.")
        nature = Nature.AUTO if from_us else nature
    return _built(
        mail,
        context,
        author=author,
        to=to,
        cc=cc,
        nature=nature,
        machine=machine or author is people.NOBODY,
        customer=customer,
    )


def _built(
    mail: Mail, context: people.Context, *, author: Address, echo: bool = False, **more: object
) -> InboundMessage:
    parsed = mail.parsed
    return InboundMessage(
        event_key=mail.external_id,
        external_id=mail.external_id,
        occurred_at=_occurred(mail),
        sequence=int(mail.request.header("x-uid") or 0),
        author=author,
        reference_id=message_ids.usable(parsed.message_id),
        references=message_ids.usable_of(parsed.references),
        reply_tokens=tuple(
            dict.fromkeys((*context.own.tokens(mail.addresses), *tokens_in_text(parsed.text, parsed.html)))
        ),
        proof=Proof.UNPROVEN if echo else people.proof(parsed, author),
        subject=parsed.subject,
        text=parsed.text_new,
        html=parsed.html_new,
        full_text=parsed.text,
        full_html=parsed.html,
        files=tuple(_file(part) for part in parsed.attachments[:_MOST_FILES]),
        historical=_is_history(mail),
        notices=_notices(mail, context, author),
        raw=mail.request.body or None,
        echo=echo,
        **more,  # type: ignore[arg-type]  # checked where it is called
    )


def _nature(mail: Mail, context: people.Context, author: Address) -> Nature:
    if mail.request.header("x-role") == JUNK:
        return Nature.SPAM
    house, address = _sent_by(mail)
    of_our_house = address == context.own.main or bool(context.house and house == context.house)
    if (
        mail.parsed.bounce is not None
        or mail.parsed.read_receipt is not None
        or of_our_house
        or author is people.NOBODY
    ):
        # Another mailbox of ours wrote it, or nobody did: kept aside, so that nothing ever answers it.
        return Nature.AUTO
    return Nature(mail.parsed.auto)


def arrived(mail: Mail) -> datetime:
    """When the mail server had it (INTERNALDATE). The Date header is the sender's, and lies."""
    stamp = mail.request.header("x-internaldate")
    return datetime.fromisoformat(stamp) if stamp else mail.request.received_at


def _occurred(mail: Mail) -> datetime:
    """Imported mail often got its arrival time when it was moved here: then its own date, if older, is the better one."""
    had_at, written = arrived(mail), mail.parsed.date
    return written if _is_history(mail) and written is not None and written < had_at else had_at


def _is_history(mail: Mail) -> bool:
    """Imported on purpose; or found again when the server renumbered all mails, and written before the channel began."""
    began, written = mail.request.header("x-not-before"), mail.parsed.date
    before = bool(began and written and written < datetime.fromisoformat(began) - timedelta(days=1))
    return bool(mail.request.header("x-historical")) or before


def _file(part: Part) -> File:
    return File(
        name=part.filename,
        content_type=part.content_type,
        content=part.content,
        size=len(part.content),
        content_id=part.content_id,
        inline=part.inline,
    )


def _notices(mail: Mail, context: people.Context, author: Address) -> tuple[str, ...]:
    """What an agent should know about this mail, in plain sentences."""
    parsed, request = mail.parsed, mail.request
    said = []
    if request.header("x-size"):
        mb = int(request.header("x-size")) // 1_000_000
        said.append(
            f"This mail is {mb} MB, larger than this channel fetches. Only its beginning is here; the whole is in the mailbox."
        )
    if request.header("x-unreadable"):
        said.append(
            f"The mail server did not give us the whole of this mail: {request.header('x-unreadable')}"
        )
    if author is people.NOBODY:
        said.append("This mail does not say whom it is from.")
    if author.value in context.own and request.header("x-role") != SENT:
        said.append("It says it is from our own address. Do not trust it because of that.")
    elsewhere = [each.value for each in people.others(parsed.reply_to, context) if each.value != author.value]
    if elsewhere and not people.is_machine(author, context):
        said.append(f"The sender wants the answer sent to another address: {', '.join(elsewhere[:3])}")
    repaired = (
        f"{problem[:1].upper()}{problem[1:]}." for problem in parsed.problems if author is not people.NOBODY
    )
    return (*said, *repaired)
