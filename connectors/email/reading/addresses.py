"""Mailboxes out of a header value: names decoded, addresses as written, hostile lists survived."""

import re

from .address_scanner import AddressScanner, Entry
from .charsets import decode
from .encoded_words import decode_words
from .values import Mailbox

_NOT_IN_AN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f<>()\[\],;:\"]+")
_QUOTED_LOCAL_PART = re.compile(r'"[^"@<>\x00-\x1f\x7f]{1,64}"@[^\s\x00-\x1f\x7f<>()\[\],;:"@]{1,255}')
_CONTROLS = re.compile(r"[\s\u2028\u2029\x00-\x1f\x7f]+")
_LONGEST_ADDRESS = 320
_LONGEST_UNQUOTED_COMMA_NAME = 100


def parse_addresses(value: str, limit: int, hint: str = "") -> tuple[Mailbox, ...]:
    """The mailboxes of a header value, at most `limit`; a name without an address is kept with address "".

    Addresses are found before encoded words are decoded, so an encoded name can never become an address.
    Only if there is no address at all is a wholly encoded "Name <address>" (against RFC 2047 5) read.
    """
    mailboxes: list[Mailbox] = []
    before_comma = ""
    for number, entry in enumerate(AddressScanner(value).entries()):
        if number > 4 * limit:
            break
        if not entry.words and not entry.angles:
            continue
        mailbox = _mailbox(entry, hint)
        if mailbox.name and not mailbox.address and not entry.angles:
            before_comma = f"{before_comma}, {mailbox.name}" if before_comma else mailbox.name
            continue
        if before_comma:
            mailboxes += _with_name_before_comma(before_comma, mailbox)
            before_comma = ""
        elif mailbox.name or mailbox.address:
            mailboxes.append(mailbox)
        if len(mailboxes) >= limit:
            break
    if before_comma:
        mailboxes.append(Mailbox(before_comma[:_LONGEST_ADDRESS], ""))
    if "=?" in value and not any(mailbox.address for mailbox in mailboxes):
        whole = decode_words(value, hint).replace("=?", "")
        return parse_addresses(whole, limit, hint)
    return tuple(mailboxes[:limit])


def one_line(text: str) -> str:
    """Without line ends, other control characters and outer spaces, so that it can go into a header again."""
    return _CONTROLS.sub(" ", text).strip()


def find_address(text: str) -> str:
    """The first thing in `text` that looks like an address, or ""; raw bytes (surrogate escapes) are decoded."""
    text = _storable(text)
    quoted = _QUOTED_LOCAL_PART.search(text) if '"@' in text else None
    candidates = [quoted[0]] if quoted else _NOT_IN_AN_ADDRESS.split(text)
    for candidate in candidates:
        local, at, domain = candidate.strip("'.").rpartition("@")
        if at and local and domain and len(candidate) <= _LONGEST_ADDRESS and "@" not in local:
            return f"{local}@{domain}"
    return ""


def _with_name_before_comma(name: str, mailbox: Mailbox) -> list[Mailbox]:
    """Doe, John <john@example.com>: one person whose name should have been quoted, or two entries."""
    if mailbox.name and mailbox.address and len(name) < _LONGEST_UNQUOTED_COMMA_NAME:
        return [Mailbox(f"{name}, {mailbox.name}", mailbox.address)]
    both = [Mailbox(name[:_LONGEST_ADDRESS], ""), mailbox]
    return [one for one in both if one.name or one.address]


def _mailbox(entry: Entry, hint: str) -> Mailbox:
    words = "".join(entry.words)
    name = _name(words, hint)
    for text in reversed(entry.angles):
        address = find_address(_without_route(_CONTROLS.sub("", text)))
        if address:
            return Mailbox(name or _name(entry.comments[-1] if entry.comments else "", hint), address)
    address = find_address(words) if entry.has_at or '"@' in words else ""
    if not address:
        return Mailbox(name, "")
    rest = _name(_storable(words).replace(address, " ", 1), hint)
    return Mailbox(rest or _name(entry.comments[-1] if entry.comments else "", hint), address)


def _storable(text: str) -> str:
    return text if text.isascii() else decode(text.encode("utf-8", "surrogateescape"))


def _without_route(text: str) -> str:
    """<@relay.example:john@example.com> (RFC 5322 4.4) and <mailto:john@example.com> lose what is in front."""
    return text.rpartition(":")[2] if text.startswith("@") else text


def _name(text: str, hint: str) -> str:
    name = one_line(decode_words(text.strip(), hint)).strip("<>[] ")
    if name.lower() in ("mailto:", "mailto"):
        return ""
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name
