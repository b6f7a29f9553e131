"""Bytes to text for whatever charset a mail claims. Only text codecs that we name are ever looked up."""

import re
from encodings.aliases import aliases

from .iso2022jp import decode_iso2022jp

_NAMES = (
    "ascii big5 big5hkscs cp037 cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864"
    " cp865 cp866 cp869 cp874 cp932 cp949 cp950 cp1006 cp1125 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256"
    " cp1257 cp1258 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hp_roman8 hz iso2022_jp iso2022_jp_1"
    " iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859_10 iso8859_11 iso8859_13"
    " iso8859_14 iso8859_15 iso8859_16 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8"
    " iso8859_9 johab koi8_r koi8_t koi8_u kz1048 latin_1 mac_croatian mac_cyrillic mac_greek mac_iceland"
    " mac_latin2 mac_roman mac_turkish ptcp154 shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_16 utf_16_be"
    " utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8 utf_8_sig"
)
_PYTHON_CODECS = frozenset(_NAMES.split())
# What the label says -> the superset that senders really use (WHATWG Encoding, and seen in the wild).
_REAL_NAMES = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312_80": "gb18030", "x_gbk": "gb18030", "cn_gb": "gb18030",
    "chinesesimplified": "gb18030", "gb18030": "gb18030", "hz_gb_2312": "hz",
    "ascii": "cp1252", "latin_1": "cp1252", "latin1": "cp1252", "iso8859_1": "cp1252", "ansi": "cp1252",
    "iso_8859_1": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874", "windows_874": "cp874",
    "iso_8859_8_i": "cp1255", "iso_8859_8_e": "cp1255", "iso8859_8": "cp1255", "visual": "cp1255",
    "iso_8859_6_i": "iso8859_6", "ks_c_5601": "cp949", "ks_c_5601_1987": "cp949", "ksc5601": "cp949",
    "ks_c_5601_1989": "cp949", "euc_kr": "cp949", "korean": "cp949", "windows_949": "cp949", "ms949": "cp949",
    "shift_jis": "cp932", "x_sjis": "cp932", "sjis": "cp932", "windows_31j": "cp932", "ms932": "cp932",
    "big5": "cp950", "x_big5": "cp950", "big_5": "cp950", "cn_big5": "cp950", "big5_hkscs": "big5hkscs",
    "unicode_1_1_utf_7": "utf_7", "unicode_2_0_utf_7": "utf_7", "unicode": "utf_16", "ucs_2": "utf_16",
    "utf8": "utf_8", "utf_8_sig": "utf_8", "utf8mb4": "utf_8", "x_utf_8": "utf_8", "unicode_1_1_utf_8": "utf_8",
    "macintosh": "mac_roman", "x_mac_roman": "mac_roman", "x_mac_cyrillic": "mac_cyrillic", "x_cp1252": "cp1252",
    "x_windows_1252": "cp1252", "x_windows_949": "cp949", "x_euc_jp": "euc_jp", "x_koi8_r": "koi8_r", "koi8": "koi8_r",
    "iso_2022_jp_ms": "iso2022_jp", "cp50220": "iso2022_jp", "cp50221": "iso2022_jp", "cp50222": "iso2022_jp",
}  # fmt: skip
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
# The five bytes that Windows-1252 leaves open stay what ISO-8859-1 makes of them.
_LOW_SURROGATES = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
_WESTERN = "cp1252"


def codec_name(label: str) -> str | None:
    """The Python codec for a charset label, or None if we do not know it or it is no charset at all.

    Nothing from a mail reaches `codecs.lookup`, which would import modules and cache each name for ever.
    """
    cleaned = _NOT_IN_A_NAME.sub("_", label[:60].lower().partition("*")[0]).strip("_")
    if cleaned in _REAL_NAMES:
        return _REAL_NAMES[cleaned]
    compact = cleaned.replace("windows_", "cp").replace("x_", "")
    for name in (cleaned, compact, cleaned.replace("_", "")):
        codec = aliases.get(name, name)
        if codec in _PYTHON_CODECS:
            return _REAL_NAMES.get(codec, codec)
    return None


def decode(data: bytes, label: str = "", *, hint: str = "") -> str:
    """Text of `data` in the charset `label`, else `hint`, else by looking at the bytes. Never raises.

    A label that cannot be true loses against the bytes: UTF-8 under a Western label is UTF-8.
    """
    codec = codec_name(label) or codec_name(hint)
    could_be_japanese = codec is None or codec.startswith(("iso2022_jp", "utf_8", _WESTERN))
    if could_be_japanese and (b"\x1b$" in data or "iso2022" in str(codec)):
        return storable(_decode_japanese(data))
    if not codec_name(label) and codec is not None:  # only a guess: what is valid UTF-8 is UTF-8
        text = _strictly(data, "utf_8")
        if text is not None:
            return storable(text)
    if codec in (None, _WESTERN, "utf_8"):
        return storable(_decode_utf8_or_western(data))
    return storable(_decode_with(data, codec or _WESTERN))


def is_known(label: str) -> bool:
    """Whether a label is empty or names a charset that we decode as such."""
    return not label or codec_name(label) is not None


def storable(text: str) -> str:
    """The text as PostgreSQL takes it: no NUL, no half of a surrogate pair (U+FFFD in its place)."""
    text = text.replace("\x00", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _decode_utf8_or_western(data: bytes) -> str:
    """UTF-8, and each byte that is none as Windows-1252: right for both, and for a mixture of them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace")
    text = data.decode("utf-8", "surrogateescape")
    return text.translate(_LOW_SURROGATES).removeprefix("\ufeff")


def _decode_japanese(data: bytes) -> str:
    text = _strictly(data, "iso2022_jp_2")
    return decode_iso2022jp(data) if text is None else text


def _decode_with(data: bytes, codec: str) -> str:
    for candidate in (codec, "big5hkscs" if codec == "cp950" else "utf_8", "utf_8"):
        text = _strictly(data, candidate)
        if text is not None:
            return text.removeprefix("\ufeff")
    return data.decode(codec, "replace")


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None
