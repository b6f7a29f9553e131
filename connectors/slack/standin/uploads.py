"""Files in the stand-in: brought in three steps, fetched with the token (docs: messaging/working-with-files)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.slack.standin.workspace import APP, BOT, BOT_ID, Refusal, Workspace

Fields = Mapping[str, Any]


def place(w: Workspace, fields: Fields, base: str) -> dict[str, Any]:
    """files.getUploadURLExternal: an address for exactly so many bytes."""
    length = str(fields.get("length") or "")
    if not fields.get("filename") or not length.isdigit() or not int(length):
        raise Refusal("invalid_arguments")
    id_ = f"F{len(w.files) + 1:07d}"
    w.files[id_] = {"id": id_, "name": fields["filename"], "length": int(length), "shared": False}
    return {"upload_url": f"{base}/upload/{id_}", "file_id": id_}


def take(w: Workspace, id_: str, content: bytes) -> bool:
    """The bytes. False if they are not as many as announced."""
    if id_ not in w.files or w.files[id_]["length"] != len(content):
        return False
    w.content[id_] = content
    return True


def complete(w: Workspace, fields: Fields) -> dict[str, Any]:
    """Only now does anybody see them: one message with all of them."""
    listed = fields.get("files")
    wanted = json.loads(listed) if isinstance(listed, str) else listed or []
    if not wanted or any(each.get("id") not in w.content for each in wanted):
        raise Refusal("file_not_found")
    channel = w.channel(str(fields.get("channel_id") or ""))
    shown = [{**w.files[each["id"]], "title": each.get("title")} for each in wanted]
    message = {"text": "", "files": shown, "user": BOT, "bot_id": BOT_ID, "app_id": APP}
    w.post(channel, {**message, "subtype": "file_share", "thread_ts": fields.get("thread_ts")})
    for each in wanted:
        w.files[each["id"]]["shared"] = True
    return {"files": [{"id": each["id"], "title": each.get("title")} for each in wanted]}


def info(w: Workspace, fields: Fields) -> dict[str, Any]:
    found = w.files.get(str(fields.get("file")))
    if found is None:
        raise Refusal("file_not_found")
    return {"file": found}


def delete(w: Workspace, fields: Fields) -> dict[str, Any]:
    id_ = str(fields.get("file"))
    if w.files.pop(id_, None) is None:
        raise Refusal("file_not_found")
    for channel in w.channels.values():
        channel.messages = [m for m in channel.messages if id_ not in {f["id"] for f in m.get("files", ())}]
    return {}
