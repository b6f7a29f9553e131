"""`manage.py channel add|list|check|pause|resume`: channels from the command line, through the same actions as the pages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors import settings_text
from connectors.models import Receipt
from connectors.settings_text import BadValue
from inbox import registry
from inbox.actions import channels, staff, traffic
from inbox.actions.errors import Refused
from inbox.contract import ContractError
from inbox.models import Channel, Desk, Team


class Command(BaseCommand):
    help = "Adds, lists, checks, pauses and resumes channels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        add = commands.add_parser("add", help="Add a channel.")
        add.add_argument("kind", help="The name of the connector's folder.")
        add.add_argument("--name", required=True, help="What agents see.")
        add.add_argument("--desk", default="Support", help="Whose matters come in here. Default: Support.")
        add.add_argument("--team", help="Who looks after them first.")
        add.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="A setting; KEY=@FILE reads it from a file, so that a secret is not on the command line.",
        )
        commands.add_parser("list", help="Show all channels and how they fare.")
        for name, help_ in (
            ("check", "Really connect."),
            ("pause", "Stop sending and fetching; what comes in is kept."),
            ("resume", "Go on."),
        ):
            commands.add_parser(name, help=help_).add_argument("name", help="The channel's name.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['command']}")(options)
        except (BadValue, Refused, ContractError, Channel.DoesNotExist) as error:
            raise CommandError(_told(error)) from error

    def do_add(self, options: dict[str, Any]) -> None:
        kind = options["kind"]
        values = settings_text.values_of(kind, dict(_pair(word) for word in options["set"]))
        missing = settings_text.missing(kind, values)
        if missing:
            raise CommandError(f"Still missing: {', '.join(f'--set {name}=…' for name in missing)}")
        channel = channels.add(
            actor=None,
            kind=kind,
            name=options["name"],
            values=values,
            desk=_desk(options["desk"]),
            team=_team(options),
        )
        self.stdout.write(f"Added “{channel.name}”. Its hook: {registry.hook_url(channel.public_id)}")

    def do_list(self, options: dict[str, Any]) -> None:
        for channel in Channel.objects.select_related("health").order_by("name"):
            parked = Receipt.objects.parked().filter(channel=channel).count()
            self.stdout.write(
                f"{channel.name}: {channel.kind}, {channel.get_state_display()} {channel.state_reason}".rstrip()
            )
            self.stdout.write(
                f"  address {channel.address or '-'}   hook {registry.hook_url(channel.public_id)}"
            )
            self.stdout.write(f"  {_fares(channel)}   parked {parked}")

    def do_check(self, options: dict[str, Any]) -> None:
        channel = Channel.objects.get(name=options["name"])
        health = registry.connector_for(channel).check()
        traffic.checked(channel_id=channel.pk, health=health)
        for line in health.lines:
            self.stdout.write(line)
        if not health.ok:
            raise CommandError("The check has failed.")
        self.stdout.write("All is well.")

    def do_pause(self, options: dict[str, Any]) -> None:
        channels.pause(actor=None, channel=Channel.objects.get(name=options["name"]))
        self.stdout.write("Paused. What comes in by hooks is kept and read when it goes on.")

    def do_resume(self, options: dict[str, Any]) -> None:
        channels.resume(actor=None, channel=Channel.objects.get(name=options["name"]))
        self.stdout.write("It goes on.")


def _told(error: Exception) -> str:
    if isinstance(error, Channel.DoesNotExist):
        return "There is no channel of this name. See: manage.py channel list"
    return error.reason if isinstance(error, ContractError) else str(error)


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise CommandError(f"Write --set {name}=VALUE.")
    return name, value


def _desk(name: str) -> Desk:
    """The desk of that name; on an installation without any it is made."""
    names = list(Desk.objects.values_list("name", flat=True))
    if not names:
        return staff.save_desk(actor=None, desk=None, name=name, restricted=False)
    if name not in names:
        raise CommandError(f"There is no desk “{name}”. There are: {', '.join(names)}.")
    return Desk.objects.get(name=name)


def _team(options: dict[str, Any]) -> Team | None:
    if not options["team"]:
        return None
    try:
        return Team.objects.get(name=options["team"])
    except Team.DoesNotExist:
        raise CommandError(f"There is no team “{options['team']}”.") from None


def _fares(channel: Channel) -> str:
    health = getattr(channel, "health", None)
    if health is None:
        return "nothing came in or went out yet"
    times = {"last in": health.last_in_at, "last out": health.last_out_at}
    told = [f"{label} {at:%Y-%m-%d %H:%M}" if at else f"{label} never" for label, at in times.items()]
    told.append(f"refused {health.rejected_count}")
    if health.last_error:
        told.append(f"last error {health.last_error_at:%Y-%m-%d %H:%M} {health.last_error}")
    return "   ".join(told)
