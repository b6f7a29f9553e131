"""Slack's mrkdwn → plain text, our light markdown → mrkdwn, and emoji by their names (docs: messaging/formatting-message-text)."""

from __future__ import annotations

import re

import emoji

ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
MARKED = re.compile(r"<([^<>\n]*)>")
NAMED = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:")
TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()<>|]+)\)")
BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
STRUCK = re.compile(r"~~(?=\S)([^~\n]+?)(?<=\S)~~")
# Where Slack has another name than the library's first.
SLACKS_OWN = {
    "🤔": "thinking_face",
    "🤗": "hugging_face",
    "🙄": "face_with_rolling_eyes",
    "🌧": "rain_cloud",
    "🛒": "shopping_trolley",
    "❗": "exclamation",
}
BY_SLACKS_NAME = {name: symbol for symbol, name in SLACKS_OWN.items()}


def plain(mrkdwn: str) -> str:
    """What a person reads: marks for people, channels and links spelled out, escapes undone, emoji shown."""
    said = MARKED.sub(lambda found: _mark(found[1]), mrkdwn)
    for written, meant in ESCAPED:
        said = said.replace(written, meant)
    return NAMED.sub(lambda found: symbol(found[0].strip(":")), said)


def _mark(inner: str) -> str:
    target, bar, label = inner.partition("|")
    kind, rest = target[:1], target[1:]
    if kind in {"@", "#"}:
        return kind + (label.removeprefix(kind) or rest)
    if kind == "!":
        return label or "@" + rest.partition("^")[0]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({address})" if bar and label and label not in {address, target} else address


def mrkdwn(text: str) -> str:
    """Our text for Slack: nothing in it can call people (<!channel>) or hide a link; bold, struck and links as Slack writes them."""
    for written, meant in reversed(ESCAPED):
        text = text.replace(meant, written)
    text = LINK.sub(r"<\2|\1>", text)
    return STRUCK.sub(r"~\1~", BOLD.sub(r"*\1*", text))


def symbol(name: str) -> str:
    """The emoji of a name ("+1", "wave::skin-tone-3"), or ":name:" for a company's own."""
    base, _, tone = name.partition("::skin-tone-")
    found = BY_SLACKS_NAME.get(base) or emoji.emojize(f":{base}:", language="alias")
    if found == f":{base}:":
        return f":{name}:"
    return found.removesuffix("\ufe0f") + chr(0x1F3F9 + int(tone)) if tone in {*"23456"} else found


def name(symbol: str) -> str:
    """The name Slack has for an emoji, or for ":name:"; "" if it has none."""
    bare = TONES.sub("", symbol)
    own = SLACKS_OWN.get(bare.removesuffix("\ufe0f"))
    if own:
        return own
    found = emoji.demojize(bare, language="alias")
    return found.strip(":") if NAMED.fullmatch(found) else ""
