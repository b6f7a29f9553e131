"""What one message of ours becomes at WhatsApp."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.whatsapp.composing import check, formatted, parts
from inbox.contract import File, PermanentFailure
from tests.connectors.whatsapp.conftest import outgoing

PNG = File(name="a.png", content_type="image/png", content=b"png")
PDF = File(name="a.pdf", content_type="application/pdf", content=b"pdf")
OGG = File(name="a.ogg", content_type="audio/ogg", content=b"ogg")


@pytest.mark.parametrize(
    ("markdown", "ours"),
    [
        ("**bold** and *slanted*", "*bold* and _slanted_"),
        ("~~gone~~", "~gone~"),
        ("[our page](https://shop.example/a)", "our page (https://shop.example/a)"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("* one\n* two", "* one\n* two"),
        ("**", "**"),
        ("a_b_c", "a_b_c"),
    ],
)
def test_markdown_becomes_whatsapps_marks(markdown: str, ours: str) -> None:
    assert formatted(markdown) == ours


@given(st.text(st.characters(exclude_characters="*~[")))
def test_a_text_without_marks_leaves_as_it_is(text: str) -> None:
    assert formatted(text) == text


@given(st.text(alphabet="*~[]() ab\n_h:/ts.", max_size=60))
def test_a_text_never_grows(text: str) -> None:
    assert len(formatted(text)) <= len(text)


def test_a_short_text_is_the_caption_of_the_only_picture() -> None:
    (only,) = parts(outgoing("Look", files=(PNG,)), ["1"])

    assert only == {"type": "image", "image": {"id": "1", "caption": "Look"}}


def test_a_long_text_stands_alone_before_the_picture() -> None:
    text, picture = parts(outgoing("x" * 1025, files=(PNG,)), ["1"])

    assert text["type"] == "text"
    assert picture == {"type": "image", "image": {"id": "1"}}


def test_files_follow_their_text_in_their_order() -> None:
    found = parts(outgoing("Both", files=(PDF, OGG)), ["1", "2"])

    assert [part["type"] for part in found] == ["text", "document", "audio"]
    assert found[1]["document"] == {"id": "1", "filename": "a.pdf"}


def test_a_file_without_text_is_one_message() -> None:
    assert parts(outgoing("", files=(OGG,)), ["1"]) == [{"type": "audio", "audio": {"id": "1"}}]


def test_buttons_come_last_so_that_they_stand_below_the_files() -> None:
    found = parts(outgoing("Which?", files=(PNG,), choices=("This", "None")), ["1"])

    assert [part["type"] for part in found] == ["image", "interactive"]


@pytest.mark.parametrize(
    ("choices", "kind"),
    [
        (("a", "b", "c"), "button"),
        (("a", "b", "c", "d"), "list"),
        (("more than twenty chars",), "list"),
    ],
)
def test_many_or_long_choices_are_a_list(choices: tuple[str, ...], kind: str) -> None:
    (only,) = parts(outgoing("Which?", choices=choices), [])

    assert only["interactive"]["type"] == kind


@pytest.mark.parametrize(
    ("content_type", "size", "goes"),
    [
        ("image/png", 5_000_000, True),
        ("image/png", 5_000_001, False),
        ("video/mp4", 16_000_000, True),
        ("video/mp4", 16_000_001, False),
        ("application/pdf", 100_000_000, True),
    ],
)
def test_each_kind_of_file_has_its_own_size(content_type: str, size: int, *, goes: bool) -> None:
    message = outgoing("", files=(File(name="a", content_type=content_type, content=b"", size=size),))

    if goes:
        check(message)
    else:
        with pytest.raises(PermanentFailure, match="larger than"):
            check(message)


def test_more_text_than_fits_above_buttons_is_refused() -> None:
    with pytest.raises(PermanentFailure, match="1024"):
        check(outgoing("x" * 1025, choices=("Yes",)))
