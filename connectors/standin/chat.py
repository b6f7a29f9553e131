"""A customer's app as one web page without scripts: what was said, its buttons, and a line to write in. The words are each stand-in's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from connectors.standin.wire import Answer

# The talk is a frame that reloads by itself, so that what is being typed stays.
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>:root{{color-scheme:light dark}}
body{{font:16px/1.5 system-ui;max-width:32rem;margin:1rem auto;padding:0 1rem}}
iframe{{width:100%;height:70vh;border:1px solid #8886;border-radius:.8rem}}form{{display:flex;gap:.5rem;margin:.8rem 0}}
input{{flex:1;min-width:0}}input,button{{font:inherit;padding:.4rem .8rem}}</style>
<h1>{title}</h1><p><small>A stand-in: nothing leaves this machine.</small></p><iframe src="/app/talk" title="Talk"></iframe>
<form method="post" action="/app/say"><input name="text" aria-label="Message" autofocus required maxlength="{limit}">
<button>Send</button></form></html>"""
TALK = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Talk</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;margin:1rem;display:flex;flex-direction:column;gap:.5rem}}
p{{margin:0;padding:.4rem .8rem;border-radius:.8rem;max-width:80%;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886}}
p,form{{align-self:start}}p.mine{{align-self:end;background:#8882}}button{{font:inherit;padding:.3rem .8rem}}</style>{said}</html>"""
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'"
}


def page(title: str, *, limit: int) -> Answer:
    """The page at /: the talk (at /app/talk), and a form that posts `text` to /app/say."""
    return _html(PAGE.format(title=escape(title), limit=limit))


def talk(said: Iterable[str]) -> Answer:
    """What `bubble` and `button` made, oldest first."""
    return _html(TALK.format(said="".join(said)))


def bubble(text: str, *, mine: bool) -> str:
    return f'<p class="{"mine" if mine else "theirs"}">{escape(text)}</p>'


def button(label: str, action: str, fields: Mapping[str, str]) -> str:
    """A form of one button that posts `fields` to `action`, in the whole window."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return f'<form method="post" action="{escape(action)}" target="_top">{hidden}<button>{escape(label)}</button></form>'


def back() -> Answer:
    """After a post: the page again."""
    return Answer(303, b"", headers={"Location": "/"})


def _html(text: str) -> Answer:
    return Answer(200, text.encode(), "text/html; charset=utf-8", GUARDS)
