"""The containers by which mail programs mark quotes, introductions and signatures in HTML."""

import re

from .lines import Mark

# Beginnings of class names, ids and div names, lower case. Outlook on the web puts "x_" in front of each.
_CONTAINERS: tuple[tuple[str, Mark], ...] = (
    ("gmail_quote_container", Mark.QUOTE),
    ("gmail_quote", Mark.QUOTE),
    ("gmail_attr", Mark.INTRODUCTION),
    ("gmail_extra", Mark.NONE),
    ("gmail_signature", Mark.SIGNATURE),
    ("moz-cite-prefix", Mark.INTRODUCTION),
    ("moz-email-headers-table", Mark.NONE),
    ("moz-signature", Mark.SIGNATURE),
    ("moz-txt-sig", Mark.SIGNATURE),
    ("yahoo_signature", Mark.SIGNATURE),
    ("protonmail_quote", Mark.QUOTE),
    ("protonmail_signature_block", Mark.SIGNATURE),
    ("zmail_extra", Mark.QUOTE),
    ("blockquote_zmail", Mark.QUOTE),
    ("tutanota_quote", Mark.QUOTE),
    ("missive_quote", Mark.QUOTE),
    ("front-blockquote", Mark.QUOTE),
    ("freshdesk_quote", Mark.QUOTE),
    ("zendesk_quote", Mark.QUOTE),
    ("sh-quoted-content", Mark.QUOTE),
    ("messagereplysection", Mark.QUOTE),
    ("mailbird_quote", Mark.QUOTE),
    ("edo-message-quote", Mark.QUOTE),
    ("hcsmailquote", Mark.QUOTE),
    ("isreplycontent", Mark.QUOTE),
    ("appleoriginalcontents", Mark.QUOTE),
    ("replywithcontent", Mark.QUOTE),
    ("qt", Mark.QUOTE),
    ("mail_quote", Mark.QUOTE),
    ("email_quote", Mark.QUOTE),
    ("reply-original", Mark.QUOTE),
    ("quote", Mark.QUOTE),
    ("quoted-text", Mark.QUOTE),
    ("wisestamp", Mark.SIGNATURE),
    ("olk_src_body_section", Mark.HISTORY),
    ("divrplyfwdmsg", Mark.HISTORY),
    ("appendonsend", Mark.HISTORY),
    ("ms-outlook-mobile-reference-message", Mark.HISTORY),
    ("mail-editor-reference-message-container", Mark.HISTORY),
    ("ms-outlook-mobile-signature", Mark.SIGNATURE),
    ("outlooksignature", Mark.SIGNATURE),
    ("applemailsignature", Mark.SIGNATURE),
    ("signature", Mark.NONE),
    ("zwchr", Mark.HISTORY),
    ("__divider__", Mark.HISTORY),
    ("stopspelling", Mark.HISTORY),
    ("replyforwardheader", Mark.HISTORY),
    ("includetail", Mark.QUOTE),
    ("ntes-mailmaster-quote", Mark.QUOTE),
    ("spark-reply", Mark.QUOTE),
    ("cm_quote", Mark.QUOTE),
)
_EXACT = frozenset({"quote", "qt", "signature", "quoted-text"})
_OUTLOOK_LINE = re.compile(
    r"border-top:\s?(?:solid\s#(?:e1e1e1|b5c4df)|#(?:e1e1e1|b5c4df)\s(?:1(?:\.0)?pt\s)?solid|1(?:\.0)?pt\ssolid\s#(?:e1e1e1|b5c4df)"
    r"|solid\s(?:1\.0pt\s)?#(?:e1e1e1|b5c4df))",
    re.IGNORECASE,
)
_NO_BAR = re.compile(r"border(?:-left)?:\s?(?:none|0|medium none|initial)", re.IGNORECASE)


def kept_class(value: str) -> str | None:
    """The class names by which quotes are recognised; all others are dropped."""
    names = [name for name in value[:500].split()[:20] if mark_of_name(name) is not None]
    return " ".join(names) or None


def kept_id(value: str) -> str | None:
    """An id or name by which a quote is recognised, else None."""
    return value if len(value) < 200 and mark_of_name(value) is not None else None


def mark_of_name(name: str) -> Mark | None:
    """What a class, id or name means; None if it is none of ours."""
    folded = name.strip().lower()
    while folded.startswith(("x_", "m_")):
        folded = folded.lstrip("xm").lstrip("_").lstrip("-0123456789")
    if "yahoo_quoted" in folded:  # with a random beginning: ydp7a31c2yahoo_quoted
        return Mark.QUOTE
    for beginning, mark in _CONTAINERS:
        if folded == beginning or (beginning not in _EXACT and folded.startswith(beginning)):
            return mark
    return None


def mark_of_element(tag: str, attributes: dict[str, str]) -> Mark:
    """What an element says about all that is in it (or, for HISTORY, about all that follows)."""
    if tag == "blockquote":
        return _mark_of_blockquote(attributes)
    names = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('name', '')}"
    names += f" {attributes.get('data-marker', '')}"
    for name in names.split():
        mark = mark_of_name(name)
        if mark is not None and mark is not Mark.NONE:
            return mark
    style = attributes.get("style", "")
    if tag == "div" and _OUTLOOK_LINE.search(style[:500]):
        return Mark.HISTORY
    return Mark.NONE


def wraps_answers(attributes: dict[str, str]) -> bool:
    """Gmail and Proton put introduction and quote into one element, where a reader may type between quotes."""
    return "gmail_quote" in attributes.get("class", "") or "protonmail_quote" in attributes.get("class", "")


def _mark_of_blockquote(attributes: dict[str, str]) -> Mark:
    """Several programs also indent the writer's own text with it; without a bar it is never a quote by itself."""
    style = attributes.get("style", "")[:500]
    if attributes.get("type", "").lower() == "cite" or "cite" in attributes:
        return Mark.QUOTE
    if _NO_BAR.search(style):
        return Mark.NONE
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}".split()
    if any(mark_of_name(name) is Mark.QUOTE and "gmail" not in name for name in names):
        return Mark.QUOTE
    return Mark.INDENT
