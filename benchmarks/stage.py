"""The servers a run needs: PostgreSQL that really writes to disk, Valkey, web servers; all in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config import paths
from config.embedded import servers
from config.embedded.parent import die_with_parent

# The defaults of PostgreSQL, durability above all, but room for the connections of several web servers at once.
POSTGRES = {"fsync": "on", "synchronous_commit": "on", "max_connections": "200", "shared_buffers": "256MB"}


def boot(stack: contextlib.ExitStack, folder: Path | None = None) -> None:
    """Starts both servers below `folder` and points the environment at them. Call it before Django is set up."""
    data = Path(tempfile.mkdtemp(prefix="onethread-bench-", dir=folder))
    data.chmod(0o755)
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    run = data / "run"
    servers.make_private(run)
    log = stack.enter_context((data / "servers.log").open("ab"))
    binaries = servers.postgres_binaries(data)
    servers.initialise_postgres(binaries, data / "pg")
    postgres = servers.start_postgres(binaries, data / "pg", run, options=POSTGRES, output=log)
    stack.callback(stop, postgres, signal.SIGINT)
    valkey = servers.start_valkey(run, data, options={"save": ""}, output=log)
    stack.callback(stop, valkey)
    servers.wait_for_valkey(valkey, run)
    servers.wait_for_postgres(postgres, binaries, run)
    servers.create_database(run)
    os.environ.update(
        DATA_DIR=str(data),
        DATABASE_URL=f"postgres://{servers.USER}@/{servers.DATABASE}?host={run}",
        REDIS_URL=f"unix://{run}/valkey.sock",
        ENV_FILE=os.devnull,
        COLLECT_STATIC="false",
        SECRET_KEY="only-for-measuring",
        FIELD_KEYS="b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=",
        DB_STATEMENT_TIMEOUT="0",
        LOG_LEVEL="error",
        PYTHONPATH=str(paths.CHECKOUT),
    )


def prepare_django() -> None:
    """Sets Django up on the new database and makes the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def stop(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(by)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web_server(application: str, server: str = "uvicorn") -> Iterator[int]:
    """`application` ("module:name") behind one process of a real server, as docs/operations.md starts it. Gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", *_command(server, port), application],
        cwd=paths.CHECKOUT,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    try:
        _wait(process, port)
        yield port
    finally:
        stop(process)


def _command(server: str, port: int) -> list[str]:
    if server == "daphne":
        return ["daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
    options = ["--no-proxy-headers", "--no-access-log", "--log-level", "error", "--backlog", "2048"]
    return ["uvicorn", "--host", "127.0.0.1", "--port", str(port), *options]


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("A web server did not start; what it wrote is above.")
        time.sleep(0.05)
