"""How many SMS a text becomes. The limits are those of TS 23.038 and of Twilio's own counter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.twilio.segments import BASIC, EXTENDED, segments


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a", "GSM-7", 1, 1, 159),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("a" * 1600, "GSM-7", 1600, 11, 83),
        ("€", "GSM-7", 2, 1, 158),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("€" * 81, "GSM-7", 162, 2, 143),
        ("a" * 159 + "€", "GSM-7", 161, 2, 145),
        # The euro does not fit into the last septet of the first part, so it moves whole.
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2, 141),
        ("Ω", "GSM-7", 1, 1, 159),
        ("ç", "UCS-2", 1, 1, 69),
        ("я" * 70, "UCS-2", 70, 1, 0),
        ("я" * 71, "UCS-2", 71, 2, 63),
        ("я" * 134, "UCS-2", 134, 2, 0),
        ("я" * 135, "UCS-2", 135, 3, 66),
        ("😀", "UCS-2", 2, 1, 68),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        ("😀" * 36, "UCS-2", 72, 2, 61),
        # 66 units and a pair: the pair is not cut in half.
        ("я" * 66 + "😀" + "я" * 10, "UCS-2", 78, 2, 55),
        ("It’s", "UCS-2", 4, 1, 66),
        ("one\r\ntwo", "GSM-7", 7, 1, 153),
        ("\x1b", "UCS-2", 1, 1, 69),
    ],
)
def test_a_text_is_counted_as_networks_count_it(
    text: str, encoding: str, units: int, count: int, left: int
) -> None:
    counted = segments(text)

    assert (counted.encoding, counted.units, counted.count, counted.left) == (encoding, units, count, left)


def test_the_tables_are_those_of_the_standard() -> None:
    # 128 places less the escape; the extension has ten characters in release 99 and later.
    assert len(BASIC) == len(set(BASIC)) == 127
    assert len(EXTENDED) == len(set(EXTENDED)) == 10
    assert not set(BASIC) & set(EXTENDED)


def test_the_characters_that_make_a_text_expensive_are_named_once_each() -> None:
    assert segments("“Fine” – it’s “fine”").forcing == "“”–’"
    assert segments("It's fine").forcing == ""


@given(st.text())
def test_what_is_counted_fits(text: str) -> None:
    counted = segments(text)
    part = 153 if counted.encoding == "GSM-7" else 67

    assert counted.left >= 0
    assert (counted.count == 0) == (text == "")
    if counted.count > 1:
        assert counted.units <= counted.count * part
        # At most one unit a part is lost to a character that would have been cut.
        assert counted.units > (counted.count - 1) * (part - 1)


@given(st.text(), st.text(max_size=5))
def test_a_longer_text_never_takes_fewer(text: str, more: str) -> None:
    assert segments(text + more).count >= segments(text).count
