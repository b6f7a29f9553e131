"""A real Dovecot for tests: own configuration and folder per run, random ports, as root or not. Debian: dovecot-imapd, dovecot-lmtpd.

Any user may log in with PASSWORD; a mailbox appears with its first mail. Mail comes in by LMTP, as from a mail server.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from config.embedded.parent import die_with_parent

PASSWORD = "mailbox-secret"

# Dovecot 2.3 (Debian 12). With one user for everything no service may change its root or its user.
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
first_valid_uid = 0
auth_failure_delay = 0
{more}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
protocol imap {{
  mail_max_userip_connections = 200
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    """A port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class Dovecot:
    """A running server. `imap` and `lmtp` are ports on 127.0.0.1; `imaps` is 0 without a certificate."""

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    process: subprocess.Popen[bytes]

    def deliver(self, raw: bytes, to: str) -> None:
        """Hand one mail to the mailbox TO, as the last mail server on its way would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            lmtp.sendmail("envelope@sender.example", [to], raw)

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """A mail program of USER's own, as a person would use beside us."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            yield client

    def append(self, raw: bytes, to: str, *, folder: str = "INBOX", at: object = None) -> None:
        """Put a mail into a folder of the mailbox TO, with the arrival time AT."""
        with self.client(to) as client:
            client.append(folder, raw, msg_time=at)

    def flags(self, user: str, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        """The flags of each mail in the folder, by UID."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            fetched = client.fetch(client.search(), ["FLAGS"])
            return [fetched[uid][b"FLAGS"] for uid in sorted(fetched)]

    def change_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """What a restored or migrated server does: a new UIDVALIDITY, and every mail gets another UID (RFC 9051 2.3.1.1)."""
        home = self.folder / "mail" / user
        where = home if folder == "INBOX" else home / f".{folder}"
        header, *mails = (where / "dovecot-uidlist").read_bytes().splitlines()
        version, validity, _next, *rest = header.split()
        fresh = [version, b"V%d" % (int(validity[1:]) + 1), b"N%d" % (len(mails) + 1), *rest]
        lines = [b" ".join(fresh)]
        lines += [b"%d %s" % (uid, mail.partition(b" ")[2]) for uid, mail in enumerate(mails, start=1)]
        (where / "dovecot-uidlist").write_bytes(b"\n".join(lines) + b"\n")
        for index in where.glob("dovecot.index*"):
            index.unlink()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextlib.contextmanager
def running(
    *, more: str = "", files: Mapping[str, str] | None = None, certificate: Path | None = None
) -> Iterator[Dovecot]:
    """Start a Dovecot and stop it. MORE is added to the configuration, FILES are written beside it ({folder} in MORE is where);
    CERTIFICATE (PEM with key) turns TLS on."""
    binary = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert binary, "Dovecot is missing. Run `make system`, or apt-get install dovecot-imapd dovecot-lmtpd."
    # A short path: the names of unix sockets below it must stay under 108 bytes (unix(7)).
    folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    try:
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
        server = _start(binary, folder, more=more.replace("{folder}", str(folder)), certificate=certificate)
        try:
            _wait(server)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(binary: str, folder: Path, *, more: str, certificate: Path | None) -> Dovecot:
    root = os.geteuid() == 0
    me = getpass.getuser()
    (folder / "mail").mkdir()
    folder.chmod(0o755)
    if root:
        shutil.chown(folder / "mail", "nobody", "nogroup")
    ports = {"imap": free_port(), "lmtp": free_port(), "imaps": free_port() if certificate else 0}
    group = Path("/tmp").group() if root else _own_group()
    tls = f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{certificate}" if certificate else "ssl = no"
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            tls=tls,
            more=more,
            password=PASSWORD,
            internal="dovecot" if root else me,
            internal_group="dovecot" if root else group,
            login="dovenull" if root else me,
            owner="nobody" if root else os.geteuid(),
            group="nogroup" if root else os.getegid(),
            **ports,
        )
    )
    with (folder / "start.log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "-F", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=die_with_parent,
        )
    return Dovecot(folder=folder, process=process, **ports)


def _own_group() -> str:
    import grp

    return grp.getgrgid(os.getegid()).gr_name


def _wait(server: Dovecot) -> None:
    """Until it answers; its log is the message if it ends first."""
    for _ in range(100):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", server.imap), 1) as greeting,
        ):
            if greeting.recv(4) == b"* OK":
                return
        if server.process.poll() is not None:
            break
        time.sleep(0.05)
    logs = [
        path.read_text()
        for path in (server.folder / "start.log", server.folder / "dovecot.log")
        if path.exists()
    ]
    raise AssertionError("Dovecot did not start:\n" + "\n".join(logs))
