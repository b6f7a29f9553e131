"""A sample's connector, and a stand-in provider that plays the recorded calls of an outbound sample on a real port."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from connectors.samples import HOOK, Sample, provider
from inbox import registry
from inbox.contract import BadPayload, ChannelInfo, Connector, InboundEvent, Request
from tests.standins.web import Answer, Asked, Web

Json = Mapping[str, Any]


def settings_of(sample: Sample, over: Json | None = None, *, address: str = "") -> dict[str, Any]:
    """provider.SETTINGS, the sample's own over them, and over all what leads to a stand-in."""
    play = provider(sample.kind)
    values = {**(play.SETTINGS if play else {}), **sample.data.get("settings", {}), **(over or {})}
    return {n: v.replace("{provider}", address) if isinstance(v, str) else v for n, v in values.items()}


def connector_of(sample: Sample, over: Json | None = None, *, address: str = "") -> Connector:
    info = ChannelInfo(
        id=1,
        public_id="sample",
        name="Sample",
        hook_url=HOOK,
        public_url="https://inbox.example",
        country="GB",
    )
    values = registry.build_settings(sample.kind, settings_of(sample, over, address=address))
    return registry.connector_class(sample.kind)(values, info)


def secrets_of(settings: object) -> dict[str, str]:
    """The settings marked secret that have a value."""
    listed = [field for field in fields(settings) if field.metadata.get("secret")]  # type: ignore[arg-type]
    return {field.name: getattr(settings, field.name) for field in listed if getattr(settings, field.name)}


def signs(kind: str) -> bool:
    return hasattr(provider(kind), "sign")


def sign(sample: Sample, connector: Connector, request: Request) -> Request:
    play = provider(sample.kind)
    assert play is not None
    return play.sign(request, connector.settings)


def tampered(request: Request) -> Request:
    """One byte more than was signed."""
    if request.body:
        return replace(request, body=request.body + b"1")
    return replace(request, url=request.url + ("&" if "?" in request.url else "?") + "tampered=1")


def parsed(connector: Connector, request: Request) -> tuple[list[InboundEvent], BadPayload | None]:
    """The events, or the one error that says they cannot be read. Anything else a connector raises is a fault."""
    try:
        return list(connector.parse(request)), None
    except BadPayload as error:
        return [], error


# ---------------------------------------------------------------- outbound


class StandIn(Protocol):
    """What a stand-in gives the suite: the settings that lead to it (or the address that replaces “{provider}” in them), and
    whether it was asked what the sample says."""

    settings: Json
    address: str

    def check(self) -> None: ...


def stand_in(sample: Sample) -> AbstractContextManager[StandIn]:
    """The connector's own stand-in if it brings one (tests/connectors/<kind>/stand_in.py), else one that speaks HTTP."""
    assert sample.outbound is not None
    own = Path(__file__).parent / sample.kind / "stand_in.py"
    made = import_module(f"tests.connectors.{sample.kind}.stand_in").stand_in if own.exists() else playing
    playing_it: AbstractContextManager[StandIn] = made(sample.outbound["calls"])
    return playing_it


@contextmanager
def playing(calls: list[Json] | str) -> Iterator[StandIn]:
    """Plays the calls in their order on a real port; "unreachable" is a port nobody listens on."""
    with Web.running() if calls != "unreachable" else nobody() as web:
        played = Played(web, [] if calls == "unreachable" else list(calls))
        web.otherwise = played.answer
        yield played


@contextmanager
def nobody() -> Iterator[Web]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Web(port=taken.getsockname()[1])


@dataclass
class Played:
    """A provider that gives the recorded answers, one after the other."""

    web: Web
    calls: list[Json]

    settings: Json = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.web.url("")

    def answer(self, asked: Asked) -> Answer | None:
        place = len(self.web.asked) - 1
        recorded = self.calls[place]["answer"] if place < len(self.calls) else {"status": 599}
        if recorded.get("cut"):
            return None
        body = json.dumps(recorded["json"]) if "json" in recorded else recorded.get("text", "")
        return recorded["status"], dict(recorded.get("headers", {})), body.encode()

    def check(self) -> None:
        """The connector sent what the sample says, no more and no less."""
        assert [
            _seen(asked, call["request"]) for asked, call in zip(self.web.asked, self.calls, strict=False)
        ] == [_expected(call["request"]) for call in self.calls]
        assert len(self.web.asked) == len(self.calls)


def _expected(request: Json) -> Json:
    headers = {name.lower(): value for name, value in request.get("headers", {}).items()}
    body = {name: request[name] for name in ("json", "form", "text", "contains") if name in request}
    return {"method": request["method"], "path": request["path"], "headers": headers, **body}


def _seen(asked: Asked, request: Json) -> Json:
    """What was sent, in the words the sample uses."""
    headers = {name.lower(): asked.headers.get(name.lower(), "") for name in request.get("headers", {})}
    seen: dict[str, Any] = {"method": asked.method, "path": asked.path, "headers": headers}
    if "json" in request:
        seen["json"] = json.loads(asked.body)
    if "form" in request:
        listed = parse_qs(asked.body.decode(), keep_blank_values=True)
        wanted = request["form"]
        seen["form"] = {n: v if isinstance(wanted.get(n), list) else v[0] for n, v in listed.items()}
    if "contains" in request:
        seen["contains"] = [part for part in request["contains"] if part.encode() in asked.body]
    if "text" in request:
        seen["text"] = asked.body.decode()
    return seen
