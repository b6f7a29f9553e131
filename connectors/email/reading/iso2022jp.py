"""Japanese mail in ISO-2022-JP as it is really sent (CP50220/50221): with NEC and IBM extensions."""

_ASCII, _KANJI, _KATAKANA, _KANJI_2 = range(4)
_ESCAPES = (
    (b"(B", _ASCII),
    (b"(J", _ASCII),
    (b"$@", _KANJI),
    (b"$B", _KANJI),
    (b"$(D", _KANJI_2),
    (b"(I", _KATAKANA),
)


def decode_iso2022jp(data: bytes) -> str:
    """Text of ISO-2022-JP bytes (RFC 1468) with the vendors' characters that the strict codecs refuse.

    Never raises; what is no character becomes U+FFFD.
    """
    first, *segments = data.split(b"\x1b")
    text = [_decode(first, _ASCII)]
    for segment in segments:
        for escape, charset in _ESCAPES:
            if segment.startswith(escape):
                text.append(_decode(segment[len(escape) :], charset))
                break
        else:
            text.append(_decode(segment, _ASCII))
    return "".join(text)


def _decode(segment: bytes, charset: int) -> str:
    if charset == _KANJI:
        lines = segment.split(b"\n")
        return "\n".join(_to_shift_jis(line).decode("cp932", "replace") for line in lines)
    if charset == _KANJI_2:
        triples = b"".join(b"\x8f" + bytes(byte | 0x80 for byte in pair) for pair in _pairs(segment))
        return triples.decode("euc_jp", "replace")
    if charset == _KATAKANA:
        return bytes(byte | 0x80 if 0x20 < byte < 0x60 else byte for byte in segment).decode(
            "cp932", "replace"
        )
    return segment.decode("cp932", "replace")


def _pairs(segment: bytes) -> list[bytes]:
    return [segment[start : start + 2] for start in range(0, len(segment) - 1, 2)]


def _to_shift_jis(segment: bytes) -> bytes:
    """JIS X 0208 row and cell as Shift_JIS, so that cp932's table with its extensions can be used."""
    out = bytearray()
    position, end = 0, len(segment)
    while position < end:
        first = segment[position]
        second = segment[position + 1] if position + 1 < end else 0
        if 0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E:
            row = first - 0x21
            lead = row // 2 + (0x81 if row < 62 else 0xC1)
            trail = second + 0x7E if row % 2 else second + (0x1F if second < 0x60 else 0x20)
            out += bytes((lead, trail))
            position += 2
        else:
            out.append(first)
            position += 1
    return bytes(out)
