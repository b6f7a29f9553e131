"""Where the files of an installation are."""

from pathlib import Path

import pytest

from config import paths


def test_data_dir_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "here"))
    assert paths.data_dir() == tmp_path / "here"


def test_the_data_of_a_checkout_lies_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATA_DIR")
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path)
    monkeypatch.setattr(paths.os, "geteuid", lambda: 1000)
    assert paths.data_dir() == tmp_path / ".data"


def test_root_in_a_private_checkout_keeps_its_data_in_var_lib(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given a checkout below a folder only its owner may walk through, such as /root
    checkout = tmp_path / "private" / "onethread"
    checkout.mkdir(parents=True)
    checkout.parent.chmod(0o700)
    monkeypatch.delenv("DATA_DIR")
    monkeypatch.setattr(paths, "CHECKOUT", checkout)
    monkeypatch.setattr(paths.os, "geteuid", lambda: 0)
    # then PostgreSQL, which is another user there, gets a place of its own, another one for each checkout
    here = paths.data_dir()
    assert here.parent == Path("/var/lib/onethread")
    monkeypatch.setattr(paths, "CHECKOUT", checkout.parent)
    assert paths.data_dir() != here


def test_sockets_lie_in_the_data_folder(tmp_path: Path) -> None:
    assert paths.run_dir(Path("/srv/onethread")) == Path("/srv/onethread/run")


def test_a_path_too_long_for_a_socket_gets_a_short_one() -> None:
    long = Path("/srv") / ("x" * 100)
    short = paths.run_dir(long)
    assert len(str(short)) <= paths.LONGEST_RUN_DIR
    assert short != paths.run_dir(long.with_name("y" * 100))


def test_a_folder_is_open_when_every_parent_is(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    assert not paths.open_to_others(inner)
    assert paths.open_to_others(Path("/tmp"))
