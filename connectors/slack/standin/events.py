"""What Slack tells us about its people's doings: events and interactions, posted and signed, or said on Socket Mode's connection."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from connectors.slack.standin.workspace import APP, BOT, TEAM, Workspace

Push = Callable[[str, dict[str, Any]], bool]


class Events:
    """Goes to `push` (a connection) if somebody listens there, else is posted to `hook_url`, up to `tries` times."""

    tries = 3

    def __init__(self, workspace: Workspace, secret: str, push: Push) -> None:
        self.workspace = workspace
        self.secret = secret
        self.push = push
        self.hook_url = ""
        self.numbers = itertools.count(1)

    def say(self, user: str, channel: str, text: str, **more: Any) -> dict[str, Any]:
        """A person writes. Gives the message."""
        with self.workspace.lock:
            where = self.workspace.channels[channel]
            message = self.workspace.post(where, {"user": user, "text": text, **more})
        self.tell({**self._of(user), **message, "channel": channel, "event_ts": message["ts"]})
        return message

    def _of(self, user: str) -> dict[str, Any]:
        person = self.workspace.people[user]
        profile = {"real_name": person.name, "display_name": person.name, "team": person.team}
        return {"user_team": person.team, "team": person.team, "user_profile": profile}

    def tell(self, event: dict[str, Any]) -> int:
        """One event in its envelope. The HTTP status, 0 if nobody answered."""
        channel = self.workspace.channels.get(str(event.get("channel")))
        payload = {
            "type": "event_callback",
            "team_id": event.get("user_team", TEAM),
            "api_app_id": APP,
            "event": {
                "channel_type": "im" if str(event.get("channel", "")).startswith("D") else "channel",
                **event,
            },
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "is_ext_shared_channel": bool(channel and channel.shared),
        }
        return self.bring("events_api", payload)

    def press(self, user: str, channel: str, message: dict[str, Any], button: dict[str, Any]) -> int:
        """A person presses a button under a message."""
        trigger = f"{next(self.numbers)}.{secrets.token_hex(4)}"
        self.workspace.triggers.add(trigger)
        person = self.workspace.people[user]
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "name": person.name, "team_id": person.team},
            "api_app_id": APP,
            "trigger_id": trigger,
            "channel": {"id": channel},
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel},
            "message": message,
            "response_url": f"{self.workspace_url}/actions/{trigger}",
            "actions": [{**button, "action_ts": self.workspace.ts()}],
        }
        return self.bring("interactive", payload)

    workspace_url = ""

    def submit(self, user: str, view: dict[str, Any], text: str) -> int:
        """A person sends a form."""
        values = {"text": {"text": {"type": "plain_text_input", "value": text}}}
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": self.workspace.people[user].team},
            "trigger_id": f"{next(self.numbers)}.{secrets.token_hex(4)}",
            "view": {**view, "app_installed_team_id": TEAM, "state": {"values": values}},
        }
        return self.bring("interactive", payload)

    def bring(self, kind: str, payload: dict[str, Any]) -> int:
        if self.push(kind, payload):
            return 200
        status = 0
        for attempt in range(self.tries if self.hook_url else 0):
            again = (
                {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"} if attempt else {}
            )
            status = self._post(kind, payload, again)
            if 200 <= status < 300:
                break
        return status

    def _post(self, kind: str, payload: dict[str, Any], more: dict[str, str]) -> int:
        text = json.dumps(payload)
        form = kind == "interactive"
        body = urlencode({"payload": text}) if form else text
        sent = str(int(time.time()))
        signature = SignatureVerifier(self.secret).generate_signature(timestamp=sent, body=body)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
            "X-Slack-Request-Timestamp": sent,
            "X-Slack-Signature": str(signature),
            **more,
        }
        try:
            # No proxy: the hook is on this machine. Slack waits three seconds.
            with httpx.Client(timeout=3, trust_env=False) as client:
                return client.post(self.hook_url, content=body.encode(), headers=headers).status_code
        except httpx.HTTPError:
            return 0
