"""“Check connection”: a connector really connects, off the request's thread and within a time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import timedelta

import structlog
from django.utils.translation import gettext as _

from inbox import registry
from inbox.actions import channels
from inbox.contract import ChannelBroken, ContractError, Health
from inbox.models import Channel

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=20)
# A check that hangs keeps its thread until its own sockets give up: few at a time, so that they cannot take the process over.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="check")


def check(channel: Channel, *, patience: timedelta = PATIENCE) -> Health:
    """Connect, note what came of it with the channel, and give it."""
    health = _asked(channel, patience)
    channels.note_check(channel_id=channel.pk, health=health)
    return health


def _asked(channel: Channel, patience: timedelta) -> Health:
    try:
        running: Future[Health] = _pool.submit(registry.connector_for(channel).check)
        return running.result(patience.total_seconds())
    except TooSlow:
        running.cancel()
        seconds = int(patience.total_seconds())
        return _failed(
            _("No answer within %(seconds)d seconds. Look at the server's address and port.")
            % {"seconds": seconds}
        )
    except ChannelBroken as error:
        return Health(ok=False, broken=True, lines=(error.reason,))
    except ContractError as error:
        return _failed(error.reason or _("The provider refused, without saying why."))
    except Exception as error:  # a connector may break in any way; the page says so, the log says how
        log.exception("check_broke", channel=channel.pk)
        return _failed(
            _("The check itself broke (%(error)s). The server's log says more.")
            % {"error": type(error).__name__}
        )


def _failed(line: str) -> Health:
    return Health(ok=False, lines=(line,))
