"""HTML: containers help, the same classifier decides, and what stays is balanced and was sanitised before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading import Limits, sanitise
from connectors.email.reading.html_tokens import VOID, tokens_of
from connectors.email.reading.quotes_html import HtmlSplit, split_html

WROTE = "On 11-Apr-2011, at 6:54 PM, Sam &lt;s@shop.example&gt; wrote:"
HEADER = "<b>From:</b> Sam &lt;s@shop.example&gt;<br><b>Sent:</b> 2 January 2024 09:00<br><b>To:</b> Ana<br><b>Subject:</b> x"


def split(html: str, subject: str = "") -> HtmlSplit:
    clean, reason = sanitise(html, Limits())
    assert not reason
    return split_html(clean, subject)


CUT = [
    f"New<blockquote><div>{WROTE}</div><div>old</div></blockquote>",
    f"New<div>{WROTE}</div><blockquote><div>old</div></blockquote>",
    f"New<div>{WROTE}</div><div>old</div>",
    f"New<div>{WROTE}<blockquote><div>old</div></blockquote></div><div></div>",
    f'New<div class="gmail_quote"><div class="gmail_quote">{WROTE}<div>old</div></div></div>',
    'New<div class="gmail_quote"><div class="gmail_attr">unknown words</div><blockquote class="gmail_quote">old</blockquote></div>',
    '<div>New</div><div class="x_gmail_quote"><div class="x_gmail_attr">any</div><blockquote class="x_gmail_quote">old</blockquote></div>',
    f"<div>New<br><div><hr>{HEADER}<br><br>old</div></div>",
    f'<p>New</p><div id="divRplyFwdMsg">{HEADER}</div><div>old</div>',
    '<p>New</p><div id="x_divRplyFwdMsg">any words</div><div>old</div>',
    '<p>New</p><div id="appendonsend"></div><hr><div>any words</div><div>old</div>',
    '<p>New</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3pt 0cm 0cm 0cm"><p>Unbekannt: x</p></div><p>old</p>',
    '<p>New</p><div style="border-top:solid #B5C4DF 1.0pt"><p>Von: x</p></div><p>old</p>',
    '<p>New</p><span id="OLK_SRC_BODY_SECTION"><div>any</div><div>old</div></span>',
    '<div>New</div><div class="moz-cite-prefix">any words</div><blockquote type="cite" cite="mid:x">old</blockquote>',
    '<div>New</div><div id="ydp5yahoo_quoted_1" class="ydp5yahoo_quoted"><div>any</div>old</div>',
    '<div>New</div><div class="yahoo_quoted"><div>any</div>old</div>',
    '<div>New</div><blockquote type="cite">old</blockquote>',
    '<div>New</div><div class="protonmail_quote">any<blockquote class="protonmail_quote" type="cite">old</blockquote><br></div>',
    '<div>New</div><div class="zmail_extra"><div>any</div><blockquote>old</blockquote></div>',
    '<div>New</div><div name="quote" style="border-left:2px solid"><div>any</div>old</div>',
    '<div>New</div><hr id="zwchr"><div>any</div>old',
    '<div>New</div><div name="messageReplySection">any<blockquote type="cite">old</blockquote></div>',
    '<div>New</div><blockquote class="tutanota_quote">old</blockquote>',
    '<div>New</div><div id="mail-editor-reference-message-container"><div>any</div>old</div>',
]  # fmt: skip


@pytest.mark.parametrize("html", CUT)
def test_history_in_a_known_container_goes(html: str) -> None:
    result = split(html)

    assert result.split.new == "New"
    assert "New" in result.html
    assert "old" not in result.html
    assert "old" in result.split.quoted


KEEP = [
    '<div>Mine</div><blockquote class="gmail_quote"><div>indented by hand</div></blockquote>',
    '<div>Mine</div><blockquote style="margin:0 0 0 40px;border:none"><div>indented</div></blockquote>',
    "<div>Mine</div><blockquote>indented</blockquote><div>mine again</div>",
    f'<div>Mine</div><div>{WROTE}</div><blockquote type="cite">Q1</blockquote><div>A1</div><blockquote type="cite">Q2</blockquote><div>A2</div>',
    f'<div class="gmail_quote"><div class="gmail_attr">{WROTE}</div><blockquote class="gmail_quote">Q1</blockquote><div>A1</div><blockquote class="gmail_quote">Q2</blockquote><div>A2</div></div>',
    '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: B</div>text</div>',
    '<div>FYI</div><blockquote type="cite"><div>Begin forwarded message:</div><div><b>From: </b>B</div></blockquote>',
    '<div>ok</div><div class="moz-forward-container">-------- Forwarded Message --------<table><tr><th>Subject: </th><td>Hi</td></tr></table></div>',
]  # fmt: skip


@pytest.mark.parametrize("html", KEEP)
def test_what_is_not_surely_history_stays(html: str) -> None:
    result = split(html)

    assert not result.split.has_quote
    assert result.split.new == result.text
    assert result.html == sanitise(html, Limits())[0]


def test_an_answer_below_one_quote_stays_alone() -> None:
    html = f'<div class="gmail_quote"><div class="gmail_attr">{WROTE}</div><blockquote class="gmail_quote">old</blockquote><div>New</div></div>'

    result = split(html)

    assert result.split.new == "New"
    assert "old" not in result.html


def test_an_outlook_block_under_a_forwarding_subject_stays() -> None:
    html = f'<p>See this</p><div id="divRplyFwdMsg">{HEADER}</div><div>forwarded</div>'

    assert "forwarded" in split(html, "WG: x").html
    assert "forwarded" not in split(html, "RE: x").html


def test_text_is_laid_out_as_it_is_read() -> None:
    html = (
        "<h1>Order</h1><p>one<br>two</p><ul><li>first</li><li>second</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
        '<pre>x\n  y</pre><div style="display:none">unseen</div><img alt="crack" src="cid:1"><blockquote type="cite">q</blockquote>'
    )

    assert split(html).text.split("\n") == [
        "Order", "", "one", "two", "", "* first", "* second", "", "a b", "x", "  y", "", "[crack]", "> q",
    ]  # fmt: skip


def test_pictures_of_the_history_go_with_it() -> None:
    result = split(
        '<div>New <img src="cid:mine"></div><div class="yahoo_quoted">old <img src="cid:old"></div>'
    )

    assert "cid:mine" in result.html
    assert "cid:old" not in result.html


PIECES = st.sampled_from(
    ["<div>", "</div>", "<blockquote type=cite>", "</blockquote>", "<p>", "<b>", "</b>", "<br>", "<hr>", "text", WROTE, HEADER, "<pre>a\nb",
     "</pre>", '<div class="gmail_quote">', '<div class="gmail_attr">', '<div id="divRplyFwdMsg">', "<table><tr><td>", "</table>", "<ul><li>", "&lt;"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=20))
def test_what_stays_is_balanced_and_a_part_of_the_whole(pieces: list[str]) -> None:
    clean, _ = sanitise("".join(pieces), Limits())

    result = split_html(clean)

    opened: list[str] = []
    for token in tokens_of(result.html):
        if token.tag and token.tag not in VOID:
            if token.closing:
                assert opened.pop() == token.tag
            else:
                opened.append(token.tag)
    assert opened == []
    texts = {token.source for token in tokens_of(clean) if not token.tag}
    lines = {line for text in texts for line in text.splitlines(keepends=True)}
    assert {token.source for token in tokens_of(result.html) if not token.tag} <= texts | lines
