"""A small Graph with one object that can be read, changed and listed: what every channel of Meta does to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from connectors.meta.errors import Meaning
from connectors.meta.graph import Graph
from connectors.meta.standin import GraphRefusal, GraphStandIn, KnownToken
from connectors.standin.wire import Answer, Asked, as_json

TOKEN, SECRET = "token-of-the-tests", "app-secret-of-the-tests"
OWN = {
    (100, 33): Meaning(reason="There is no such thing here."),
    1357: Meaning(reason="Ours.", window_closed=True),
}


class Things(GraphStandIn):
    """GET /7 gives a thing, POST /7 counts, GET /7/parts lists five parts two at a time."""

    open_paths = ("/files/",)
    counted = 0

    def graph(self, asked: Asked, path: str) -> Answer:
        if (asked.method, path) == ("GET", "/7"):
            return as_json({"id": "7"})
        if (asked.method, path) in {("POST", "/7"), ("DELETE", "/7")}:
            self.counted += 1
            return as_json({"success": True})
        if path == "/7/parts":
            return self._parts(int(asked.query.get("after", "0")))
        raise GraphRefusal(100, "Unsupported get request", subcode=33)

    def _parts(self, start: int) -> Answer:
        paging = {"cursors": {"before": str(start), "after": str(start + 2)}}
        more = {"next": f"{self.graph_url}/7/parts?access_token={TOKEN}"} if start + 2 < 5 else {}
        return as_json(
            {"data": [{"id": n} for n in range(start, min(start + 2, 5))], "paging": paging | more}
        )

    def open(self, asked: Asked) -> Answer:
        return (
            Answer(200, b"\x89PNG\r\n\x1a\n" + b"0" * 20, "image/png")
            if asked.bearer == TOKEN
            else Answer(401)
        )


@pytest.fixture
def standin(settings: Settings) -> Iterator[Things]:
    with Things(app_id="12", app_secret=SECRET).running() as running:
        running.tokens[TOKEN] = KnownToken(scopes=("pages_messaging",), expires_at=1_800_000_000)
        settings.GUARDED_HTTP_ALLOW = running.hosts
        yield running


@pytest.fixture
def graph(standin: Things) -> Graph:
    return Graph(base=standin.graph_url, token=TOKEN, app_secret=SECRET, meanings=OWN)
