"""The ASGI entry: raw webhooks, websockets and Django behind one door, trusted proxies in front."""

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

from config.proxies import Scope, TrustedProxies

django = get_asgi_application()

# The rest needs Django's apps, which the line above has loaded.


def _routes(module: str) -> list[Any]:
    return list(import_module(module).websocket_urlpatterns) if _exists(module) else []


def _exists(module: str) -> bool:
    return (settings.BASE_DIR / f"{module.replace('.', '/')}.py").is_file()


# Agents carry a session, so only our own pages may open their sockets. A visitor's socket is opened from a
# customer's website: the connector checks the Origin against its channel's list.
agents: Any = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(_routes("agents.live.routing"))))
visitors: Any = URLRouter(import_module("connectors.visitors.routing").websocket_urlpatterns)
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
        await django(dict(scope), receive, send)


async def lifespan(receive: Any, send: Any) -> None:
    """Servers such as uvicorn ask for it; pools open on first use, so there is nothing to prepare."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


application = TrustedProxies(route, settings.TRUSTED_PROXIES)
