"""The visitors' websocket route; config/asgi.py mounts it beside the agents'."""

from typing import Any

from django.urls import path

from connectors.visitors.sockets import socket

# An ASGI application is no view: Django's type for `path` does not know of Channels.
application: Any = socket
websocket_urlpatterns = [path("c/<str:kind>/socket/<str:public_id>", application)]
