"""The demo's phone: a page without scripts on which a person writes as a customer and sees the answers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from connectors.phone import e164, written
from connectors.standin.wire import Answer, Asked

if TYPE_CHECKING:
    from connectors.whatsapp.standin.server import Cloud

# From the range Ofcom keeps for drama; nobody's telephone rings.
ME = "+447700900123"
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
STYLE = """:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:30rem;margin:0 auto;padding:1rem}
ol{list-style:none;padding:0;display:grid;gap:.5rem}li{padding:.5rem .75rem;border-radius:.75rem;max-width:80%;white-space:pre-wrap;
overflow-wrap:anywhere;background:light-dark(#eee,#333)}li.mine{justify-self:end;background:light-dark(#d3f4dd,#14532d)}
small{display:block;opacity:.75}form{display:grid;gap:.5rem}input,button{font:inherit;padding:.5rem}
label{display:grid}iframe{width:100%;height:55vh;border:1px solid #8886;border-radius:.75rem;margin-block:.75rem}h1{font-size:1.25rem;margin:0}"""
HEAD = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'


def respond(cloud: Cloud, asked: Asked) -> Answer:
    """The page, or a message typed into it. Other sites' pages are refused: they could write in somebody's name."""
    if asked.headers.get("host") not in cloud.hosts:
        return Answer(403, b"Open the page by its own address.", "text/plain")
    own = asked.headers.get("origin", "").removeprefix("http://") in cloud.hosts
    if asked.method == "POST" and own:
        given = dict(asked.fields)
        me, text = e164(given.get("me", "")), given.get("text", "").strip()
        if me and text:
            cloud.webhooks.write(
                cloud.account.person(me, given.get("name", "")), "text", {"body": text[:4096]}
            )
        return Answer(303, headers={"Location": f"/phone?me={me.removeprefix('+') or ME.removeprefix('+')}"})
    if asked.method != "GET":
        return Answer(403, b"", "text/plain")
    me = e164("+" + asked.query.get("me", "").removeprefix("+")) or ME
    html = _thread(cloud, me) if asked.path == "/phone/thread" else _page(cloud, me)
    return Answer(200, html.encode(), "text/html; charset=utf-8", GUARDS)


def _page(cloud: Cloud, me: str) -> str:
    person = cloud.account.find(me)
    return f"""{HEAD}<title>WhatsApp (stand-in)</title><h1>{escape(written("+" + cloud.account.number))}</h1>
<iframe title="Messages" src="/phone/thread?me={me.removeprefix("+")}"></iframe>
<form method="post" action="/phone"><label>Message <input name="text" autofocus required maxlength="4096"></label><button>Send</button>
<label>Your number <input name="me" value="{escape(written(me))}"></label>
<label>Your name <input name="name" value="{escape(person.name if person else "Ana")}"></label></form></html>"""


def _thread(cloud: Cloud, me: str) -> str:
    """The bubbles, in a frame that loads itself anew, so that nothing is lost of what is being typed."""
    account, person = cloud.account, cloud.account.find(me)
    with account.lock:
        bubbles = [
            (float(m["timestamp"]), "mine", str(m.get("text", {}).get("body", "")), "")
            for m in account.written
            if person and m["from_user_id"] == person.user_id
        ]
        bubbles += [
            (each.at, "", _words(each.content), each.status)
            for each in account.sent
            if person and each.to in {person.number, person.user_id}
        ]
    listed = "".join(
        f'<li class="{who}">{escape(text)}<small>{escape(state)}</small></li>'
        for _, who, text, state in sorted(bubbles)
    )
    return f'{HEAD}<meta http-equiv="refresh" content="2"><title>Messages</title><ol>{listed}</ol></html>'


def _words(content: dict[str, Any]) -> str:
    """What a phone would show of a message of ours."""
    kind = content["type"]
    part = content[kind]
    match kind:
        case "text":
            return str(part["body"])
        case "interactive":
            return str(part["body"]["text"])
        case "template":
            return f"[{part['name']}]"
        case "reaction":
            return str(part["emoji"])
    return f"[{kind}] {part.get('caption', '')}".strip()
