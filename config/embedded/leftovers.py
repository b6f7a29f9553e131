"""What an earlier run may have left in the data folder, and a claim on the folder for this one."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from config.embedded import servers
from config.embedded.problems import CannotStart

PATIENCE = 15.0


def claim(data: Path, address: str) -> IO[str]:
    """Locks the data folder as long as the returned file is open; says who holds it otherwise."""
    file = (data / "supervisor.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise CannotStart(
            f"it already runs: {holder}. Stop that one with Ctrl-C, or give this one its own DATA_DIR and PORT."
        ) from None
    file.truncate(0)
    file.write(f"process {os.getpid()}, {address}\n")
    file.flush()
    return file


def check_version(binaries: Path, cluster: Path) -> None:
    """A major version of PostgreSQL reads only its own files."""
    file = cluster / "PG_VERSION"
    written_by = file.read_text().strip() if file.exists() else ""
    bundled = servers.postgres_version(binaries)
    if written_by and written_by != bundled:
        raise CannotStart(
            f"the data in {cluster} was written by PostgreSQL {written_by}, and this version brings {bundled}. "
            "Nothing was changed. docs/operations.md, “Moving to a new PostgreSQL”, shows the way."
        )


def wait_for_old_postgres(cluster: Path) -> None:
    """A server whose supervisor was killed is shutting down: wait for it. A stale file is removed."""
    file = cluster / "postmaster.pid"
    until = time.monotonic() + PATIENCE
    while pid := _pid_in(file):
        program = _program(pid)
        if not program:
            return  # The server itself removes the file of a process that is gone.
        if program != "postgres":
            # The number was given to another program since, as happens in containers.
            file.unlink(missing_ok=True)
            return
        if time.monotonic() > until:
            raise CannotStart(
                f"PostgreSQL still runs on {cluster} as process {pid}. Stop it: kill -INT {pid}"
            )
        time.sleep(0.1)


def wait_for_old_valkey(run: Path) -> None:
    until = time.monotonic() + PATIENCE
    while servers.valkey_answers(run):
        if time.monotonic() > until:
            raise CannotStart(f"a Valkey still answers on {run}/valkey.sock. Stop it, then start again.")
        time.sleep(0.1)


def _pid_in(file: Path) -> int:
    first = file.read_text().partition("\n")[0] if file.exists() else ""
    return int(first) if first.isdecimal() else 0


def _program(pid: int) -> str:
    """The name of a running program; empty when there is none with this number."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
