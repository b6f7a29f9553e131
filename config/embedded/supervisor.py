"""The order of things: PostgreSQL, Valkey, migrations, web, worker, beat, poller; and backwards at the end."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from config import environment, keys, paths
from config.embedded import leftovers, servers, welcome
from config.embedded.address import Address
from config.embedded.children import Child, Start
from config.embedded.console import Console
from config.embedded.problems import CannotStart
from config.embedded.reload import Watch

# Only what stops a server is shown: a refused duplicate row, say, is daily business here.
POSTGRES = {"log_min_messages": "fatal", "shared_buffers": "128MB", "max_connections": "200"}
VALKEY = {"appendonly": "yes", "save": "", "maxmemory-policy": "noeviction", "loglevel": "warning"}

ONE_MIB = str(2**20)
# Where the demo's stand-ins for providers listen: connectors/*/demo.py.
STAND_INS = ",".join(
    f"{host}:{port}" for host in ("127.0.0.1", "localhost") for port in (8025, *range(8031, 8040))
)
SECONDS_TO_STOP = 15.0
SECONDS_TO_START = 180.0


class Supervisor:
    def __init__(self, *, demo: bool = False, dev: bool = False, servers_only: bool = False) -> None:
        environment.load(paths.CHECKOUT)
        env = environment.Environment()
        self.demo = demo
        self.servers_only = servers_only
        self.watch = Watch(paths.CHECKOUT) if dev else None
        self.console = Console()
        self.data = paths.data_dir()
        self.run_dir = paths.run_dir(self.data)
        self.address = Address(env.text("BIND", "127.0.0.1"), env.number("PORT", 8000, least=1, most=65535))
        self.own_database = not env.text("DATABASE_URL")
        self.own_broker = not env.text("REDIS_URL")
        self.children: list[Child] = []
        self.stopping = threading.Event()
        if env.problems:
            raise CannotStart(" ".join(env.problems.values()))
        os.environ.update(DATA_DIR=str(self.data), PYTHONUNBUFFERED="1")
        if dev:
            os.environ.setdefault("DEBUG", "true")
        if demo and not env.text("GUARDED_HTTP_ALLOW"):
            os.environ["GUARDED_HTTP_ALLOW"] = STAND_INS

    def run(self) -> int:
        """Returns when Ctrl-C or SIGTERM came and everything has stopped."""
        began = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        with ExitStack() as stack:
            self.make_folders()
            stack.enter_context(leftovers.claim(self.data, self.address.url))
            self.address.must_be_free()
            stack.callback(self.stop)
            self.start_servers()
            if self.servers_only:
                self.console.say("house", "PostgreSQL and Valkey run; nothing else does. Stop with Ctrl-C.")
            else:
                self.prepare()
                self.start_processes()
                self.welcome(began)
            while not self.stopping.wait(0.5):
                self.look_after()
        self.console.say("house", "Stopped.")
        return 0

    def make_folders(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            if servers.as_root():
                self.data.chmod(0o711)  # PostgreSQL walks through it as nobody.
        except OSError as error:
            raise CannotStart(f"it cannot write to {self.data} ({error.strerror}). Set DATA_DIR.") from None
        if self.own_database and servers.as_root() and not paths.open_to_others(self.data):
            raise CannotStart(
                f"PostgreSQL never runs as root, but as the user nobody, who may not walk to {self.data}. "
                "Set DATA_DIR to a folder such as /var/lib/onethread."
            )
        try:
            made = keys.ensure(self.data / "secrets.env", os.environ)
        except PermissionError:
            raise CannotStart(
                f"{self.data} belongs to another user. Start as that user, or set DATA_DIR."
            ) from None
        if made:
            self.console.say(
                "house", f"Made {' and '.join(made)} in {self.data}/secrets.env. Keep a copy of it."
            )

    def start_servers(self) -> None:
        if self.own_database or self.own_broker:
            servers.make_private(self.run_dir)
        if self.own_broker:
            self.start_valkey()
        if self.own_database:
            self.start_postgres()

    def start_postgres(self) -> None:
        cluster = self.data / "pg"
        binaries = servers.postgres_binaries(self.data)
        leftovers.check_version(binaries, cluster)
        leftovers.wait_for_old_postgres(cluster)
        servers.initialise_postgres(binaries, cluster)
        server = self.add(
            "postgres",
            lambda out: servers.start_postgres(binaries, cluster, self.run_dir, options=POSTGRES, output=out),
            stop_signal=signal.SIGINT,  # fast shutdown: roll back, checkpoint, end
        ).start()
        servers.wait_for_postgres(server, binaries, self.run_dir)
        servers.create_database(self.run_dir)

    def start_valkey(self) -> None:
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True, mode=0o700)
        leftovers.wait_for_old_valkey(self.run_dir)
        # Into a file, because it begins with advice about the kernel's settings.
        options = VALKEY | {"logfile": str(folder / "valkey.log")}
        server = self.add(
            "valkey", lambda out: servers.start_valkey(self.run_dir, folder, options=options, output=out)
        ).start()
        servers.wait_for_valkey(server, self.run_dir)

    def prepare(self) -> None:
        """Checks, migrations, static files and demo data, in one process because starting Django takes seconds."""
        command = [sys.executable, "manage.py", "prepare", *(["--demo"] if self.demo else [])]
        child = Child("house", partial(self.spawn, command), self.console)
        process = child.start()
        while process.poll() is None and not self.stopping.wait(0.05):
            continue
        if self.stopping.is_set():
            child.ask_to_stop()
            child.wait(time.monotonic() + SECONDS_TO_STOP)
        elif process.returncode:
            raise CannotStart("preparing the database failed; the lines above say why.")

    def start_processes(self) -> None:
        if self.stopping.is_set():
            return
        for name, command in self.commands().items():
            self.add(name, partial(self.spawn, command), reloads=True).start()

    def commands(self) -> dict[str, list[str]]:
        """Our own processes. One worker for every queue, beat inside it: docs/operations.md shows how to scale."""
        host, port = self.address.host, str(self.address.port)
        limits = ["--websocket-max-message-size", ONE_MIB, "--websocket-max-frame-size", ONE_MIB]
        daphne = [
            "daphne",
            "-v",
            "0",
            "-b",
            host,
            "-p",
            port,
            *limits,
            "--no-server-name",
            "config.asgi:application",
        ]
        lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = ["celery", "-A", "config.celery", "--quiet", "worker", "--beat", "--concurrency", "3", *lean]
        found = {"web": [sys.executable, "-m", *daphne], "worker": [sys.executable, "-m", *worker]}
        if self.demo:
            found["stand-ins"] = [sys.executable, "manage.py", "stand_ins"]
        return found | {"poller": [sys.executable, "manage.py", "poll_channels"]}

    def welcome(self, began: float) -> None:
        """Waits until every part was seen, then prints the address and, in the demo, who may log in."""
        until = time.monotonic() + SECONDS_TO_START
        missing = welcome.problems(self.address)
        while missing and time.monotonic() < until and not self.stopping.wait(0.1):
            self.look_after()
            missing = welcome.problems(self.address)
        if self.stopping.is_set():
            return
        logins = self.data / "demo-logins.txt"
        people = logins.read_text() if self.demo and logins.exists() else ""
        seconds = time.monotonic() - began
        self.console.write(
            welcome.banner(self.address, data=self.data, seconds=seconds, missing=missing, people=people)
        )

    def look_after(self) -> None:
        if self.watch and self.watch.changed():
            self.console.say("house", "Code changed; starting again what uses it.")
            for child in self.children:
                if child.reloads:
                    child.ask_to_stop()
        for child in self.children:
            child.look()

    def stop(self) -> None:
        """Who uses the servers goes first, all at once; then Valkey; PostgreSQL last."""
        self.console.say("house", "Stopping …")
        until = time.monotonic() + SECONDS_TO_STOP
        for group in (
            [c for c in self.children if c.reloads],
            [c for c in reversed(self.children) if not c.reloads],
        ):
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.wait(until)

    def add(
        self, name: str, start: Start, *, stop_signal: signal.Signals = signal.SIGTERM, reloads: bool = False
    ) -> Child:
        child = Child(name, start, self.console, stop_signal=stop_signal, reloads=reloads)
        self.children.append(child)
        return child

    def spawn(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        return servers.spawn(command, output=output, cwd=Path(paths.CHECKOUT))
