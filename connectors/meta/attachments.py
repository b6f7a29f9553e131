"""What hangs on a message of Messenger or Instagram → files and cards (docs: messenger-platform/…/webhook-events/messages)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from connectors.meta.reading import Json, mapping, number, rows, text
from inbox.contract import Card, CardKind, File

# Files; what they are in truth is seen when they are fetched.
MEDIA = {
    "image": ("image.jpg", "image/jpeg"),
    "sticker": ("sticker.png", "image/png"),
    "audio": ("audio.m4a", "audio/mp4"),
    "video": ("video.mp4", "video/mp4"),
    "file": ("file", "application/octet-stream"),
}
# Where Meta keeps media for a while. What is elsewhere is a page to open, not a file to copy.
CDN = ("fbcdn.net", "fbsbx.com", "cdninstagram.com")
MOST_LINES = 30

Carried = tuple[tuple[File, ...], tuple[Card, ...]]


def carried(attachments: object) -> Carried:
    """All files and all cards of a message's `attachments`, in their order."""
    files: list[File] = []
    cards: list[Card] = []
    for each in _without_doubles(rows(attachments)):
        kind = text(each.get("type"))
        payload = mapping(each.get("payload"))
        more, told = _read(kind, each, payload)
        files += more
        cards += told
    return tuple(files), tuple(cards)


def _without_doubles(listed: list[Json]) -> Iterable[Json]:
    """A sticker came as `sticker` and as `image` until 2026-08-30: once is enough."""
    stickers = {_sticker(each) for each in listed if each.get("type") == "sticker"} - {""}
    return (each for each in listed if each.get("type") != "image" or _sticker(each) not in stickers)


def _sticker(attachment: Json) -> str:
    return text(mapping(attachment.get("payload")).get("sticker_id"))


def _read(kind: str, attachment: Json, payload: Json) -> Carried:
    if kind in MEDIA and web_address(payload):
        return (file_at(web_address(payload), kind),), ()
    reader = READERS.get(kind)
    if reader is None:
        return (), (unsupported(kind),)
    return reader(kind, attachment, payload)


def unsupported(name: str) -> Card:
    """Something a person sent and we cannot show; `name` is Meta's word for it."""
    return Card(kind=CardKind.UNSUPPORTED, text=name[:100])


def file_at(url: str, kind: str) -> File:
    """A file still to be fetched. Its name is the address's, if that has one."""
    name, content_type = MEDIA[kind]
    own = PurePosixPath(unquote(urlsplit(url).path)).name
    return File(name=own[:200] if "." in own.strip(".") else name, content_type=content_type, url=url)


def is_media(url: str) -> bool:
    """Whether the address is a file on Meta's CDN (which forgets it soon) and not a page."""
    host = urlsplit(url).hostname or ""
    return f".{host}".endswith(tuple(f".{each}" for each in CDN))


def web_address(payload: Json, name: str = "url") -> str:
    """A web address, or "" for anything else."""
    url = text(payload.get(name))
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def _post(kind: str, attachment: Json, payload: Json) -> Carried:
    """A shared post, reel or link. On the CDN it is the picture or film itself, else the page."""
    url = web_address(payload) or web_address(attachment)
    title = text(payload.get("title")) or text(attachment.get("title"))
    if not url and not title:
        return (), (unsupported(kind),)
    if is_media(url):
        media = "video" if "reel" in kind else "image"
        return (file_at(url, media),), (Card(kind=CardKind.POST, title=title),)
    return (), (Card(kind=CardKind.POST, title=title, url=url),)


def _story(kind: str, attachment: Json, payload: Json) -> Carried:
    """They mention us in their story: it is copied, for it is gone after a day."""
    url = web_address(payload)
    return ((file_at(url, "image"),) if url else ()), (Card(kind=CardKind.STORY, text="mention"),)


def _location(kind: str, attachment: Json, payload: Json) -> Carried:
    where = mapping(payload.get("coordinates"))
    latitude, longitude = number(where.get("lat")), number(where.get("long"))
    if latitude is None or longitude is None:
        return (), (unsupported(kind),)
    card = Card(
        kind=CardKind.LOCATION,
        title=text(attachment.get("title")),
        url=web_address(attachment),
        latitude=latitude,
        longitude=longitude,
    )
    return (), (card,)


def _template(kind: str, attachment: Json, payload: Json) -> Carried:
    """Buttons and carousels, mostly sent by our side from elsewhere; products of the shop that they ask about come like this too."""
    products = mapping(payload.get("product"))
    inner = products or mapping(payload.get("generic")) or payload
    elements = rows(inner.get("elements"))
    titles = [text(each.get("title")) for each in elements]
    buttons = [text(b.get("title")) for each in [inner, *elements] for b in rows(each.get("buttons"))]
    first = text(inner.get("text")) or next(iter(titles), "") or text(attachment.get("title"))
    if not first:
        return (), (unsupported(kind),)
    lines = tuple(line for line in [*titles[1:], *buttons] if line)[:MOST_LINES]
    subtitle = text(elements[0].get("subtitle")) if elements else ""
    what = CardKind.POST if products else CardKind.QUESTION
    return (), (Card(kind=what, title=first, text=subtitle, lines=lines),)


READERS: dict[str, Callable[[str, Json, Json], Carried]] = {
    "fallback": _post,
    "share": _post,
    "post": _post,
    "ig_post": _post,
    "reel": _post,
    "ig_reel": _post,
    "story_mention": _story,
    "location": _location,
    "template": _template,
}
