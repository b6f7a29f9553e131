"""What one socket says goes to all through a Channels group, each socket a consumer: what every Channels tutorial ends with."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - after Django's settings


class Consumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("bench", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("bench", self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send("bench", {"type": "bench.text", "text": text_data})

    async def bench_text(self, event: dict[str, str]) -> None:
        """A message of the group: the layer finds this method by its type."""
        await self.send(text_data=event["text"])


application = Consumer.as_asgi()
