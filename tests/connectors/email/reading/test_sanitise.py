"""HTML of a stranger: nothing runs, nothing is loaded, nothing poses as our own page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading import Limits, read, sanitise
from connectors.email.reading.html_tokens import tokens_of


def clean(html: str) -> str:
    result, reason = sanitise(html, Limits())
    assert reason == ""
    return result


ATTACKS = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//x.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>", "<img src='javascript:alert(1)'>", "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>", "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>", "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='javascript:alert(1)'></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>", "<embed src='x.swf'>", "<applet code=x></applet>",
    "<form action='https://evil.example'><input name=password><button>go</button></form>", "<textarea>x</textarea>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>", "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>", "<style>@import 'https://evil.example/x.css';</style>",
    "<div style='position:fixed;top:0;left:0'>x</div>", "<div style='background:url(https://evil.example/p)'>x</div>",
    "<div style='background-image:url(javascript:alert(1))'>x</div>", "<div style='width:expression(alert(1))'>x</div>",
    "<div style='color:red;behavior:url(x.htc)'>x</div>", "<div style='-moz-binding:url(x)'>x</div>",
    "<div style='background:\\75rl(https://evil.example/p)'>x</div>", "<div style='margin:-500px'>x</div>",
    "<table background='https://evil.example/p.gif'><tr><td background='//evil.example/p.gif'>x</td></tr></table>",
    "<img srcset='https://evil.example/p.gif 1x'>", "<video src='https://evil.example/v' autoplay></video>",
    "<audio src='https://evil.example/a' autoplay></audio>", "<input type=image src='https://evil.example/p'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "<template><script>alert(1)</script></template>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<a id=x name=y class='btn admin' href='/logout'>x</a>", "<div id=content class='modal'>x</div>", "<!--[if IE]><script>alert(1)</script><![endif]-->",
]  # fmt: skip
FORBIDDEN = re.compile(
    r"<(?:script|style|iframe|object|embed|svg|math|form|input|button|textarea|meta|base|link|template|video|audio|applet)\b"
    r"|<[^>]*\son\w+\s*=|javascript:|vbscript:|data:text|data:image/svg|url\(|position|expression|behavior|binding|srcset"
    r"|background=|<[^>]*\ssrc=\"(?!cid:|data:image/)|\sid=|class=\"(?:btn|modal)|href=\"/|margin:-",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", ATTACKS)
def test_an_attack_leaves_nothing_behind(html: str) -> None:
    result = clean(f"<p>before</p>{html}<p>after</p>")

    assert not FORBIDDEN.search(result), result
    assert "before" in result


def test_formatting_stays() -> None:
    html = '<p style="color:red;font-size:12px"><b>bold</b> <font color="blue">blue</font></p><table border="1"><tbody><tr><td>x</td></tr></tbody></table>'

    assert clean(html) == html


def test_remote_pictures_wait_until_they_are_wanted() -> None:
    result = clean(
        '<img alt="a" src="https://x.example/p.gif?a=1&b=2"><img src="//x.example/q.gif"><img src="cid:p@x">'
    )

    assert result.count(' src="') == 1
    assert 'src="cid:p@x"' in result
    assert 'data-remote-src="https://x.example/p.gif?a=1&amp;b=2"' in result
    assert 'data-remote-src="https://x.example/q.gif"' in result


def test_a_picture_address_inside_another_attribute_is_left_alone() -> None:
    assert clean('<p title="<img src=">x</p>') == '<p title="&lt;img src=">x</p>'


def test_small_embedded_pictures_are_shown() -> None:
    assert clean('<img src="data:image/png;base64,AAAA">') == '<img src="data:image/png;base64,AAAA">'


def test_links_open_elsewhere_and_tell_nobody_where_from() -> None:
    result = clean('<a href="https://x.example/">x</a>')

    assert 'href="https://x.example/"' in result
    assert 'target="_blank"' in result
    assert 'rel="noopener noreferrer nofollow"' in result


def test_addresses_relative_to_our_own_page_go() -> None:
    assert "href" not in clean('<a href="/admin">x</a><a href="?delete=1">x</a><a href="#top">x</a>')


def test_the_classes_that_mark_quotes_stay_and_all_others_go() -> None:
    assert clean('<div class="btn gmail_quote" id="x">x</div>') == '<div class="gmail_quote">x</div>'


BOMBS = {
    "unclosed divs": "<div>" * 100_000,
    "deep": "<div>" * 5_000 + "x" + "</div>" * 5_000,
    "tables in tables": "<table>" * 50_000,
    "reopened formatting": "".join(f"<font size={n}>" for n in range(5_000)) + "<p>x" * 50_000,
    "attributes": "<a " + " ".join(f"a{n}=b" for n in range(100_000)) + ">",
    "valueless attributes": '<a x=">" ' + "b " * 100_000 + ">",
    "character references": "&" * 1_000_000,
    "references in a text": ("&" + "x" * 30) * 40_000,
    "brackets": "<" * 1_000_000,
    "preformatted lines": "<pre>" + "a\n" * 500_000 + "</pre>",
    "tags": "<p>x" * 250_000,
    "size": "<p>" + "x" * 3_000_000,
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_not_even_parsed(html: str) -> None:
    assert sanitise(html, Limits())[0] == ""
    assert sanitise(html, Limits())[1].startswith("HTML")


def test_of_a_bomb_the_text_is_kept() -> None:
    bomb = b"<style>p{}</style><p>Where is my order?<br>Ana</p>" + b"<div>" * 50_000

    mail = read(b"From: a@b.example\nContent-Type: text/html\n\n" + bomb)

    assert mail.html == ""
    assert mail.text_new.split() == ["Where", "is", "my", "order?", "Ana"]
    assert any("only the text is shown" in problem for problem in mail.problems)


SURVIVORS = {
    "comments": "<!--" * 250_000,
    "quotes": '<a b="' * 100_000,
    "half tags": "<a " * 60_000,
    "entities": "&amp;" * 20_000,
    "links": "<a href=x>" * 30_000,
    "a long style": "<p style='" + "color:red;" * 100_000 + "'>x",
    "brackets in a style": "<p style='" + "(" * 1_000_000 + "'>x",
    "one class again and again": "<div class='" + "gmail_quote " * 80_000 + "'>x",
    "prefixes": "<div class='" + "x_" * 500_000 + "'>x",
    "citations": "<blockquote type=cite>" * 350 + "x",
}


@pytest.mark.parametrize("html", SURVIVORS.values(), ids=SURVIVORS)
def test_a_large_text_of_one_shape_is_read_in_one_pass(html: str) -> None:
    mail = read(b"From: a@b.example\nContent-Type: text/html\n\n" + html.encode())

    mail.html.encode("utf-8")


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Tags and texts; the order of attributes does not matter, nor does an empty one."""
    return [
        (token.tag or token.source, {name: value for name, value in token.attributes.items() if value})
        for token in tokens_of(html)
    ]


PIECES = st.sampled_from(
    [
        *ATTACKS,
        "<p>",
        "</p>",
        "<table>",
        "<td>",
        "</table>",
        "text",
        "<!--",
        "-->",
        '"',
        "'",
        "<",
        ">",
        "&lt;script&gt;",
    ]
)


@given(st.lists(PIECES, max_size=8))
def test_attacks_put_together_leave_nothing_behind_either(pieces: list[str]) -> None:
    once = clean("".join(pieces))

    assert not FORBIDDEN.search(re.sub(r'"[^"]*"', '""', once).replace('src=""', ""))
    assert elements(clean(once)) == elements(once)
