"""The door: hooks before Django, sockets of agents and visitors apart, lifespan answered."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator

from config import asgi


def http(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(b"host", b"localhost")],
        "query_string": b"",
    }


async def test_a_hook_never_reaches_django(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []

    def recorder(name: str) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            reached.append(f"{name} {scope['path']}")

        return app

    monkeypatch.setattr(asgi, "hooks", recorder("hooks"))
    monkeypatch.setattr(asgi, "django", recorder("django"))
    for path in ("/hooks/sms/1", "/hooks/", "/hook", "/customers/1"):
        await asgi.application(http(path), None, None)
    assert reached == ["hooks /hooks/sms/1", "hooks /hooks/", "django /hook", "django /customers/1"]


async def test_django_answers_through_the_door() -> None:
    communicator = ApplicationCommunicator(asgi.application, http("/healthz"))
    await communicator.send_input({"type": "http.request", "body": b""})
    start = await communicator.receive_output(5)
    assert start["status"] == 200
    assert (await communicator.receive_output(5))["body"] == b"ok\n"
    await communicator.wait()


async def test_a_socket_of_an_agent_is_refused_for_another_website() -> None:
    headers = [(b"origin", b"https://evil.example"), (b"host", b"localhost")]
    communicator = WebsocketCommunicator(asgi.application, "/live", headers=headers)
    connected, _code = await communicator.connect()
    assert not connected


@pytest.mark.parametrize("path", ["/live/there-is-no-such-socket", "/c/there-is-no-such-socket"])
async def test_a_socket_that_does_not_exist_is_refused_without_an_error(path: str) -> None:
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    communicator = WebsocketCommunicator(asgi.application, path, headers=headers)
    connected, _code = await communicator.connect()
    assert not connected


async def test_lifespan_is_answered() -> None:
    communicator = ApplicationCommunicator(asgi.application, {"type": "lifespan"})
    for phase in ("startup", "shutdown"):
        await communicator.send_input({"type": f"lifespan.{phase}"})
        assert await communicator.receive_output(5) == {"type": f"lifespan.{phase}.complete"}
    await communicator.wait()


async def test_a_body_announced_as_too_large_is_refused_before_it_is_read(settings: Any) -> None:
    settings.LARGEST_REQUEST = 1_000
    scope = {**http("/c/webchat/x/frames"), "method": "POST"}
    scope["headers"] = [*scope["headers"], (b"content-length", b"1001")]
    communicator = ApplicationCommunicator(asgi.application, scope)
    await communicator.send_input({"type": "http.request", "body": b"", "more_body": True})

    assert (await communicator.receive_output(5))["status"] == 413


async def test_a_body_that_grows_too_large_unannounced_never_reaches_a_view(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LARGEST_REQUEST = 1_000
    got: list[bytes] = []

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request":
            got.append(message["body"])

    monkeypatch.setattr(asgi, "django", reading)
    parts = iter([{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 3)

    async def receive() -> Any:
        return next(parts)

    await asgi.application({**http("/login/"), "method": "POST"}, receive, None)

    assert got == [b"x" * 600]


async def test_a_path_that_nothing_can_have_is_refused() -> None:
    communicator = ApplicationCommunicator(asgi.application, http("/files/a\x00b/"))
    await communicator.send_input({"type": "http.request", "body": b""})

    assert (await communicator.receive_output(5))["status"] == 400
