"""Signed values that leave the house: reply tokens in mail addresses, links to one file, links to unsubscribe.

A reply token survives mail servers that fold case: base32, 32 characters. It names a conversation and the identity we wrote to.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

_SALT = "inbox.reply-token"
_ID_BYTES = 5
_MAC_BYTES = 10
FILE_LINK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """What a valid token says: this conversation, and the identity we had written to."""

    conversation_id: int
    identity_id: int


def _mac(payload: bytes, secret: str | bytes) -> bytes:
    return salted_hmac(_SALT, payload, secret=secret, algorithm="sha256").digest()[:_MAC_BYTES]


def make_reply_token(conversation_id: int, identity_id: int) -> str:
    """32 lower-case letters and digits that only we can make (80 bits of HMAC-SHA256)."""
    payload = conversation_id.to_bytes(_ID_BYTES) + identity_id.to_bytes(_ID_BYTES)
    return base64.b32encode(payload + _mac(payload, settings.SECRET_KEY)).decode().lower()


def read_reply_token(token: str) -> ReplyToken | None:
    """What the token says, or None if we did not make it. Old keys (SECRET_KEY_FALLBACKS) still count."""
    try:
        raw = base64.b32decode(token.upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 2 * _ID_BYTES + _MAC_BYTES:
        return None
    payload, mac = raw[: 2 * _ID_BYTES], raw[2 * _ID_BYTES :]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(mac, _mac(payload, key)) for key in keys):
        return None
    return ReplyToken(int.from_bytes(payload[:_ID_BYTES]), int.from_bytes(payload[_ID_BYTES:]))


def make_file_link(attachment_public_id: str) -> str:
    """A link to one attachment for somebody without a login (a provider that fetches media). Ends after a week."""
    return f"{settings.PUBLIC_URL}/f/{signing.dumps(attachment_public_id, salt='inbox.file', compress=False)}"


def read_file_token(token: str) -> str | None:
    """The attachment's public id, or None if the token is not ours or has ended."""
    try:
        value = signing.loads(token, salt="inbox.file", max_age=FILE_LINK_SECONDS)
    except signing.BadSignature:
        return None
    return value if isinstance(value, str) else None


def make_unsubscribe_link(identity_id: int, purpose: str) -> str:
    """The public page on which the holder of an address says what they want. It never ends: mails are kept for years."""
    token = signing.dumps([identity_id, str(purpose)], salt="inbox.unsubscribe", compress=False)
    return f"{settings.PUBLIC_URL}/u/{token}"


def read_unsubscribe_token(token: str) -> tuple[int, str] | None:
    """The id of the address and the purpose it was written for, or None if the token is not ours."""
    try:
        value = signing.loads(token, salt="inbox.unsubscribe")
    except signing.BadSignature:
        return None
    match value:
        case [int(identity_id), str(purpose)]:
            return identity_id, purpose
    return None
