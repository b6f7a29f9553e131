"""A pytest plugin that boots PostgreSQL and Valkey before Django reads its settings (`-p tests.embedded`).

Once a run: the xdist workers share the servers, each with its own database and its own Valkey number.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from config.embedded import servers

# Playwright's synchronous API runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The tests' data lives for one run, so nothing needs to reach the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}

_running = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].partition('?')[0]}?db={number}"
        return
    boot(_running)


def pytest_unconfigure() -> None:
    _running.close()


def boot(stack: contextlib.ExitStack) -> None:
    """Starts both servers in a temporary folder and puts their addresses and test keys into the environment."""
    data = Path(tempfile.mkdtemp(prefix="onethread-test-"))
    data.chmod(0o755)
    stack.callback(shutil.rmtree, data)
    run = data / "run"
    servers.make_private(run)
    log = stack.enter_context((data / "servers.log").open("ab"))

    binaries = servers.postgres_binaries(data)
    servers.initialise_postgres(binaries, data / "pg")
    postgres = servers.start_postgres(binaries, data / "pg", run, options=FAST, output=log)
    stack.callback(stop, postgres)
    valkey = servers.start_valkey(run, data, options={"save": "", "databases": "64"}, output=log)
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
        SECRET_KEY="only-for-tests",
        FIELD_KEYS="b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=",
        DB_POOL_SIZE="0",
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    server.wait(10)
