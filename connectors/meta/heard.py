"""Whose webhooks are read, and one messaging event with what all of them have: who it is with, when, and by which side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.meta.reading import Json, digest
from inbox.contract import Address, Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose webhooks are read: the page or the Instagram account, and our app, which sends in its name."""

    space: str
    id: str
    app_id: str

    @property
    def own(self) -> Address:
        """Our side as an author."""
        return self.person(self.id)

    def person(self, scoped_id: str, name: str = "") -> Address:
        """Somebody who writes messages: the id is of this account alone (PSID, IGSID)."""
        return Address(space=self.space, value=f"{self.id}/{scoped_id}", name=name)

    def commenter(self, user_id: str, name: str = "") -> Address:
        """Somebody who comments. Not the id they have in messages: only a private answer shows who they are there."""
        return Address(space=self.space, value=f"{self.id}/user/{user_id}", name=name)

    def scoped_id(self, address: Address) -> str:
        """The id for messages to this address; "" if it is another account's, or only known from a comment."""
        owner, _, rest = address.value.partition("/")
        return rest if owner == self.id and "/" not in rest else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One event with what all have: who it is with, whether our side did it, and when."""

    account: Account
    data: Json
    part: Json
    person: Address
    ours: bool
    at: datetime | None

    @property
    def author(self) -> Address:
        return self.account.own if self.ours else self.person


def ignored(data: Json, reason: str) -> Ignored:
    return Ignored(event_key=f"ignored:{digest(data)}", reason=reason)
