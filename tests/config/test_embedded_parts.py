"""The supervisor's parts, each with real processes, sockets and files."""

import io
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import keys
from config.embedded import leftovers, servers
from config.embedded.address import Address
from config.embedded.children import Child
from config.embedded.console import Console
from config.embedded.problems import CannotStart
from config.embedded.reload import Watch


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def children(screen: io.StringIO) -> Iterator[list[Child]]:
    """Whatever a test appends is stopped afterwards."""
    started: list[Child] = []
    yield started
    for child in started:
        child.wait(time.monotonic())


def make_child(children: list[Child], screen: io.StringIO, code: str) -> Child:
    child = Child("web", lambda out: servers.spawn(python(code), output=out), Console(screen))
    children.append(child)
    return child


def until(condition: object, seconds: float = 20) -> bool:
    """Waits for CONDITION() to be true."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class TestChildren:
    def test_every_line_of_a_child_gets_its_name_in_front(
        self, children: list[Child], screen: io.StringIO
    ) -> None:
        child = make_child(children, screen, "print('hello'); print('world')")
        child.start().wait(20)
        assert until(lambda: screen.getvalue().count("\n") == 2)
        assert screen.getvalue() == "      web | hello\n      web | world\n"

    def test_one_that_ends_is_started_again_after_a_pause_that_grows(
        self, children: list[Child], screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given a clock of our own and a child that fails at once
        now = [1000.0]
        monkeypatch.setattr("config.embedded.children.time.monotonic", lambda: now[0])
        child = make_child(children, screen, "raise SystemExit(3)")
        pauses = []
        for _attempt in range(7):
            child.start().wait(20)
            # when its end is noticed
            child.look()
            pauses.append(child.due_at - now[0])
            # then it is not started before its time
            child.look()
            assert child.process is None
            now[0] = child.due_at
        # then each pause is longer, up to a limit
        assert pauses == [1, 2, 4, 8, 16, 30, 30]
        assert "web ended (exit code 3); starting it again in 1 s." in screen.getvalue()

    def test_one_that_was_healthy_for_long_starts_with_a_short_pause_again(
        self, children: list[Child], screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [1000.0]
        monkeypatch.setattr("config.embedded.children.time.monotonic", lambda: now[0])
        child = make_child(children, screen, "")
        child.failures = 5
        child.start().wait(20)
        now[0] += 3600
        child.look()
        assert child.due_at - now[0] == 1

    def test_one_that_was_asked_to_stop_starts_again_at_once_and_in_silence(
        self, children: list[Child], screen: io.StringIO
    ) -> None:
        # given a child that our changed code belongs to
        child = make_child(children, screen, "import time; print('up', flush=True); time.sleep(99)")
        process = child.start()
        assert until(lambda: "up" in screen.getvalue())
        # when it has stopped as asked
        child.ask_to_stop()
        process.wait(20)
        child.look()
        child.look()
        # then a new one runs, and nobody is told of a crash
        assert until(lambda: screen.getvalue().count("| up") == 2)
        assert "ended" not in screen.getvalue()

    def test_one_that_is_due_runs_again(self, children: list[Child], screen: io.StringIO) -> None:
        child = make_child(children, screen, "print('up', flush=True)")
        child.start().wait(20)
        child.look()
        child.due_at = 0
        child.look()
        assert until(lambda: screen.getvalue().count("| up") == 2)

    def test_one_that_does_not_stop_in_time_is_killed(
        self, children: list[Child], screen: io.StringIO
    ) -> None:
        child = make_child(
            children,
            screen,
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)",
        )
        process = child.start()
        assert until(lambda: "up" in screen.getvalue())
        child.ask_to_stop()
        child.wait(time.monotonic() + 0.2)
        assert process.returncode == -signal.SIGKILL
        assert "web did not stop in time and was killed." in screen.getvalue()

    def test_what_a_child_left_behind_ends_with_it(self, children: list[Child], screen: io.StringIO) -> None:
        # given a child that started a process of its own and died
        child = make_child(
            children,
            screen,
            "import os, subprocess, sys;"
            "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']);"
            "print(p.pid, flush=True); os._exit(1)",
        )
        child.start().wait(20)
        assert until(lambda: screen.getvalue().endswith("\n"))
        orphan = int(screen.getvalue().split()[-1])
        # when its end is noticed
        child.look()
        # then nothing is left
        assert until(lambda: not is_running(orphan))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_child_ends_when_its_parent_is_killed() -> None:
    # given a parent that started a child as the supervisor does
    code = (
        "import subprocess, sys, time; from config.embedded import servers;"
        "c = servers.spawn([sys.executable, '-c', 'import time; time.sleep(99)'], output=subprocess.DEVNULL);"
        "print(c.pid, flush=True); time.sleep(99)"
    )
    parent = subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert is_running(child)
    # when the parent is killed
    parent.kill()
    parent.wait()
    parent.stdout.close()
    # then the child ends too
    assert until(lambda: not is_running(child))


class TestConsole:
    def test_lines_are_not_coloured_unless_a_person_looks(self, screen: io.StringIO) -> None:
        Console(screen).say("web", "hello")
        assert "\x1b" not in screen.getvalue()

    def test_a_terminal_that_has_gone_away_stops_nothing(self) -> None:
        class Gone(io.StringIO):
            def write(self, text: str) -> int:
                raise BrokenPipeError

        console = Console(Gone())
        console.say("web", "nobody reads this")
        console.say("web", "nor this")

    def test_our_own_question_whether_postgresql_is_up_is_not_shown(self, screen: io.StringIO) -> None:
        Console(screen).say("postgres", "FATAL:  the database system is starting up")
        assert screen.getvalue() == ""


class TestKeys:
    def test_a_new_installation_gets_keys_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.env"
        assert keys.ensure(file, {}) == ["SECRET_KEY", "FIELD_KEYS"]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        values = dict(line.split("=", 1) for line in file.read_text().splitlines())
        assert len(values["SECRET_KEY"]) >= 50

    def test_the_second_start_keeps_them(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.env"
        keys.ensure(file, {})
        before = file.read_text()
        assert keys.ensure(file, {}) == []
        assert file.read_text() == before

    def test_a_key_that_was_given_is_not_made(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.env"
        assert keys.ensure(file, {"SECRET_KEY": "mine", "FIELD_KEYS": ""}) == ["FIELD_KEYS"]
        assert "SECRET_KEY" not in file.read_text()


class TestAddress:
    def test_a_taken_port_says_what_to_do(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(
                CannotStart, match=rf"port {port} is taken by another program.*PORT={port + 1} make"
            ):
                Address("127.0.0.1", port).must_be_free()

    def test_a_free_port_is_fine(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
        Address("127.0.0.1", port).must_be_free()

    def test_an_address_of_another_machine_is_named(self) -> None:
        with pytest.raises(CannotStart, match="Check BIND and PORT"):
            Address("203.0.113.1", 8000).must_be_free()

    def test_a_person_sees_localhost(self) -> None:
        assert Address("0.0.0.0", 8000).url == "http://localhost:8000"
        assert Address("192.0.2.1", 80).url == "http://192.0.2.1:80"


class TestLeftovers:
    def test_a_folder_in_use_says_by_whom(self, tmp_path: Path) -> None:
        with (
            leftovers.claim(tmp_path, "http://localhost:8000"),
            pytest.raises(CannotStart, match=f"already runs: process {os.getpid()}, http://localhost:8000"),
        ):
            leftovers.claim(tmp_path, "http://localhost:9000")

    def test_a_folder_is_free_again_afterwards(self, tmp_path: Path) -> None:
        leftovers.claim(tmp_path, "http://localhost:8000").close()
        leftovers.claim(tmp_path, "http://localhost:8000").close()

    def test_data_of_another_postgresql_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "PG_VERSION").write_text("14\n")
        with pytest.raises(
            CannotStart, match=r"written by PostgreSQL 14, .*Nothing was changed.*docs/operations.md"
        ):
            leftovers.check_version(servers.postgres_binaries(tmp_path), tmp_path)

    def test_data_of_the_bundled_postgresql_is_fine(self, tmp_path: Path) -> None:
        binaries = servers.postgres_binaries(tmp_path)
        (tmp_path / "PG_VERSION").write_text(f"{servers.postgres_version(binaries)}\n")
        leftovers.check_version(binaries, tmp_path)

    def test_a_number_that_another_program_has_now_is_stale(self, tmp_path: Path) -> None:
        file = tmp_path / "postmaster.pid"
        file.write_text(f"{os.getpid()}\n/somewhere\n")
        leftovers.wait_for_old_postgres(tmp_path)
        assert not file.exists()

    def test_the_file_of_a_process_that_is_gone_does_not_hold_up_the_start(self, tmp_path: Path) -> None:
        gone = subprocess.Popen(python(""))
        gone.wait()
        (tmp_path / "postmaster.pid").write_text(f"{gone.pid}\n")
        leftovers.wait_for_old_postgres(tmp_path)

    def test_a_postgresql_that_still_runs_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leftovers, "PATIENCE", 0.0)
        monkeypatch.setattr(leftovers, "_program", lambda pid: "postgres")
        (tmp_path / "postmaster.pid").write_text("4711\n")
        with pytest.raises(CannotStart, match=r"as process 4711\. Stop it: kill -INT 4711"):
            leftovers.wait_for_old_postgres(tmp_path)


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(CannotStart, match="make setup"):
        servers._package("no_such_package_at_all")


def test_changed_code_is_noticed_once(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    file = tmp_path / "inbox" / "models.py"
    file.write_text("a = 1")
    watch = Watch(tmp_path)
    assert not watch.changed()
    file.write_text("a = 22")
    os.utime(file, (1, 1))
    assert watch.changed()
    assert not watch.changed()
