"""The ASGI entry: raw webhooks, websockets and Django behind one door, trusted proxies in front."""

import os
from importlib import import_module
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

from config.bodies import BoundedBodies
from config.proxies import App, Scope, TrustedProxies

django = get_asgi_application()

# The rest needs Django's apps, which the line above has loaded.


async def nowhere(_scope: Scope, receive: Any, send: Any) -> None:
    """A socket at an address that does not exist is refused; without this it would be an error in the log."""
    await receive()
    await send({"type": "websocket.close"})


def routes(package: str) -> list[Any]:
    application: Any = nowhere
    return [*import_module(f"{package}.routing").websocket_urlpatterns, re_path("", application)]


# Agents carry a session (agents/live checks it), so only our own pages may open their sockets. A visitor's socket is opened
# from a customer's website: the connector checks the Origin against its channel's list.
agents: Any = AllowedHostsOriginValidator(URLRouter(routes("agents.live")))
visitors: Any = URLRouter(routes("connectors.visitors"))
hooks: Any = import_module("connectors.hooks").application


async def route(scope: Scope, receive: Any, send: Any) -> None:
    """Hooks come before Django: no middleware, no session, a bounded body, one INSERT."""
    path = str(scope.get("path", ""))
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await (visitors if path.startswith("/c/") else agents)(scope, receive, send)
    elif path.startswith("/hooks/"):
        await hooks(scope, receive, send)
    else:
        await BoundedBodies(cast("App", django), settings.LARGEST_REQUEST)(dict(scope), receive, send)


async def lifespan(receive: Any, send: Any) -> None:
    """Servers such as uvicorn ask for it; pools open on first use, so there is nothing to prepare."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


application = TrustedProxies(route, settings.TRUSTED_PROXIES)
