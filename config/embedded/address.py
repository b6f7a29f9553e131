"""Where the web server will listen, checked before anything is started."""

import errno
import socket
from dataclasses import dataclass

from config.embedded.problems import CannotStart


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        """As a person on this machine would type it."""
        shown = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::"} else self.host  # noqa: S104 - compared only
        return f"http://{shown}:{self.port}"

    def must_be_free(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise CannotStart(self._explained(error)) from None

    def _explained(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            other = self.port + 1 if self.port < 65535 else 8000
            return f"port {self.port} is taken by another program. Choose another one: PORT={other} make demo"
        if error.errno == errno.EACCES:
            return f"port {self.port} needs root. Choose one above 1023: PORT=8000 make demo"
        return f"it cannot listen on {self.host}:{self.port} ({error.strerror}). Check BIND and PORT."
