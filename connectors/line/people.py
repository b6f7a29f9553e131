"""Users, groups and rooms as LINE writes them → contract addresses, and back. Ids mean something to one provider's accounts only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from inbox.contract import Address

SPACE = "line"
Json = Mapping[str, Any]
# docs: User ID U, group ID C, room ID R, and 32 hexadecimal digits. Only used in paths, so the form matters.
ID = re.compile(r"[UCR][0-9a-f]{32}")


def address(account: str, their_id: Any) -> Address:
    """Raises ValueError for what is no id. The name is asked for later (Connector.name_of)."""
    if not isinstance(their_id, str) or not ID.fullmatch(their_id):
        raise ValueError("An id is none of LINE's.")
    return Address(space=SPACE, value=f"{account}/{their_id}")


def group_id(source: Json) -> str:
    """Of a group or a room (a chat of several people without a name), "" for a chat with one person."""
    return str(source.get("groupId") or source.get("roomId") or "")


def author(account: str, source: Json) -> Address:
    """Who did it; members who have not agreed to be known to bots stay behind their group."""
    return address(account, source.get("userId") or group_id(source))


def id_of(who: Address) -> str:
    """LINE's id in an address, "" if there is none."""
    found = who.value.rpartition("/")[2]
    return found if ID.fullmatch(found) else ""
