"""Takes sanitised HTML (and only that: well-formed, quoted, escaped) apart into tags and texts, without a tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)([^">]*(?:"[^"]*"[^">]*)*)>|[^<]+|<')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
VOID = frozenset({"br", "hr", "img", "wbr", "col"})


@dataclass(slots=True)
class Token:
    """One tag or one stretch of text, as it stands in the source."""

    source: str
    tag: str = ""
    closing: bool = False

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of a tag, unescaped."""
        return {name: unescape(value) for name, value in _ATTRIBUTE.findall(self.source)}

    @property
    def text(self) -> str:
        """What a reader sees of a stretch of text."""
        return unescape(self.source)


def tokens_of(html: str) -> Iterator[Token]:
    """The tokens in their order; their sources put together are the HTML again."""
    for match in _TOKEN.finditer(html):
        yield Token(match[0], match[2] or "", bool(match[1]))
