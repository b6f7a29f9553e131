"""The agents' websocket address."""

from __future__ import annotations

from typing import Any

from django.urls import path

from agents.live.consumer import socket

# Channels routes any ASGI application; Django's types know only of views.
application: Any = socket

websocket_urlpatterns = [path("live/socket/", application)]
