"""The IMAP connection (RFC 9051): logging in, watching, and words for what goes wrong. What is fetched: mailbox.py."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from connectors.email import oauth
from connectors.email.connecting import cut, tls, why_unreachable
from connectors.email.reasons import plain
from connectors.email.settings import Settings
from inbox.contract import ChannelBroken, TemporaryFailure

# RFC 5530, and what Gmail, Microsoft 365 and Dovecot say when they mean "later": no reason to doubt the password.
_LATER = (
    "unavailable",
    "inuse",
    "limit",
    "overquota",
    "too many",
    "try again",
    "temporar",
    "throttl",
    "server error",
    "timeout",
)


def connect(settings: Settings) -> IMAPClient:
    """A connection that has logged in. Raises TemporaryFailure or ChannelBroken."""
    with talking(settings):
        client = IMAPClient(
            settings.imap_host,
            port=int(settings.imap_port),
            ssl=settings.imap_security == "ssl",
            ssl_context=tls() if settings.imap_security == "ssl" else None,
            timeout=SocketTimeout(settings.timeout_seconds, settings.timeout_seconds),
        )
        try:
            _log_in(client, settings)
        except BaseException:
            hang_up(client)
            raise
    # Arrival times with their zone, not in the zone of this machine.
    client.normalise_times = False
    return client


def _log_in(client: IMAPClient, settings: Settings) -> None:
    if settings.imap_security == "starttls":
        if not client.has_capability("STARTTLS"):
            raise TemporaryFailure(
                f"{settings.imap_host} offers no encryption (STARTTLS), so no password was sent. Check port and encryption."
            )
        client.starttls(tls())
    try:
        if settings.uses_oauth:
            _log_in_with_token(client, settings)
        elif (settings.user + settings.imap_password).isascii():
            client.login(settings.user, settings.imap_password)
        else:
            # LOGIN is ASCII only (RFC 9051 6.2.3); SASL PLAIN is UTF-8 (RFC 4616).
            client.plain_login(settings.user, settings.imap_password)
    except LoginError as error:
        raise _refused(str(error), settings) from error


def _log_in_with_token(client: IMAPClient, settings: Settings) -> None:
    try:
        client.oauth2_login(settings.user, oauth.access_token(settings))
    except LoginError:
        # A token may end before its time (password changed, consent given anew): one fresh one is tried.
        oauth.forget(settings)
        client.oauth2_login(settings.user, oauth.access_token(settings))


def _refused(said: str, settings: Settings) -> Exception:
    said = plain(said)
    if any(word in said.lower() for word in _LATER):
        return TemporaryFailure(f"{settings.imap_host} does not let us in now: {said}")
    return ChannelBroken(
        f"{settings.imap_host} refused the login of {settings.user}: {said}. Enter the password again in the channel's settings.",
        code="login",
    )


@contextlib.contextmanager
def talking(settings: Settings) -> Iterator[None]:
    """Whatever breaks inside becomes a TemporaryFailure: nothing is lost, the next poll goes on where the cursor stands."""
    try:
        yield
    except (IMAPClientAbortError, OSError) as error:
        raise TemporaryFailure(
            why_unreachable(_cause(error), settings.imap_host, int(settings.imap_port))
        ) from error
    except ValueError as error:
        # imaplib reads on from a file that hang_up() has closed in another thread.
        if "closed file" not in str(error):
            raise
        raise TemporaryFailure(
            why_unreachable(ConnectionAbortedError(), settings.imap_host, int(settings.imap_port))
        ) from error
    except IMAPClientError as error:
        raise TemporaryFailure(f"{settings.imap_host} refused a command: {plain(str(error))}") from error


def _cause(error: Exception) -> Exception:
    """imaplib wraps the socket's error in its own."""
    cause = error.__context__
    return cause if isinstance(error, IMAPClientAbortError) and isinstance(cause, OSError) else error


def hang_up(client: IMAPClient) -> None:
    """Cut the line at once, from any thread; who waits on it wakes up."""
    cut(client.socket())
    with contextlib.suppress(OSError):
        client.shutdown()
