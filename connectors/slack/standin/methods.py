"""The Web API's methods that the connector uses, with the errors their pages document (docs.slack.dev/reference/methods)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from connectors.slack.standin import uploads
from connectors.slack.standin.workspace import APP, BOT, BOT_ID, TEAM, Channel, Person, Refusal, Workspace

Fields = Mapping[str, Any]
# Characters: of a posted text, of an edited one, of one section, of a button's label and value.
TEXT, EDITED, SECTION, LABEL, VALUE = 40_000, 4000, 3000, 75, 2000


def auth_test(w: Workspace, fields: Fields) -> dict[str, Any]:
    return {
        "url": "https://shop.slack.com/",
        "team": "Shop",
        "user": "inbox",
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
    }


def post_message(w: Workspace, fields: Fields) -> dict[str, Any]:
    channel = w.channel(_needed(fields, "channel"))
    text, blocks = str(fields.get("text") or ""), fields.get("blocks") or []
    if not text and not blocks:
        raise Refusal("no_text")
    if len(text) > TEXT:
        raise Refusal("msg_too_long")
    if fields.get("username") and "chat:write.customize" not in w.scopes:
        raise Refusal("missing_scope", needed="chat:write.customize", provided=",".join(w.scopes))
    _check_blocks(blocks)
    for each in channel.messages:
        if fields.get("client_msg_id") and each.get("client_msg_id") == fields["client_msg_id"]:
            return {"channel": channel.id, "ts": each["ts"], "message": each}
    names = ("text", "blocks", "thread_ts", "username", "metadata", "client_msg_id")
    kept = w.post(
        channel,
        {name: fields.get(name) for name in names} | {"user": BOT, "bot_id": BOT_ID, "app_id": APP},
    )
    return {"channel": channel.id, "ts": kept["ts"], "message": kept}


def post_ephemeral(w: Workspace, fields: Fields) -> dict[str, Any]:
    w.channel(_needed(fields, "channel"))
    if _needed(fields, "user") not in w.people:
        raise Refusal("user_not_in_channel")
    w.whispers.append(dict(fields))
    return {"message_ts": w.ts()}


def update(w: Workspace, fields: Fields) -> dict[str, Any]:
    channel = w.channel(_needed(fields, "channel"))
    message = channel.find(_needed(fields, "ts"))
    if message.get("bot_id") != BOT_ID:
        raise Refusal("cant_update_message")
    if len(str(fields.get("text") or "")) > EDITED:
        raise Refusal("msg_too_long")
    message["text"] = fields.get("text")
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"]}


def delete(w: Workspace, fields: Fields) -> dict[str, Any]:
    channel = w.channel(_needed(fields, "channel"))
    message = channel.find(_needed(fields, "ts"))
    if message.get("bot_id") != BOT_ID:
        raise Refusal("cant_delete_message")
    channel.messages.remove(message)
    return {"channel": channel.id, "ts": message["ts"]}


def react(w: Workspace, fields: Fields) -> dict[str, Any]:
    message, who = _reacted(w, fields)
    if BOT in who:
        raise Refusal("already_reacted")
    message.setdefault("reactions", {}).setdefault(fields["name"], []).append(BOT)
    return {}


def unreact(w: Workspace, fields: Fields) -> dict[str, Any]:
    _message, who = _reacted(w, fields)
    if BOT not in who:
        raise Refusal("no_reaction")
    who.remove(BOT)
    return {}


def reactions(w: Workspace, fields: Fields) -> dict[str, Any]:
    message = w.channel(_needed(fields, "channel")).find(_needed(fields, "timestamp"))
    listed = [{"name": n, "users": who, "count": len(who)} for n, who in message.get("reactions", {}).items()]
    return {"type": "message", "message": {**message, "reactions": listed}}


def _reacted(w: Workspace, fields: Fields) -> tuple[dict[str, Any], list[str]]:
    message = w.channel(_needed(fields, "channel")).find(_needed(fields, "timestamp"))
    if not _needed(fields, "name").replace("_", "").replace("+", "").replace("-", "").isalnum():
        raise Refusal("invalid_name")
    return message, message.get("reactions", {}).get(fields["name"], [])


def history(w: Workspace, fields: Fields) -> dict[str, Any]:
    channel = w.channel(_needed(fields, "channel"))
    latest = [each for each in reversed(channel.messages) if each.get("thread_ts") in {None, each["ts"]}]
    return {"messages": _shown(latest[: int(fields.get("limit", 100))], fields)}


def replies(w: Workspace, fields: Fields) -> dict[str, Any]:
    channel = w.channel(_needed(fields, "channel"))
    found = w.thread(channel, _needed(fields, "ts"))
    return {"messages": _shown(found[: int(fields.get("limit", 1000))], fields)}


def _shown(messages: list[dict[str, Any]], fields: Fields) -> list[dict[str, Any]]:
    """Metadata only for who asks for all of it."""
    everything = str(fields.get("include_all_metadata")).lower() in {"1", "true"}
    return messages if everything else [{n: v for n, v in m.items() if n != "metadata"} for m in messages]


def channel_info(w: Workspace, fields: Fields) -> dict[str, Any]:
    found = w.channels.get(_needed(fields, "channel"))
    if found is None:
        raise Refusal("channel_not_found")
    return {"channel": _described(found)}


def open_direct(w: Workspace, fields: Fields) -> dict[str, Any]:
    user = _needed(fields, "users")
    if user not in w.people:
        raise Refusal("user_not_found")
    return {"channel": {"id": w.channel(user).id}}


def _described(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_member": channel.member,
        "is_archived": channel.archived,
        "is_ext_shared": channel.shared,
    }


def user_info(w: Workspace, fields: Fields) -> dict[str, Any]:
    person = w.people.get(_needed(fields, "user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": _person(person)}


def by_email(w: Workspace, fields: Fields) -> dict[str, Any]:
    email = _needed(fields, "email").lower()
    for each in w.people.values():
        if each.email == email and each.team == TEAM:
            return {"user": _person(each)}
    raise Refusal("users_not_found")


def _person(person: Person) -> dict[str, Any]:
    profile = {"real_name": person.name, "display_name": "", "email": person.email, "team": person.team}
    told = {
        "id": person.id,
        "team_id": person.team,
        "deleted": False,
        "is_bot": False,
        "is_email_confirmed": True,
    }
    return {**told, "is_stranger": person.team != TEAM, "profile": profile, **person.more}


def open_view(w: Workspace, fields: Fields) -> dict[str, Any]:
    """A trigger_id is good once, for three seconds."""
    trigger, view = _needed(fields, "trigger_id"), fields.get("view")
    if trigger not in w.triggers:
        raise Refusal("expired_trigger_id")
    w.triggers.remove(trigger)
    view = json.loads(view) if isinstance(view, str) else view
    if not isinstance(view, dict) or len(view["title"]["text"]) > 24:
        raise Refusal("invalid_arguments")
    w.forms.append(view)
    return {"view": {**view, "id": f"V{len(w.forms)}"}}


def _needed(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not value or not isinstance(value, str):
        raise Refusal(
            "invalid_arguments", response_metadata={"messages": [f"missing required field: {name}"]}
        )
    return value


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        buttons = block.get("elements", [])
        if len(block.get("text", {}).get("text", "")) > SECTION or len(buttons) > 25 or len(blocks) > 50:
            raise Refusal("invalid_blocks")
        if any(len(each["text"]["text"]) > LABEL or len(each.get("value", "")) > VALUE for each in buttons):
            raise Refusal("invalid_blocks")


METHODS: dict[str, Callable[[Workspace, Fields], dict[str, Any]]] = {
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "reactions.add": react,
    "reactions.remove": unreact,
    "reactions.get": reactions,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.info": channel_info,
    "conversations.open": open_direct,
    "users.info": user_info,
    "users.lookupByEmail": by_email,
    "views.open": open_view,
    "files.completeUploadExternal": uploads.complete,
    "files.info": uploads.info,
    "files.delete": uploads.delete,
}
