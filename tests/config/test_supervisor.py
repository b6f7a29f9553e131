"""The whole product by one command, for real: started, stopped, killed, started again with its data."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config import paths

GIVEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "DB_POOL_SIZE", "PYTEST_CURRENT_TEST")


@dataclass
class House:
    """One installation in a folder of its own, on a port of its own."""

    data: Path
    port: int
    running: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        with (self.data / "console.txt").open("w") as console:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "config.embedded"],
                cwd=paths.CHECKOUT,
                env=self.environment(),
                stdout=console,
                stderr=subprocess.STDOUT,
                text=True,
            )
        return self.running

    def run(self) -> subprocess.CompletedProcess[str]:
        """For a start that is expected to fail."""
        command = [sys.executable, "-m", "config.embedded"]
        return subprocess.run(
            command, cwd=paths.CHECKOUT, env=self.environment(), capture_output=True, text=True, timeout=200
        )

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if name not in GIVEN}
        return plain | {"DATA_DIR": str(self.data), "PORT": str(self.port), "COLLECT_STATIC": "false"}

    def console(self) -> str:
        return (self.data / "console.txt").read_text()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 400
        while "Onethread is ready after" not in self.console():
            assert self.running
            assert self.running.poll() is None, self.console()
            assert time.monotonic() < until, self.console()
            time.sleep(0.1)

    def processes(self) -> list[str]:
        """Command lines of all that belongs to this installation, found by its folder in the environment or line."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if line and int(entry.name) != os.getpid() and str(self.data) in line + environment:
                found.append(line)
        return found

    def query(self, sql: str) -> list[tuple[object, ...]]:
        run = paths.run_dir(self.data)
        with psycopg.connect(host=str(run), user="onethread", dbname="onethread") as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def house() -> Iterator[House]:
    # PostgreSQL runs as nobody when the tests run as root, and may not walk into pytest's private folders.
    with tempfile.TemporaryDirectory(prefix="onethread-house-") as folder:
        data = Path(folder)
        data.chmod(0o755)
        one = House(data, free_port())
        yield one
        if one.running and one.running.poll() is None:
            one.running.terminate()
            one.running.wait(60)


def until_gone(house: House) -> list[str]:
    end = time.monotonic() + 100
    while house.processes() and time.monotonic() < end:
        time.sleep(0.1)
    return house.processes()


def test_it_starts_serves_stops_survives_a_kill_and_keeps_its_data(house: House) -> None:
    # given an empty folder, when it is started
    first = house.start()
    house.wait_until_ready()
    # then every part reports for duty, and the address is printed
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/readyz", timeout=10) as answer:
        assert json.load(answer)["ready"] is True
    assert f"http://localhost:{house.port}" in house.console()
    assert (house.data / "secrets.env").stat().st_mode & 0o077 == 0
    # and no other port is open: the servers listen on sockets in a private folder
    assert paths.run_dir(house.data).stat().st_mode & 0o077 == 0
    assert house.query("show listen_addresses") == [("",)]

    # when a second one is started on the same data, then it says who is in the way
    second = house.run()
    assert second.returncode == 1
    assert f"it already runs: process {first.pid}" in second.stderr

    # when the web server dies, then it is started again
    house.query("create table kept (what text); insert into kept values ('by ana')")
    (web,) = [p for p in Path("/proc").glob("[0-9]*") if is_web(p, house)]
    os.kill(int(web.name), signal.SIGKILL)
    assert until_answers(house)
    assert "web ended (killed by SIGKILL); starting it again" in house.console()

    # when the supervisor itself is killed, then nothing is left behind
    first.kill()
    first.wait()
    assert until_gone(house) == []

    # when it is started again, then its data is there
    again = house.start()
    house.wait_until_ready()
    assert house.query("select what from kept") == [("by ana",)]
    assert "Made SECRET_KEY" not in house.console()

    # when it is asked to stop, then it does so cleanly
    again.send_signal(signal.SIGINT)
    assert again.wait(100) == 0
    assert house.console().rstrip().endswith("Stopped.")
    assert "did not stop in time" not in house.console()
    assert until_gone(house) == []


def is_web(process: Path, house: House) -> bool:
    try:
        return f"-p\0{house.port}\0".encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False


def until_answers(house: House) -> bool:
    end = time.monotonic() + 200
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def test_a_taken_port_is_named_before_anything_is_started(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", house.port))
        other.listen()
        done = house.run()
    assert done.returncode == 1
    assert f"port {house.port} is taken by another program" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (house.data / "pg").exists()


def test_a_wrong_port_is_named_in_plain_words(house: House) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded"],
        cwd=paths.CHECKOUT,
        env=house.environment() | {"PORT": "http"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "PORT must be a whole number from 1 to 65535, not 'http'." in done.stderr
