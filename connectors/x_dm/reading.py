"""X's account activity → contract values. Pure. Fields: docs account-activity-api, data objects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from inbox.contract import (
    Address,
    BadPayload,
    Card,
    CardKind,
    Delete,
    File,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
    ReadUpTo,
    Request,
    Typing,
)

SPACE = "x"
POST = "post:"
"""Before the id of a public post, so that it never is a direct message's."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """One request: whose account it is about, and the people it names."""

    us: str
    users: Json
    mentions: bool

    def person(self, user: str, name: str = "") -> Address:
        about = self.users.get(user)
        known = about if isinstance(about, Mapping) else {}
        shown = name or text(known.get("name")) or text(known.get("screen_name"))
        return Address(space=SPACE, value=f"{self.us}/{user}", name=shown[:200])


def events(request: Request, *, user_id: str, mentions: bool) -> list[InboundEvent]:
    """All events of a request. Raises BadPayload for what is no account activity."""
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadPayload(f"The body is not JSON: {str(error)[:100]}.") from error
    if not isinstance(data, Mapping):
        raise BadPayload("The body is not a JSON object.")
    key = hashlib.sha256(request.body).hexdigest()[:32]
    if text(data.get("for_user_id")) not in {"", user_id}:
        return [Ignored(event_key=key, reason="It is about another account of the app.")]
    users = data.get("users")
    heard = Heard(user_id, users if isinstance(users, Mapping) else {}, mentions)
    try:
        found = list(_all(data, heard))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise BadPayload(f"X's event has another form than documented: {str(error)[:100]}.") from error
    return found or [
        Ignored(event_key=key, reason=f"Nothing for us: {', '.join(sorted(map(str, data)))[:100]}.")
    ]


def _all(data: Json, heard: Heard) -> Iterator[InboundEvent]:
    for each in data.get("direct_message_events") or ():
        yield _message(each, heard)
    for each in data.get("direct_message_indicate_typing_events") or ():
        if text(each["sender_id"]) != heard.us:
            key = f"typing:{each['sender_id']}:{each['created_timestamp']}"
            yield Typing(event_key=key, author=heard.person(text(each["sender_id"])))
    for each in data.get("direct_message_mark_read_events") or ():
        if text(each["sender_id"]) != heard.us:
            key = f"read:{each['sender_id']}:{each['last_read_event_id']}"
            reader = heard.person(text(each["sender_id"]))
            yield ReadUpTo(event_key=key, occurred_at=_moment(each["created_timestamp"]), reader=reader)
    for each in data.get("tweet_create_events") or ():
        yield _post(each, heard)
    for each in data.get("tweet_delete_events") or ():
        number = text(each["status"]["id"])
        yield Delete(
            event_key=f"gone:{number}",
            occurred_at=_moment(each.get("timestamp_ms")),
            external_id=f"{POST}{number}",
        )


def _message(event: Json, heard: Heard) -> InboundEvent:
    number = text(event["id"])
    if event.get("type") != "message_create":
        return Ignored(event_key=number, reason=f"“{text(event.get('type'))[:60]}” is not a type we know.")
    said = event["message_create"]
    sender, recipient = text(said["sender_id"]), text(said["target"]["recipient_id"])
    data, ours = said["message_data"], sender == heard.us
    files, written = _media(data), _words(data)
    pressed = data.get("quick_reply_response")
    cards = (Card(kind=CardKind.CHOICE, title=written),) if pressed and written else ()
    if not (written or files):
        kind = text((data.get("attachment") or {}).get("type")) or "a message without content"
        cards = (Card(kind=CardKind.UNSUPPORTED, text=kind[:60]),)
    return InboundMessage(
        event_key=number,
        occurred_at=_moment(event.get("created_timestamp")),
        external_id=number,
        author=heard.person(sender),
        to=(heard.person(recipient),) if ours else (),
        proof=Proof.PROVEN,
        text="" if pressed else written,
        files=files,
        cards=cards,
        echo=ours,
    )


def _post(post: Json, heard: Heard) -> InboundEvent:
    """A post that names us, or an answer to one of ours: a public thread. Retweets and our own new posts are none."""
    number, author = text(post["id_str"]), text(post["user"]["id_str"])
    answered = text(post.get("in_reply_to_status_id_str"))
    ours = author == heard.us
    if not heard.mentions or post.get("retweeted_status") or (ours and not answered):
        return Ignored(event_key=f"{POST}{number}", reason="A post that is no mention, or mentions are off.")
    full = post.get("extended_tweet") or {}
    written = _words(
        {
            "text": full.get("full_text") or post["text"],
            "entities": full.get("entities") or post.get("entities"),
        }
    )
    customer = heard.person(text(post.get("in_reply_to_user_id_str"))) if ours else None
    return InboundMessage(
        event_key=f"{POST}{number}",
        occurred_at=_moment(post.get("timestamp_ms")),
        external_id=f"{POST}{number}",
        author=heard.person(author, text(post["user"].get("name"))),
        to=(customer,) if customer else (),
        proof=Proof.PROVEN,
        text=written,
        cards=(
            Card(
                kind=CardKind.POST,
                title="@" + text(post["user"].get("screen_name")),
                url=f"https://x.com/i/status/{number}",
            ),
        ),
        thread_key=f"{POST}{answered or number}",
        in_reply_to=f"{POST}{answered}" if answered else "",
        public=True,
        echo=ours,
    )


def _words(data: Json) -> str:
    """X escapes &, < and >, and shortens links; the link to a message's own picture says nothing."""
    written = text(data.get("text"))
    for each in (data.get("entities") or {}).get("urls") or ():
        written = written.replace(text(each.get("url")), text(each.get("expanded_url")))
    media = (data.get("attachment") or {}).get("media") or {}
    if media.get("expanded_url"):
        written = written.replace(text(media["expanded_url"]), "")
    if media.get("url"):
        written = written.replace(text(media["url"]), "")
    return unescape(written).strip()


def _media(data: Json) -> tuple[File, ...]:
    media = (data.get("attachment") or {}).get("media")
    if not isinstance(media, Mapping):
        return ()
    variants = [
        each
        for each in (media.get("video_info") or {}).get("variants") or ()
        if each.get("bitrate") is not None
    ]
    if variants:
        best = max(variants, key=lambda each: int(each["bitrate"]))
        return (File(name="video.mp4", content_type=text(best["content_type"]), url=text(best["url"])),)
    return (File(name="picture.jpg", content_type="image/jpeg", url=text(media.get("media_url_https"))),)


def _moment(milliseconds: object) -> datetime | None:
    return datetime.fromtimestamp(int(text(milliseconds)) / 1000, UTC) if milliseconds else None


def text(value: object) -> str:
    """A text or a number as text; "" for anything else. Without NUL and lone surrogates, which PostgreSQL does not store."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\0", "").encode(errors="replace").decode()
