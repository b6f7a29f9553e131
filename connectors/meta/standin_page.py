"""A page on which a person plays the customer, in the demo: it writes as them, and shows what we have answered. Plain HTML forms."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from connectors.meta.standin_inbox import InboxStandIn, Person
from connectors.standin.wire import Answer, Asked

PAGE = "/customer"
NAMES = ("Ana Almeida", "Bo Berg")
STYLE = """
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }
body { max-width: 32rem; margin: 1rem auto; padding: 0 1rem }
iframe { width: 100%; height: 20rem; border: 1px solid #8886; border-radius: .5rem }
form, nav { display: flex; gap: .5rem; margin: .75rem 0 }
input { flex: 1; min-width: 0; font: inherit; padding: .4rem } button { font: inherit }
p.line { width: fit-content; max-width: 80%; margin: .3rem 0; padding: .4rem .7rem; border-radius: .8rem; background: #8883; white-space: pre-wrap }
p.theirs { margin-left: auto; background: #3874ff; color: #fff }
"""


def page(standin: InboxStandIn, asked: Asked) -> Answer:
    """The page, its thread (which reloads itself), or what was written on it."""
    person = _person(standin, asked)
    if asked.method == "POST":
        return _written(standin, person, dict(asked.fields))
    if asked.path == f"{PAGE}/thread":
        lines = standin.lines.get(person.id, [])
        shown = "".join(
            f'<p class="line{"" if line.ours else " theirs"}">{escape(line.text)}</p>' for line in lines
        )
        return _html(f'<meta http-equiv="refresh" content="2">{shown or "<p>Nothing yet.</p>"}')
    return _html(_form(standin, person))


def _person(standin: InboxStandIn, asked: Asked) -> Person:
    known = {each.name: each for each in standin.people.values()}
    for name in NAMES:
        if name not in known:
            known[name] = standin.meet(name)
    return known.get(asked.query.get("who", ""), known[NAMES[0]])


def _written(standin: InboxStandIn, person: Person, fields: dict[str, str]) -> Answer:
    written = fields.get("text", "").strip()
    if written and "comment" in fields:
        standin.comments(f"9{person.id}", person.name, written)
    elif written:
        standin.says(person, written)
    return Answer(303, headers={"Location": f"{PAGE}?who={quote(person.name)}"})


def _form(standin: InboxStandIn, person: Person) -> str:
    others = " ".join(
        f'<a href="{PAGE}?who={quote(name)}"{" aria-current=page" if name == person.name else ""}>{escape(name)}</a>'
        for name in NAMES
    )
    where = f"{PAGE}/thread?who={quote(person.name)}"
    return f"""<title>Write as {escape(person.name)}</title>
<h1>Write as {escape(person.name)}</h1>
<p>No real message is sent: this plays the {escape(standin.topic)}’s customers.</p>
<nav>{others}</nav>
<iframe src="{where}" title="The conversation"></iframe>
<form method="post" action="{PAGE}?who={quote(person.name)}">
<input name="text" aria-label="Message" placeholder="Message" autofocus required>
<button>Send</button><button name="comment">Comment in public</button>
</form>"""


def _html(body: str) -> Answer:
    whole = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>{body}</html>'
    return Answer(200, whole.encode(), "text/html; charset=utf-8")
