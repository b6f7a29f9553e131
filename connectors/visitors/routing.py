"""The visitors' websocket route; config/asgi.py mounts it beside the agents'."""

from typing import Any

from django.urls import path

from connectors.visitors.sockets import socket

websocket_urlpatterns: list[Any] = [path("c/<str:kind>/socket/<str:public_id>", socket)]
