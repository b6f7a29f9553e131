"""mrkdwn ↔ our text, and emoji by their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.emoji import EMOJI
from connectors.slack.wording import mrkdwn, name, plain, symbol


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U0SAM>", "@U0SAM"),
        ("<@U0SAM|sam>", "@sam"),
        ("<#C0ACME|acme>", "#acme"),
        ("<#C0ACME|>", "#C0ACME"),
        ("<!channel> <!here|here>", "@channel here"),
        ("<!subteam^S1|@support>", "@support"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<https://shop.example/?a=1&amp;b=2>", "https://shop.example/?a=1&b=2"),
        ("<https://shop.example|the shop>", "the shop (https://shop.example)"),
        ("<https://shop.example|https://shop.example>", "https://shop.example"),
        ("<mailto:ana@acme.example|ana@acme.example>", "ana@acme.example"),
        ("<tel:+442079460000|020 7946 0000>", "020 7946 0000 (+442079460000)"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("well :tada: at 10:30:45 :nonsense:", "well 🎉 at 10:30:45 :nonsense:"),
    ],
)
def test_what_slack_writes_reads_like_what_people_saw(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("**bold** and ~~gone~~", "*bold* and ~gone~"),
        ("[the shop](https://shop.example/?a=1&b=2)", "<https://shop.example/?a=1&amp;b=2|the shop>"),
        ("[odd](javascript:alert(1))", "[odd](javascript:alert(1))"),
        ("[a|b](https://x.example|y)", "[a|b](https://x.example|y)"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
    ],
)
def test_our_text_as_slack_wants_it(ours: str, theirs: str) -> None:
    assert mrkdwn(ours) == theirs


@given(st.text(st.characters(exclude_characters="*~[]:", exclude_categories=["Cs"])))
def test_a_text_without_marks_comes_back_as_it_was(text: str) -> None:
    assert plain(mrkdwn(text)) == text


@given(st.text())
def test_no_text_of_ours_can_call_people(text: str) -> None:
    written = mrkdwn(text)

    assert "<!" not in written
    assert "<@" not in written


def test_every_emoji_an_agent_can_choose_has_a_name_in_slack_and_back() -> None:
    names = {each: name(each) for each, _label in EMOJI}

    assert all(names.values())
    assert {each: symbol(named).strip("\ufe0f") for each, named in names.items()} == {
        each: each.strip("\ufe0f") for each in names
    }


def test_skin_tones_and_a_companys_own_emoji() -> None:
    assert symbol("+1::skin-tone-3") == "👍🏼"
    assert symbol("acme-rocks") == ":acme-rocks:"
    assert name("👍🏼") == "thumbsup"
    assert name(":acme-rocks:") == "acme-rocks"
    assert name("hello") == ""
