"""Message-ID, In-Reply-To and References (RFC 5322 3.6.4), without their angle brackets."""

import re

from .charsets import decode

_BRACKETED = re.compile(r"<([^<>]{1,995})>")
_UNUSABLE = re.compile(r"[\s\x00-\x1f\x7f<>]")
_LONGEST = 995
_LONGEST_BARE = 400


def message_ids(value: str, limit: int) -> tuple[str, ...]:
    """All ids of a header value in order, each once, at most `limit` (the last ones: they are the nearest)."""
    found = [_clean(text) for text in _BRACKETED.findall(value)]
    if not found:
        found = [_clean(word) for word in value.split() if "@" in word and len(word) <= _LONGEST_BARE]
    unique = list(dict.fromkeys(one for one in found if one))
    return tuple(unique[-limit:])


def message_id(value: str) -> str | None:
    """The mail's own id, or None if there is none that can be stored and referred to."""
    ids = message_ids(value, 1)
    if ids:
        return ids[0]
    bare = value.strip()
    return _clean(bare) or None if len(bare) <= _LONGEST_BARE and not _UNUSABLE.search(bare) else None


def _clean(text: str) -> str:
    """Folds and stray spaces inside an id go (RFC 5322 4.5.4); an id that is left with controls is none."""
    text = "".join(text.split())
    if not text.isascii():
        text = decode(text.encode("utf-8", "surrogateescape"))
    return "" if _UNUSABLE.search(text) or len(text) > _LONGEST else text
