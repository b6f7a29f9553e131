"""The demo's page: what the people of the workspace see in Slack, and a line to write as one of them. Plain HTML without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from connectors.slack.standin.workspace import BOT, Channel, Person
from connectors.standin.wire import Answer, Asked

if TYPE_CHECKING:
    from connectors.slack.standin.server import StandIn

HEAD = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Slack of the demo</title>
<style>body{font:16px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}li{margin:.4rem 0;list-style:none}
li.in{margin-left:1.5rem}ul{padding:0}form{display:inline}input[name=text]{width:45%}button,input,select{font:inherit}</style>
<h1>Slack of the demo</h1><p>Nothing here is real. <a href="/">Look again</a></p>"""


def respond(standin: StandIn, asked: Asked) -> Answer:
    """The page, or what was sent from it."""
    given = {name: values[0] for name, values in parse_qs(asked.body.decode(errors="replace")).items()}
    if asked.method == "POST":
        _done(standin, asked.path.removeprefix("/page/"), given)
        return Answer(303, b"", "text/plain", {"Location": "/"})
    with standin.workspace.lock:
        rooms = "".join(_room(standin, each) for each in standin.workspace.channels.values())
        forms = "".join(_form(number, view) for number, view in enumerate(standin.workspace.forms))
    return Answer(200, (HEAD + rooms + forms).encode(), "text/html; charset=utf-8")


def _done(standin: StandIn, what: str, given: dict[str, str]) -> None:
    channel = standin.workspace.channels.get(given.get("channel", ""))
    if what == "say" and channel and given.get("user") in standin.workspace.people and given.get("text"):
        root = channel.find(given["thread"]) if given.get("thread") else {}
        more = {"thread_ts": root["ts"], "parent_user_id": root.get("user")} if root else {}
        standin.events.say(given["user"], channel.id, given["text"], **more)
    elif what == "press" and channel and given.get("user") in standin.workspace.people:
        message = channel.find(given["ts"])
        button = _buttons(message)[int(given["number"])]
        standin.events.press(given["user"], channel.id, message, button)
    elif what == "submit" and given.get("text"):
        view = standin.workspace.forms.pop(int(given["number"]))
        standin.events.submit(_colleague(standin), view, given["text"])


def _colleague(standin: StandIn) -> str:
    ours = (each.id for each in standin.workspace.people.values() if each.email)
    return next(ours, BOT)


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for block in message.get("blocks") or [] for each in block.get("elements", [])]


def _room(standin: StandIn, channel: Channel) -> str:
    people = "".join(
        f'<option value="{escape(each.id)}">{escape(each.name)}</option>'
        for each in _people(standin, channel)
    )
    threads = "".join(
        f'<option value="{escape(each["ts"])}">under “{escape((each.get("text") or "")[:30])}”</option>'
        for each in channel.messages
        if not each.get("thread_ts")
    )
    lines = "".join(_message(standin, channel, each) for each in channel.messages)
    name = escape(f"#{channel.name}" if channel.name else "The app, directly")
    say = (
        f'<form method="post" action="/page/say"><input type="hidden" name="channel" value="{escape(channel.id)}">'
        f'<select name="user" aria-label="Who">{people}</select> <select name="thread" aria-label="Where">'
        f'<option value="">new</option>{threads}</select> '
        f'<input name="text" aria-label="Message: {name}"> <button>Send</button></form>'
    )
    return f"<h2>{name}</h2><ul>{lines}</ul>{say}"


def _people(standin: StandIn, channel: Channel) -> list[Person]:
    """Who writes there: customers in a shared channel, the one person in a direct one, colleagues elsewhere."""
    if channel.id.startswith("D"):
        return [each for each in standin.workspace.people.values() if each.id[1:] == channel.id[1:]]
    return [each for each in standin.workspace.people.values() if bool(each.email) != channel.shared]


def _message(standin: StandIn, channel: Channel, message: dict[str, Any]) -> str:
    person = standin.workspace.people.get(message.get("user", ""))
    who = message.get("username") or (person.name if person else "app")
    files = "".join(f" [{escape(each['name'])}]" for each in message.get("files", ()))
    answered = ' class="in"' if message.get("thread_ts") else ""
    buttons = "".join(
        f'<form method="post" action="/page/press"><input type="hidden" name="channel" value="{escape(channel.id)}">'
        f'<input type="hidden" name="ts" value="{escape(message["ts"])}"><input type="hidden" name="number" value="{number}">'
        f'<input type="hidden" name="user" value="{escape(_presser(standin, channel))}">'
        f"<button>{escape(each['text']['text'])}</button></form> "
        for number, each in enumerate(_buttons(message))
    )
    return f"<li{answered}><b>{escape(who)}</b> {escape(message.get('text') or '')}{files} {buttons}</li>"


def _presser(standin: StandIn, channel: Channel) -> str:
    return next((each.id for each in _people(standin, channel)), BOT)


def _form(number: int, view: dict[str, Any]) -> str:
    return (
        f'<h2>{escape(view["title"]["text"])}</h2><form method="post" action="/page/submit">'
        f'<input type="hidden" name="number" value="{number}"><input name="text" aria-label="Text"> '
        f"<button>{escape(view['submit']['text'])}</button></form>"
    )
