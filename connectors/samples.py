"""Recorded samples: connectors/<kind>/samples/*.json, and connectors/<kind>/provider.py, which plays the provider.

One sample serves the contract test, `manage.py simulate`, the demo data and the docs. The format: connectors/README.md.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from connectors.discovery import HERE, kinds, kinds_with
from connectors.values import address_from_json, gesture_from_json, message_from_json, notice_from_json
from inbox.contract import AgentActed, Connector, File, OutboundMessage, Request

HOOK = "https://inbox.example/hooks/sample"


class SampleError(Exception):
    """A sample file does not follow the format; the text names the file and the mistake."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file. `data` is its JSON as written."""

    kind: str
    name: str
    path: Path
    data: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def about(self) -> str:
        return str(self.data.get("about", ""))

    @property
    def inbound(self) -> Mapping[str, Any] | None:
        return self.data.get("inbound")

    @property
    def outbound(self) -> Mapping[str, Any] | None:
        return self.data.get("outbound")

    @property
    def stored(self) -> bool:
        """False for a handshake: answered, and nothing kept of it."""
        return bool(self.inbound and self.inbound.get("stored", True))

    def request(self, *, url: str = HOOK, received_at: datetime | None = None) -> Request:
        """The recorded request, not signed yet. `url` is where it is posted; `received_at` our clock when it came."""
        if self.inbound is None:
            raise SampleError(f"{self} has no inbound part.")
        recorded = self.inbound["request"]
        body, content_type = _body(recorded, self.path.parent)
        headers = {"content-type": content_type} if content_type else {}
        headers |= {name.lower(): value for name, value in recorded.get("headers", {}).items()}
        query = urlencode(recorded.get("query", {}))
        return Request(
            body=body,
            headers=headers,
            method=recorded.get("method", "POST"),
            url=url + recorded.get("tail", "") + (f"?{query}" if query else ""),
            received_at=received_at or datetime.fromisoformat(self.inbound["received_at"]),
        )

    def message(self) -> OutboundMessage:
        """The outbound message of the sample. Raises SampleError if it is about something else."""
        if self.outbound is None or "message" not in self.outbound:
            raise SampleError(f"{self} has no outbound message.")
        return message_from_json(self.outbound["message"])

    def act(self, connector: Connector) -> Any:
        """Have the connector do what the outbound part is about; what its method gives. Raises what the method raises."""
        about = self.outbound or {}
        if "message" in about:
            return connector.send(self.message())
        if "gesture" in about:
            return connector.perform(gesture_from_json(about["gesture"]))
        if "notice" in about:
            return connector.notify(notice_from_json(about["notice"]))
        return _ask(connector, about.get("call", ""), about.get("with", {}))

    def fresh(self, now: datetime) -> Sample:
        """The same with new ids and times, as its `renew` says: what it becomes is a new message."""
        if self.inbound is None:
            raise SampleError(f"{self} has no inbound part.")
        renewals = self.inbound.get("renew", {})
        return self.replaced({old: renewal(kind, old, now) for old, kind in renewals.items()})

    def replaced(self, words: Mapping[str, str]) -> Sample:
        """The same with these words in place of others, everywhere in the recorded request."""
        if self.inbound is None:
            raise SampleError(f"{self} has no inbound part.")
        request = dict(self.inbound["request"])
        if "file" in request:
            request["base64"] = base64.b64encode(
                (self.path.parent / request.pop("file")).read_bytes()
            ).decode()
        if "base64" in request:
            body = base64.b64decode(request["base64"])
            for old, new in words.items():
                body = body.replace(old.encode(), new.encode())
            request["base64"] = base64.b64encode(body).decode()
        text = json.dumps(request, ensure_ascii=False)
        for old, new in words.items():
            text = text.replace(old, new)
        inbound = {**self.inbound, "request": json.loads(text)}
        return dataclasses.replace(self, data={**self.data, "inbound": inbound})

    @property
    def events(self) -> list[dict[str, Any]]:
        """The values the request must become, as connectors.values.to_json writes them."""
        return list(self.inbound.get("events", [])) if self.inbound is not None else []


# The methods that take plain words, in this order.
PLAIN = {"check": (), "tell": ("answer_url", "text"), "subject_of": ("notice",)}


