"""The stand-in's HTTP: the Web API, upload addresses, files, response_urls, and the demo's page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from connectors.slack.standin import page, uploads
from connectors.slack.standin.events import Events
from connectors.slack.standin.methods import METHODS
from connectors.slack.standin.socket import Socket
from connectors.slack.standin.workspace import Refusal, Workspace
from connectors.standin import server
from connectors.standin.wire import Answer, Asked, as_json

LOGIN = b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in</body></html>"
# How often a response_url works (docs: interactivity/handling-user-interaction).
ANSWERS = 5


class StandIn(server.StandIn):
    """`asked` are the calls to the API in order, but not the page's."""

    def __init__(self, workspace: Workspace, *, secret: str = "", port: int = 0) -> None:
        super().__init__(port=port)
        self.workspace = workspace
        self.socket = Socket()
        self.events = Events(workspace, secret, self.socket.push)
        self.events.workspace_url = self.base
        self.told: dict[str, list[dict[str, Any]]] = {}

    def respond(self, asked: Asked) -> Answer:
        if asked.path == "/" or asked.path.startswith("/page/"):
            return page.respond(self, asked)
        return super().respond(asked)

    def answer(self, asked: Asked) -> Answer:
        kind, _, rest = asked.path.strip("/").partition("/")
        with self.workspace.lock:
            match kind:
                case "api":
                    return self._method(rest, asked)
                case "upload":
                    fits = uploads.take(self.workspace, rest, asked.body)
                    return Answer(200 if fits else 400, b"OK" if fits else b"bad length", "text/plain")
                case "files":
                    return self._file(rest, asked)
                case "actions":
                    return self._told(rest, asked)
        return Answer(404, b"", "text/plain")

    def _method(self, name: str, asked: Asked) -> Answer:
        scopes = {"x-oauth-scopes": ",".join(sorted(self.workspace.scopes))}
        try:
            said = self._call(name, asked)
        except Refusal as refused:
            return as_json({"ok": False, "error": refused.code, **refused.more}, headers=scopes)
        return as_json({"ok": True, **said}, headers=scopes)

    def _call(self, name: str, asked: Asked) -> dict[str, Any]:
        """Raises Refusal."""
        if name == "apps.connections.open":
            if asked.bearer != self.workspace.app_token or not asked.bearer:
                raise Refusal("invalid_auth")
            return {"url": self.socket.url}
        if self.workspace.revoked:
            raise Refusal("token_revoked")
        if not asked.bearer:
            raise Refusal("not_authed")
        if asked.bearer != self.workspace.bot_token:
            raise Refusal("invalid_auth")
        fields = _fields(asked)
        if name == "files.getUploadURLExternal":
            return uploads.place(self.workspace, fields, self.base)
        if name not in METHODS:
            raise Refusal("unknown_method")
        return METHODS[name](self.workspace, fields)

    def _file(self, name: str, asked: Asked) -> Answer:
        """The login page, with status 200, for whoever has no permission: as Slack."""
        if asked.bearer != self.workspace.bot_token or "files:read" not in self.workspace.scopes:
            return Answer(200, LOGIN, "text/html; charset=utf-8")
        content = self.workspace.content.get(name)
        return (
            Answer(404, b"", "text/plain")
            if content is None
            else Answer(200, content, "application/octet-stream")
        )

    def _told(self, trigger: str, asked: Asked) -> Answer:
        lines = self.told.setdefault(trigger, [])
        if len(lines) >= ANSWERS:
            return Answer(404, b"used_url", "text/plain")
        lines.append(asked.json)
        return Answer(200, b"ok", "text/plain")

    @contextmanager
    def running(self) -> Iterator[Self]:
        with ExitStack() as open_:
            open_.enter_context(self.socket.running())
            open_.enter_context(super().running())
            yield self


def _fields(asked: Asked) -> dict[str, Any]:
    """JSON, or a form."""
    if asked.headers.get("content-type", "").startswith("application/json"):
        found = json.loads(asked.body or b"{}")
        return found if isinstance(found, dict) else {}
    return dict(asked.fields)
