"""Small things done to text: what the database can store, previews, and markdown for the channels that can show it."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

PREVIEW = 160
_SPACE = re.compile(r"\s+")
_MARKS = re.compile(r"[*_`#>]+(?=\S)|(?<=\S)[*_`]+")


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates (libredesk#346)."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def preview(text: str, *, limit: int = PREVIEW) -> str:
    """One line of at most `limit` characters, without markdown's marks."""
    line = _SPACE.sub(" ", _MARKS.sub("", text[: limit * 4])).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough"])


def to_html(markdown: str) -> str:
    """What an agent wrote, as HTML safe to show and to mail: no raw HTML, no images, links open apart."""
    rendered = _markdown().render(markdown)
    return nh3.clean(
        rendered,
        tags={
            "p",
            "br",
            "strong",
            "em",
            "s",
            "code",
            "pre",
            "ul",
            "ol",
            "li",
            "blockquote",
            "a",
            "h1",
            "h2",
            "h3",
            "h4",
            "hr",
        },
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