def _ask(connector: Connector, name: str, given: Mapping[str, Any]) -> Any:
    """One of the connector's other methods, with the arguments of the sample."""
    if name in PLAIN:
        return getattr(connector, name)(*(given[word] for word in PLAIN[name]))
    match name:
        case "templates":
            return tuple(connector.templates())
        case "fetch":
            return connector.fetch(File(**given))
        case "mark_read":
            return connector.mark_read(address_from_json(given["to"]), given["external_id"])
        case "show_typing":
            return connector.show_typing(
                address_from_json(given["to"]), given.get("active", True), last=given.get("last", "")
            )
        case "name_of" | "email_of":
            return getattr(connector, name)(address_from_json(given["who"]))
        case "open_form":
            acted = AgentActed(**{**given["acted"], "who": address_from_json(given["acted"]["who"])})
            return connector.open_form(acted, title=given["title"], text=given.get("text", ""))
    raise SampleError("An outbound part has a message, a gesture, a notice, or a call that the suite knows.")


def _body(recorded: Mapping[str, Any], folder: Path) -> tuple[bytes, str]:
    """The body's bytes, written in whichever way is most readable, and the content type that goes with it."""
    if "json" in recorded:
        return json.dumps(recorded["json"], ensure_ascii=False).encode(), "application/json"
    if "form" in recorded:
        return urlencode(recorded["form"], doseq=True).encode(), "application/x-www-form-urlencoded"
    if "file" in recorded:
        return (folder / recorded["file"]).read_bytes(), ""
    if "base64" in recorded:
        return base64.b64decode(recorded["base64"]), ""
    return recorded.get("text", "").encode(), ""


def renewal(kind: str, old: str, now: datetime) -> str:
    """What stands in place of a recorded id or time: a new one in the same form. Raises SampleError for an unknown kind."""
    match kind:
        case "id":
            return _fresh_id(old)
        case "time":
            written = now.isoformat(timespec="seconds")
            return written.replace("+00:00", "Z") if old.endswith("Z") else written
        case "epoch":
            return str(int(now.timestamp()))
        case "epoch_ms":
            return str(int(now.timestamp() * 1000))
        case "mail_date":
            return format_datetime(now)
        case "number":
            return str(secrets.randbelow(9 * 10 ** (len(old) - 1)) + 10 ** (len(old) - 1))
    raise SampleError(
        f"“{kind}” is not a way to renew “{old}”. There are: id, number, time, epoch, epoch_ms, mail_date."
    )


def _fresh_id(old: str) -> str:
    """The longest run of letters and digits (of a Message-ID: before the @) anew; two capitals that name a type stay."""
    local = old.partition("@")[0]
    run = max(re.findall(r"[A-Za-z0-9]+", local), key=len, default="")
    kept = run[:2] if re.match(r"[A-Z]{2}[0-9a-f]", run) else ""
    fresh = kept + secrets.token_hex(16)[: max(len(run) - len(kept), 12)]
    return old.replace(run, fresh, 1) if run else old + fresh


def of(kind: str) -> list[Sample]:
    """All samples of one kind, by name. Raises SampleError for a file that is not JSON or has neither part."""
    return [_load(kind, path) for path in sorted((HERE / kind / "samples").glob("*.json"))]


def every() -> Iterator[Sample]:
    """All samples of all kinds."""
    for kind in kinds():
        yield from of(kind)


def find(kind: str, name: str) -> Sample:
    """The sample `name` of `kind`. Raises SampleError, with the names there are, if there is none."""
    found = {sample.name: sample for sample in of(kind)}
    if name not in found:
        raise SampleError(f"{kind} has no sample “{name}”. It has: {', '.join(found) or 'none'}.")
    return found[name]


def _load(kind: str, path: Path) -> Sample:
    try:
        data = json.loads(path.read_text())
    except ValueError as error:
        raise SampleError(f"{path.name} of {kind} is not JSON: {error}.") from error
    if not {"inbound", "outbound"} & data.keys():
        raise SampleError(f"{path.name} of {kind} has neither an inbound nor an outbound part.")
    return Sample(kind=kind, name=path.stem, path=path, data=data)


def provider(kind: str) -> ModuleType | None:
    """connectors/<kind>/provider.py, the pretend provider of tests and `simulate`, or None if there is none yet."""
    if kind not in kinds_with("provider"):
        return None
    return import_module(f"connectors.{kind}.provider")
