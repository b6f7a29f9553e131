"""`manage.py simulate KIND [SAMPLE]`: sends a recorded sample to a channel, as its provider would."""

from __future__ import annotations

import asyncio
import dataclasses
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connectors import inbound, reader, samples
from connectors.hooks import Door
from connectors.samples import Sample, SampleError
from inbox import registry
from inbox.contract import Request
from inbox.models import Channel


class Command(BaseCommand):
    help = "Sends a recorded sample to a channel: through the running server, or in this process if there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="The channel's kind: the name of its folder.")
        parser.add_argument(
            "sample", nargs="?", default="text", help="A file in its samples/. Default: text."
        )
        parser.add_argument(
            "--channel", help="The channel's name. Needed only if there are several of the kind."
        )
        parser.add_argument(
            "--again", action="store_true", help="Exactly as recorded: the second time changes nothing."
        )
        parser.add_argument("--list", action="store_true", help="Show the samples there are.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self.show(options["kind"])
            else:
                self.send(options["kind"], options["sample"], options["channel"], again=options["again"])
        except SampleError as error:
            raise CommandError(str(error)) from error

    def show(self, kind: str) -> None:
        for sample in samples.of(kind):
            if sample.inbound is not None:
                self.stdout.write(f"{sample.name:24} {sample.about}")

    def send(self, kind: str, name: str, channel_name: str | None, *, again: bool) -> None:
        channel = find_channel(kind, channel_name)
        sample = fitted(samples.find(kind, name), channel)
        now = datetime.now(UTC)
        recorded = sample if again else sample.fresh(now)
        request = recorded.request(url=registry.hook_url(channel.public_id), received_at=now)
        play = samples.provider(kind)
        if play is None or not hasattr(play, "sign"):
            self.keep(channel, request)
            return
        values = registry.build_settings(kind, channel.settings)
        self.post(play.sign(request, values))

    def keep(self, channel: Channel, request: Request) -> None:
        """Nothing comes in through a hook here: kept as what was fetched or said on a socket is."""
        receipt = inbound.store(channel, request)
        reader.drain()
        receipt.refresh_from_db()
        told = ", ".join(event["type"] for event in receipt.events) or receipt.error
        self.stdout.write(f"Kept as receipt {receipt.pk}: {told or receipt.get_state_display()}.")

    def post(self, request: Request) -> None:
        here = f"http://127.0.0.1:{settings.PORT}{request.url.removeprefix(settings.PUBLIC_URL)}"
        try:
            answer = httpx.request(
                request.method, here, content=request.body, headers=dict(request.headers), trust_env=False
            )
            self.stdout.write(f"{here} answered {answer.status_code} {answer.text}".rstrip())
        except httpx.ConnectError:
            self.stdout.write("No server is running here, so the door was knocked at in this process.")
            status, body = asyncio.run(knock(request))
            reader.drain()
            self.stdout.write(f"It answered {status} {body}".rstrip())


async def knock(request: Request) -> tuple[int, str]:
    """One request at a door of this process, and the workers told about it."""
    door = Door()
    try:
        known = await door.directory.find(
            request.url.rpartition("/hooks/")[2].partition("?")[0].partition("/")[0]
        )
        if known is None:
            return 404, ""
        answer = await door.take(known, request, sender="127.0.0.1")
        if door.bell.task is not None:
            await door.bell.task
        return answer.status, answer.body.decode()
    finally:
        await door.storage.close()


def find_channel(kind: str, name: str | None) -> Channel:
    """The only channel of the kind, or the one of that name. Raises CommandError with what to do."""
    found = Channel.objects.filter(kind=kind)
    if name:
        found = found.filter(name=name)
    listed = list(found[:2])
    if not listed:
        raise CommandError(f"There is no such channel. Add one: manage.py channel add {kind} --name …")
    if len(listed) > 1:
        names = ", ".join(f"“{each.name}”" for each in Channel.objects.filter(kind=kind))
        raise CommandError(f"There are several: {names}. Say which by --channel.")
    return listed[0]


def fitted(sample: Sample, channel: Channel) -> Sample:
    """The sample with the channel's own number, account and so on where the recorded ones stand."""
    play = samples.provider(sample.kind)
    recorded = {**(play.SETTINGS if play else {}), **sample.data.get("settings", {})}
    shape = {
        field.name: field for field in dataclasses.fields(registry.connector_class(sample.kind).Settings)
    }
    words = {}
    for name, old in recorded.items():
        new = channel.settings.get(name)
        secret = name in shape and shape[name].metadata.get("secret")
        if isinstance(old, str) and len(old) > 4 and isinstance(new, str) and new and not secret:
            words[old] = new
    return sample.replaced(words)
