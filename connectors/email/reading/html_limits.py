"""Counts what an HTML text would cost a parser, before any parser sees it: one pass, no tree."""

import re
from collections.abc import Iterator

from .limits import Limits

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_CLOSED_BY_OTHERS = frozenset(
    {"p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "html", "body", "head"}
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_REOPENED = 200_000
_COPIED = 3_000_000_000
_ESCAPED = 200_000
_LONG_TAG = 20_000
_WORDS_IN_A_TAG = 10_000


def too_much(html: str, limits: Limits) -> str:
    """Why this HTML must not be parsed, or "".

    Besides size, number and depth of tags, three things that make html5ever (below nh3) quadratic: unclosed
    <b> or <font>, which are opened again in every later paragraph (HTML standard, 13.2.4.3); attributes by the
    ten thousand in one tag; and character references in one long text, where each copies all of it.
    """
    if len(html) > limits.html_characters:
        return f"HTML longer than {limits.html_characters} characters"
    if html.count("<") + html.count(">") + html.count("\xa0") > _ESCAPED:
        return "HTML with too many brackets"
    if html.count("\n") > limits.quote_lines and "<pre" in html.lower():
        return "HTML with too many preformatted lines"
    depth = formatting = reopened = copied = 0
    tags = 0
    for tags, (match, end) in enumerate(_tags(html), start=1):
        name, step = match[2].lower(), -1 if match[1] else 1
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
        else:
            reopened += formatting
        if name not in _VOID and name not in _CLOSED_BY_OTHERS:
            depth = max(0, depth + step)
        copied += html.count("&", match.end(), end) * (end - match.end())
        if tags > limits.html_tags or depth > limits.html_depth or reopened > _REOPENED or copied > _COPIED:
            return f"HTML with too many or too deeply nested tags ({tags} looked at)"
        if end - match.end() > _LONG_TAG and _is_crowded(html, match.end(), end):
            return "HTML with too many attributes"
    first = _TAG.search(html)
    before = len(html) if first is None else first.start()
    if html.count("&", 0, before) * before > _COPIED:
        return "HTML with too many character references"
    return ""


def _tags(html: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each tag and where the next one begins."""
    previous: re.Match[str] | None = None
    for match in _TAG.finditer(html):
        if previous is not None:
            yield previous, match.start()
        previous = match
    if previous is not None:
        yield previous, len(html)


def _is_crowded(html: str, start: int, end: int) -> bool:
    """Ten thousand words before the tag is surely over: attributes, most likely."""
    closing = html.find(">", start, end)
    inside = html[start:closing] if closing >= 0 else html[start:end]
    if inside.count('"') % 2 or inside.count("'") % 2:  # that ">" stands in a quoted value
        inside = html[start:end]
    return len(inside.split(None, _WORDS_IN_A_TAG + 1)) > _WORDS_IN_A_TAG
