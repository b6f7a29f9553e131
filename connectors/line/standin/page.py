"""The customer's side of the stand-in as one web page without scripts: the chat, its quick replies, and a line to write in."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from connectors.standin.wire import Answer, Asked

if TYPE_CHECKING:
    from connectors.line.standin.server import StandIn

CUSTOMER = "U" + "0" * 31 + "a"
GUARDS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width"><title>LINE (stand-in)</title>
<style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}}
p{{padding:.5rem .8rem;border-radius:.8rem;width:fit-content;max-width:80%;white-space:pre-wrap;border:1px solid #8886}}
p.mine{{margin-left:auto}}form{{display:inline-flex;gap:.5rem;margin:.2rem 0}}input{{flex:1;font:inherit}}</style>
<h1>Ana's LINE</h1><p>A stand-in: nothing leaves this machine.</p>{said}
<form method="post" action="/app/say"><input name="text" aria-label="Message" autofocus required maxlength="5000">
<button>Send</button></form></html>"""


def respond(standin: StandIn, asked: Asked) -> Answer:
    """GET / is the page; POST /app/say is what the customer writes."""
    text = dict(asked.fields).get("text", "").strip()
    if asked.method == "POST":
        if text:
            standin.written.append((CUSTOMER, text))
            standin.say(CUSTOMER, text)
        return Answer(303, b"", headers={"Location": "/"})
    return Answer(
        200, PAGE.format(said="".join(_bubbles(standin))).encode(), "text/html; charset=utf-8", GUARDS
    )


def _bubbles(standin: StandIn) -> list[str]:
    mine = [f'<p class="mine">{escape(text)}</p>' for _user, text in standin.written]
    ours = [_bubble(each) for sent in standin.account.sent for each in sent.messages]
    return mine + ours


def _bubble(message: Mapping[str, Any]) -> str:
    text = message.get("text") or f"[{message['type']}] {message.get('originalContentUrl', '')}"
    items = (message.get("quickReply") or {}).get("items") or []
    buttons = "".join(
        f'<form method="post" action="/app/say"><input type="hidden" name="text" value="{escape(item["action"]["text"])}">'
        f"<button>{escape(item['action']['label'])}</button></form>"
        for item in items
    )
    return f"<p>{escape(text)}</p>{buttons}"
