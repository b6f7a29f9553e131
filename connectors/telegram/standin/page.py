"""The customer's side of the stand-in as one web page without scripts: the chat, its buttons, and a line to write in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from connectors.standin.wire import Answer, Asked
from connectors.telegram.standin.records import Message

if TYPE_CHECKING:
    from connectors.telegram.standin.server import StandIn

CUSTOMER = 7100000001
GUARDS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width"><title>Telegram (stand-in)</title>
<style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}}
p{{padding:.5rem .8rem;border-radius:.8rem;width:fit-content;max-width:80%;white-space:pre-wrap;border:1px solid #8886}}
p.mine{{margin-left:auto}}form{{display:inline-flex;gap:.5rem;margin:.2rem 0}}input{{flex:1;font:inherit}}</style>
<h1>Ana's Telegram</h1><p>A stand-in: nothing leaves this machine.</p>{said}
<form method="post" action="/app/say"><input name="text" aria-label="Message" autofocus required maxlength="4096">
<button>Send</button></form></html>"""


def respond(standin: StandIn, asked: Asked) -> Answer:
    """GET / is the page; POST /app/say and /app/press are what the customer does."""
    said = dict(asked.fields)
    if asked.method == "POST" and asked.path == "/app/say" and said.get("text", "").strip():
        standin.say(CUSTOMER, said["text"])
    elif asked.method == "POST" and asked.path == "/app/press" and said.get("message", "").isdigit():
        standin.press(int(said["message"]), said.get("data", ""))
    if asked.method == "POST":
        return Answer(303, b"", headers={"Location": "/"})
    listed = [_bubble(each) for each in standin.bot.messages if each.chat == CUSTOMER]
    return Answer(200, PAGE.format(said="".join(listed)).encode(), "text/html; charset=utf-8", GUARDS)


def _bubble(message: Message) -> str:
    text = escape(message.text or message.caption)
    files = "".join(f"[{escape(each.name)}] " for each in message.files)
    reaction = f" {escape(message.reaction)}" if message.reaction else ""
    bubble = f'<p class="{"" if message.ours else "mine"}">{files}{text}{reaction}</p>'
    rows = (message.fields.get("reply_markup") or {}).get("inline_keyboard", ())
    return bubble + "".join(_button(message.id, button) for row in rows for button in row)


def _button(message_id: int, button: dict[str, str]) -> str:
    return (
        '<form method="post" action="/app/press">'
        f'<input type="hidden" name="message" value="{message_id}">'
        f'<input type="hidden" name="data" value="{escape(button["callback_data"])}">'
        f"<button>{escape(button['text'])}</button></form>"
    )
