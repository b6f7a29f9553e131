"""Content-Transfer-Encoding undone (RFC 2045 6), for damaged input too. Charsets are not known here."""

import binascii
import re

_Q_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_UU_BEGIN = re.compile(rb"begin(?:-base64)? [0-7]{3,4} [^\r\n]{0,255}\r?\n?")
_PADDED_PIECES = 1_000
UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The bytes of a part's body; an unknown encoding leaves them as they are. Never raises."""
    name = encoding.strip(" \t\r\n\"';").lower()
    if name == "base64":
        return decode_base64(data)
    if name == "quoted-printable":
        return decode_quoted_printable(data)
    if name in UU_NAMES:
        return decode_uu(data)
    return data


def decode_base64(data: bytes) -> bytes:
    """Base64 with line ends, junk between, missing padding, or several padded pieces one after the other."""
    try:
        decoded = binascii.a2b_base64(data)
        if data.rstrip(b"=\r\n\t ").find(b"=") < 0:
            return decoded
    except binascii.Error:
        pass  # wrong padding: repaired below
    cleaned = _NOT_BASE64.sub(b"", data)
    pieces = cleaned.split(b"=", _PADDED_PIECES)
    return b"".join(_unpadded(piece) for piece in pieces)


def _unpadded(piece: bytes) -> bytes:
    piece = piece.replace(b"=", b"")
    usable = len(piece) - (1 if len(piece) % 4 == 1 else 0)
    return binascii.a2b_base64(piece[:usable] + b"=" * (-usable % 4))


def decode_quoted_printable(data: bytes) -> bytes:
    """Quoted-printable; an "=" that starts no valid sequence stays as it is."""
    return binascii.a2b_qp(data)


def decode_uu(data: bytes) -> bytes:
    """The first uuencoded file in `data`, else `data` itself."""
    lines = data.split(b"\n")
    start = next((number for number, line in enumerate(lines) if _UU_BEGIN.match(line)), None)
    if start is None:
        return data
    return b"".join(_uu_line(line) for line in _until_end(lines[start + 1 :]))


def _until_end(lines: list[bytes]) -> list[bytes]:
    ends = (number for number, line in enumerate(lines) if line.strip() == b"end")
    return lines[: next(ends, len(lines))]


def _uu_line(line: bytes) -> bytes:
    line = line.rstrip(b"\r\n")
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass  # trailing garbage of old encoders: keep as many characters as the length byte announces
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:wanted])
    except binascii.Error:
        return b""


def decode_q_text(text: str) -> bytes:
    """The "Q" encoding of RFC 2047 4.2; an "=" that starts no hexadecimal pair stays."""
    data = text.encode("utf-8", "surrogateescape").replace(b"_", b" ")
    return _Q_HEX.sub(lambda match: bytes([int(match[1], 16)]), data)


def decode_base64_text(text: str) -> bytes:
    """The "B" encoding of RFC 2047 4.1."""
    return decode_base64(text.encode("utf-8", "surrogateescape"))
