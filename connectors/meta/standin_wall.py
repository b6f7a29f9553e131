"""What is public at a stand-in: comments and the answers under them, with what Meta refuses about them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.meta.standin import GraphRefusal

PRIVATE_WITHIN = timedelta(days=7)


@dataclass
class Comment:
    """One comment; `author` is "" for one of ours. `picture` is the address of what hangs on it."""

    id: str
    author: str
    text: str
    at: datetime
    parent: str = ""
    hidden: bool = False
    picture: str = ""
    answered_privately: bool = False


@dataclass
class Wall:
    """All comments of one page or account. `prefix` begins their ids; `one_level`: only first comments can be answered."""

    prefix: str
    one_level: bool
    comments: dict[str, Comment] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1001))

    def add(self, author: str, text: str, at: datetime, *, parent: str = "", picture: str = "") -> Comment:
        made = Comment(f"{self.prefix}{next(self._ids)}", author, text, at=at, parent=parent, picture=picture)
        self.comments[made.id] = made
        return made

    def find(self, wanted: str) -> Comment:
        """Raises GraphRefusal as Graph does for what is not there, or not ours to see."""
        found = self.comments.get(wanted)
        if found is None:
            raise GraphRefusal(
                100,
                f"Unsupported request. Object with ID '{wanted}' does not exist",
                subcode=33,
                kind="GraphMethodException",
            )
        return found

    def answer(self, under: str, data: Mapping[str, Any], at: datetime) -> Comment:
        """Ours, in public."""
        first = self.find(under)
        text, picture = str(data.get("message") or ""), str(data.get("attachment_url") or "")
        if not text and not picture:
            raise GraphRefusal(100, "Param message must be non-empty.")
        if first.parent and self.one_level:
            raise GraphRefusal(100, "Replies to replies are not supported.")
        if first.hidden and self.one_level:
            raise GraphRefusal(100, "A hidden comment cannot be replied to.")
        return self.add("", text, at, parent=first.parent or first.id, picture=picture)

    def answer_privately(self, under: str, at: datetime, *, twice: GraphRefusal, late: GraphRefusal) -> str:
        """Who wrote the comment. Once, and within 7 days."""
        found = self.find(under)
        if found.answered_privately:
            raise twice
        if at - found.at > PRIVATE_WITHIN:
            raise late
        found.answered_privately = True
        return found.author

    def remove(self, wanted: str) -> None:
        """With the answers under it."""
        self.find(wanted)
        gone = [each.id for each in self.comments.values() if wanted in {each.id, each.parent}]
        for each in gone:
            del self.comments[each]
