"""Bytes to text: what the label says, what senders really mean, and labels that are no charset at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading.charsets import codec_name, decode, is_known, storable

NO_CHARSETS = "rot13 rot_13 zlib zip bz2 hex base64 uu quopri idna punycode undefined unicode_escape raw_unicode_escape mbcs oem"


@pytest.mark.parametrize("label", NO_CHARSETS.split())
def test_a_python_codec_that_is_no_charset_is_never_used(label: str) -> None:
    assert codec_name(label) is None
    assert decode(b"caf\xc3\xa9 \\u0041", label) == "café \\u0041"


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("gb2312", "镕①".encode("gb18030"), "镕①"),
        ("GBK", "中文".encode("gbk"), "中文"),
        ("iso-8859-1", b"\x93Hi\x94 \x80", "“Hi” €"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("ISO-8859-1", "Grüße".encode(), "Grüße"),
        ("ks_c_5601-1987", "똠방".encode("cp949"), "똠방"),
        ("euc-kr", "한국".encode("euc-kr"), "한국"),
        ("Shift_JIS", "①髙".encode("cp932"), "①髙"),
        ("big5", "訂單".encode("big5"), "訂單"),
        ("big5", "嘅".encode("big5hkscs"), "嘅"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("x-mac-cyrillic", "Привет".encode("mac_cyrillic"), "Привет"),
        ("iso-8859-8-i", "שלום".encode("cp1255"), "שלום"),
        ("windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("utf-7", b"Gr+APwA3w-e", "Grüße"),
        ("utf-16", "Grüße".encode("utf-16"), "Grüße"),
        ("utf8", "\ufeffGrüße".encode(), "Grüße"),
        ('"utf-8"', "Grüße".encode(), "Grüße"),
        ("utf-8*en", "Grüße".encode(), "Grüße"),
        ("cp-850", "Grüße".encode("cp850"), "Grüße"),
    ],
)
def test_a_charset_is_read_as_senders_mean_it(label: str, data: bytes, text: str) -> None:
    assert decode(data, label) == text


def test_one_wrong_byte_does_not_spoil_utf8() -> None:
    assert decode("Grüße ".encode() + b"\xe9t\xe9", "utf-8") == "Grüße été"


def test_the_five_bytes_that_windows_1252_leaves_open_do_not_fail() -> None:
    assert decode(bytes(range(0x80, 0xA0)), "windows-1252").isprintable() is False


def test_without_a_label_valid_utf8_wins_over_the_hint() -> None:
    assert decode("Привет".encode(), hint="koi8-r") == "Привет"
    assert decode("Привет".encode("koi8-r"), hint="koi8-r") == "Привет"


def test_iso_2022_jp_with_vendors_characters_is_read() -> None:
    nec_row_13 = b"\x1b$B-!-j\x1b(B"
    half_width_katakana = b"\x1b(I1\x1b(B"

    assert decode(nec_row_13, "iso-2022-jp") == "①㈱"
    assert decode(half_width_katakana, "iso-2022-jp-ms") == "ｱ"
    assert decode("日本".encode("iso2022_jp"), "us-ascii") == "日本"


def test_an_unknown_label_is_told_apart_from_none() -> None:
    assert is_known("")
    assert is_known("UTF-8")
    assert not is_known("x-nobody-knows")


@given(st.binary(max_size=300), st.text(max_size=70), st.text(max_size=20))
def test_any_bytes_under_any_label_become_storable_text(data: bytes, label: str, hint: str) -> None:
    text = decode(data, label, hint=hint)

    assert "\x00" not in text
    text.encode("utf-8")


@given(st.text(alphabet=st.characters(codec=None), max_size=50))
def test_any_text_can_be_made_storable(text: str) -> None:
    cleaned = storable(text)

    assert "\x00" not in cleaned
    cleaned.encode("utf-8")


def test_two_halves_of_a_surrogate_pair_become_the_character() -> None:
    assert storable("\ud83d\ude00") == "😀"
    assert storable("a\ud83d") == "a\ufffd"
