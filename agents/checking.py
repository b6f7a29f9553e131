"""What a settings page asks of a provider while somebody waits: off the request's thread and within a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import timedelta
from typing import TypeVar

import structlog
from django.utils.translation import gettext as _

from inbox import registry
from inbox.actions import channels, templates, traffic
from inbox.contract import ChannelBroken, ContractError, Health, Template, TemporaryFailure
from inbox.models import Channel

log = structlog.get_logger(__name__)
T = TypeVar("T")

PATIENCE = timedelta(seconds=20)
# A question that hangs keeps its thread until its own sockets give up: few at a time, so that they cannot take the process over.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="check")


def check(channel: Channel, *, patience: timedelta = PATIENCE) -> Health:
    """Connect, note what came of it with the channel, and give it."""
    health = _asked(channel, patience)
    channels.note_check(channel_id=channel.pk, health=health)
    return health


def ask_templates(channel: Channel, *, patience: timedelta = PATIENCE) -> str:
    """Ask for the channel's templates and keep them. Gives one sentence why that did not work, or ""."""
    try:
        found = _within(
            lambda: list[Template](registry.connector_for(channel).templates()), channel, patience
        )
    except ChannelBroken as error:
        channels.stop_broken(channel_id=channel.pk, reason=error.reason)
        return error.reason
    except ContractError as error:
        traffic.trouble(channel_id=channel.pk, reason=error.reason)
        return error.reason
    templates.keep(channel=channel, templates=found)
    return ""


def _asked(channel: Channel, patience: timedelta) -> Health:
    try:
        return _within(registry.connector_for(channel).check, channel, patience)
    except ChannelBroken as error:
        return Health(ok=False, broken=True, lines=(error.reason,))
    except ContractError as error:
        return Health(ok=False, lines=(error.reason or _("The provider refused, without saying why."),))


def _within(ask: Callable[[], T], channel: Channel, patience: timedelta) -> T:
    """The answer. Raises ContractError, whatever went wrong."""
    try:
        running: Future[T] = _pool.submit(ask)
        return running.result(patience.total_seconds())
    except TooSlow:
        running.cancel()
        seconds = int(patience.total_seconds())
        raise TemporaryFailure(
            _("No answer within %(seconds)d seconds. Look at the server's address and port.")
            % {"seconds": seconds}
        ) from None
    except ContractError:
        raise
    except Exception as error:  # a connector may break in any way; the page says so, the log says how
        log.exception("check_broke", channel=channel.pk)
        raise TemporaryFailure(
            _("The check itself broke (%(error)s). The server's log says more.")
            % {"error": type(error).__name__}
        ) from error
