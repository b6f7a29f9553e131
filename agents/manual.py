"""A connector's own README as help: markdown of the code's authors, made into HTML that can do nothing."""

from __future__ import annotations

import re
from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from inbox import registry

TAGS = {
    "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "h5", "h6", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)

NEEDS = re.compile(r"\bYou need (.+?)(?:,? and an Onethread|\.\s|\.$|:\s)")


@cache
def html(kind: str) -> SafeString:
    """The whole of it, without its title; headings begin at the third level, below the page's own."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_body(kind))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    rendered = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned on the line above


@cache
def summary(kind: str) -> str:
    """Its first sentence: what the connector is, in one line."""
    first = _body(kind).strip().split("\n\n")[0].replace("\n", " ").replace("`", "").replace("*", "")
    found = SENTENCE.match(first)
    return found[1] if found else first


@cache
def needs(kind: str) -> str:
    """What one must have before one begins, if the manual says so: its sentence “You need …”, without the address every kind of them
    needs (the page says that once)."""
    found = NEEDS.search(_body(kind).replace("\n", " "))
    if not found or "Onethread" in found[1]:
        return ""
    return re.sub(r"\[([^]]+)\]\([^)]*\)|\s\([^)]*\)|\*\*|`", r"\1", found[1])


def _body(kind: str) -> str:
    text = registry.manual(kind)
    return text.partition("\n")[2] if text.startswith("# ") else text
