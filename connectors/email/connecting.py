"""What IMAP and SMTP share: TLS, a limit for a whole exchange, and the words for a server that cannot be reached."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

from connectors.email.reasons import plain


def tls() -> ssl.SSLContext:
    """TLS 1.2 or newer, the certificate checked against the system's authorities (SSL_CERT_FILE adds one's own)."""
    return ssl.create_default_context()


@contextlib.contextmanager
def at_most(seconds: float, hang_up: Callable[[], None]) -> Iterator[None]:
    """Hang up (called in another thread) if this takes longer, even if a byte drips in now and then."""
    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def cut(line: socket.socket | None) -> None:
    """End a connection at once, from any thread; who waits on it wakes up."""
    if line is not None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def why_unreachable(error: Exception, host: str, port: int) -> str:
    """One sentence for a connection that was not made or was lost."""
    where = f"{host}:{port}"
    if isinstance(error, socket.gaierror):
        return f"There is no server called {host}. Check its name."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not valid: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"{where} does not speak TLS as expected. Check port and encryption."
    if isinstance(error, TimeoutError):
        return f"{where} did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at {where}. Check server and port."
    return f"The connection to {where} was lost: {plain(str(error)) or type(error).__name__}."
