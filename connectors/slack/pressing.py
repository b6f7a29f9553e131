"""What people do with our buttons and forms → contract values. Pure. Docs: reference/interaction-payloads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from connectors.slack.envelope import SPACE
from connectors.slack.payload import Json, digest, first, moment, rows, table, text
from connectors.slack.settings import SlackSettings
from connectors.slack.wording import plain
from inbox.contract import (
    Address,
    AgentActed,
    BadPayload,
    Card,
    CardKind,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
)

# action_id of our buttons: under a notice "act:<name of the act>", under a message for customers "choice:<number>".
ACT, CHOICE = "act:", "choice:"
# Acts that need words: Slack opens a form, whose callback_id is FORM + the act.
WORDY = {"reply", "note"}
FORM = "form:"
FIELD = "text"
STRANGER = "Somebody of another company pressed a button that is for colleagues."


def events(payload: Json, settings: SlackSettings) -> list[InboundEvent]:
    """One interaction. trigger_id is different each time; Slack repeats none (docs: interactivity/handling-user-interaction)."""
    key = text(payload, "trigger_id") or digest(payload)
    return READERS[text(payload, "type")](payload, settings, key)


def _person(payload: Json) -> Address:
    user = text(payload, "user", "id")
    if not user:
        raise BadPayload("Slack does not say who pressed the button.")
    team = first(text(payload, "user", "team_id"), text(payload, "team", "id"))
    name = first(text(payload, "user", "name"), text(payload, "user", "username"))
    return Address(space=SPACE, value=f"{team}/{user}", name=name)


def _own_team(payload: Json, settings: SlackSettings) -> str:
    return first(
        settings.team_id, text(payload, "view", "app_installed_team_id"), text(payload, "team", "id")
    )


def _is_colleague(who: Address, payload: Json, settings: SlackSettings) -> bool:
    return who.value.partition("/")[0] == _own_team(payload, settings)


def _pressed(payload: Json, settings: SlackSettings, key: str) -> list[InboundEvent]:
    made = [
        _action(payload, settings, action, f"{key}:{number}" if number else key)
        for number, action in enumerate(rows(payload, "actions"))
    ]
    return made or [Ignored(event_key=key, reason="Nothing was pressed.")]


def _action(payload: Json, settings: SlackSettings, action: Json, key: str) -> InboundEvent:
    name, who = text(action, "action_id"), _person(payload)
    if name.startswith(CHOICE):
        return _choice(payload, settings, action, key)
    act = name.removeprefix(ACT)
    if not name.startswith(ACT) or not act or not text(action, "value"):
        return Ignored(event_key=key, reason="A button that only opens a page.")
    if not _is_colleague(who, payload, settings):
        return Ignored(event_key=key, reason=STRANGER)
    return AgentActed(
        event_key=key,
        occurred_at=moment(text(action, "action_ts")),
        who=who,
        act=act,
        subject=text(action, "value"),
        answer_url=text(payload, "response_url"),
        form_handle=text(payload, "trigger_id") if act in WORDY else "",
    )


def _choice(payload: Json, settings: SlackSettings, action: Json, key: str) -> InboundEvent:
    """A customer pressed one of the answers we offered: a message of theirs, in the thread of ours."""
    who, channel = (
        _person(payload),
        first(text(payload, "channel", "id"), text(payload, "container", "channel_id")),
    )
    ts = first(text(payload, "message", "ts"), text(payload, "container", "message_ts"))
    if not channel or moment(ts) is None:
        raise BadPayload("Slack does not say under which message the button is.")
    direct = channel.startswith("D")
    if not direct and not settings.serve_colleagues and _is_colleague(who, payload, settings):
        return Ignored(event_key=key, reason="A colleague pressed a button that is for the customer.")
    root = first(text(payload, "message", "thread_ts"), ts)
    name = settings.company(channel)
    room = Address(space=SPACE, value=f"{_own_team(payload, settings)}/{channel}", name=name)
    return InboundMessage(
        event_key=key,
        occurred_at=moment(text(action, "action_ts")),
        external_id=f"{channel}/{key}",
        author=who,
        proof=Proof.PROVEN,
        cards=(Card(kind=CardKind.CHOICE, title=plain(text(action, "text", "text"))),),
        references=(f"{channel}/{ts}",),
        in_reply_to=f"{channel}/{ts}",
        thread_key="" if direct else f"{channel}/{root}",
        customer=None if direct else room,
        group=not direct,
        company="" if direct else name,
    )


def _submitted(payload: Json, settings: SlackSettings, key: str) -> list[InboundEvent]:
    """Words written into our form. What it is about travelled in the form itself (private_metadata)."""
    who, view = _person(payload), table(payload, "view")
    act = text(view, "callback_id").removeprefix(FORM)
    try:
        about: Any = json.loads(text(view, "private_metadata"))
    except (ValueError, RecursionError):
        about = {}
    said = text(view, "state", "values", FIELD, FIELD, "value")
    if act not in WORDY or not text(about, "subject") or not said.strip():
        return [Ignored(event_key=key, reason="A form that is none of ours, or an empty one.")]
    if not _is_colleague(who, payload, settings):
        return [Ignored(event_key=key, reason=STRANGER)]
    return [
        AgentActed(
            event_key=key,
            who=who,
            act=act,
            subject=text(about, "subject"),
            text=said,
            answer_url=text(about, "answer_url"),
        )
    ]


READERS: dict[str, Callable[[Json, SlackSettings, str], list[InboundEvent]]] = {
    "block_actions": _pressed,
    "view_submission": _submitted,
    "view_closed": lambda _payload, _settings, key: [
        Ignored(event_key=key, reason="A form was closed without writing.")
    ],
}
