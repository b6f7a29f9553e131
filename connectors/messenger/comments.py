"""Comments, visitors' posts and mentions → public messages (docs: graph-api/webhooks/reference/page: feed, mention).

A thread is one comment with the answers under it, or a visitor's post. Answering is posting.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.meta.attachments import file_at, unsupported, web_address
from connectors.meta.heard import Account, ignored
from connectors.meta.reading import Json, mapping, moment, text
from inbox.contract import (
    Address,
    Card,
    CardKind,
    Delete,
    Edit,
    File,
    Hidden,
    InboundEvent,
    InboundMessage,
    Proof,
)

POSTS = frozenset({"post", "status", "photo", "video", "share", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One comment or post, as every change of it names it."""

    account: Account
    value: Json
    id: str
    is_comment: bool
    changed_at: datetime | None

    @property
    def author(self) -> Address:
        """Without the permission for it Meta leaves `from` out: then each comment has an author of its own."""
        person = mapping(self.value.get("from"))
        user = text(person.get("id")) or text(self.value.get("sender_id"))
        name = text(person.get("name")) or text(self.value.get("sender_name"))
        if not user:
            return Address(space=self.account.space, value=f"{self.account.id}/comment/{self.id}", name=name)
        return self.account.own if user == self.account.id else self.account.commenter(user, name)

    @property
    def parent(self) -> str:
        """The comment it stands under, "" if it stands under the post itself. Posts' ids begin with the page's."""
        parent = text(self.value.get("parent_id"))
        under_post = parent == text(self.value.get("post_id")) or parent.startswith(f"{self.account.id}_")
        return "" if not self.is_comment or under_post else parent

    def key(self, what: str) -> str:
        """What happens to the same comment more than once differs by when Meta told it."""
        at = int(self.changed_at.timestamp() * 1000) if self.changed_at else 0
        return f"{what}:{self.id}:{at}"


def feed(value: Json, entry: Json, account: Account) -> Iterator[InboundEvent]:
    """One change of the page's feed."""
    item = text(value.get("item"))
    found = text(value.get("comment_id" if item == "comment" else "post_id"))
    if not found or (item != "comment" and item not in POSTS):
        yield ignored(value, f"Nothing to do for “{item[:60]}” in the feed.")
        return
    written = Written(
        account=account,
        value=value,
        id=found,
        is_comment=item == "comment",
        changed_at=moment(entry.get("time")),
    )
    yield from _changed(written, ours=written.author == account.own)


def mention(value: Json, entry: Json, account: Account) -> Iterator[InboundEvent]:
    """Somebody named our page in a post or comment of theirs."""
    comment = text(value.get("comment_id"))
    found = comment or text(value.get("post_id"))
    if not found:
        yield ignored(value, "A mention without its post.")
        return
    written = Written(
        account=account,
        value={**value, "verb": text(value.get("verb")) or "add"},
        id=found,
        is_comment=bool(comment),
        changed_at=moment(entry.get("time")),
    )
    yield from _changed(written, ours=written.author == account.own)


def _changed(written: Written, *, ours: bool) -> Iterator[InboundEvent]:
    value = written.value
    common: dict[str, Any] = {"occurred_at": written.changed_at, "external_id": written.id}
    match text(value.get("verb")):
        case "add" if ours and not written.parent:
            yield ignored(value, "A post or comment of our own, which answers nobody.")
        case "add":
            yield _said(written, echo=ours)
            if value.get("is_hidden") is True:
                yield Hidden(event_key=written.key("hidden"), **common)
        case "edit" | "edited" | "update" if isinstance(value.get("message"), str):
            yield Edit(event_key=written.key("edited"), text=text(value["message"]), **common)
        case "remove" | "delete":
            yield Delete(event_key=f"deleted:{written.id}", **common)
        case "hide" | "unhide" as verb:
            yield Hidden(event_key=written.key(verb), hidden=verb == "hide", **common)
        case verb:
            yield ignored(value, f"Nothing to do for “{verb[:60]}” in the feed.")


def _said(written: Written, *, echo: bool) -> InboundMessage:
    value = written.value
    said, files = text(value.get("message")), _files(value)
    cards = () if written.parent else _post(value)
    if not (said or files):
        # A sticker or an animation: Meta tells only that there is one.
        cards = (*cards, unsupported("comment"))
    return InboundMessage(
        event_key=f"comment:{written.id}",
        occurred_at=moment(value.get("created_time")) or written.changed_at,
        external_id=written.id,
        author=written.author,
        proof=Proof.PROVEN,
        text=said,
        files=files,
        cards=cards,
        thread_key=written.parent or written.id,
        in_reply_to=written.parent,
        public=True,
        echo=echo,
    )


def _files(value: Json) -> tuple[File, ...]:
    """A photo's address is `photo` in a comment and `link` in a post."""
    shown = {"video": "video"} if value.get("video") else {"photo": "image"}
    if text(value.get("item")) == "photo":
        shown = {"link": "image"}
    return tuple(file_at(web_address(value, n), kind) for n, kind in shown.items() if web_address(value, n))


def _post(value: Json) -> tuple[Card, ...]:
    """The post it is about, as a link."""
    post: dict[str, Any] = {"url": value.get("permalink_url"), **mapping(value.get("post"))}
    url = web_address(post, "permalink_url") or web_address(post)
    return (Card(kind=CardKind.POST, url=url),) if url else ()
