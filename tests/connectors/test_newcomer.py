"""A stranger's first channel: newcomer/pigeon/, written from connectors/README.md alone, dropped into a copy of the checkout.

Everything runs in processes of its own in that copy, where of the other channels only the model and the one the tests lean on are left:
the rest takes time, and none may be missed. In this process the pigeons do not exist.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config.paths import CHECKOUT
from connectors.discovery import kinds
from inbox.models import Channel, Message

FOLDER = Path(__file__).parent / "newcomer" / "pigeon"
NEEDED = (
    "agents",
    "config",
    "connectors",
    "inbox",
    "static",
    "templates",
    "tests",
    "manage.py",
    "pyproject.toml",
)
# The model to copy, and the channel whose stand-in tests/house.py plays.
LEFT = {"sandbox", "sms"}
SUITE = (
    "tests/connectors/test_contract.py",
    "tests/connectors/test_contract_to_the_end.py",
    "tests/architecture",
)
# Besides what is asked of each kind: who may know whom, and that nobody outside the folder names the kind.
CHOSEN = "pigeon or knows or names"
# Plugins that none of these tests uses, and that take seconds to load.
QUICK = ("-p", "no:playwright", "-p", "no:schemathesis", "-p", "no:respx")


def left_out(folder: str, names: list[str]) -> set[str]:
    """The other channels, and what Python has half written: it may be gone before it is copied."""
    others = {*kinds()} - LEFT if Path(folder) == CHECKOUT / "connectors" else set()
    return others | {name for name in names if ".pyc." in name}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout as a newcomer has it, before the first line of theirs."""
    for name in NEEDED:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=left_out)
        else:
            shutil.copy2(CHECKOUT / name, tmp_path)
    return tmp_path


def written(tree: Path) -> dict[str, str]:
    """Every file but what Python and hypothesis keep for themselves, with its digest."""
    return {
        path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tree.rglob("*")
        if path.is_file() and not {"__pycache__", ".hypothesis"} & {*path.relative_to(tree).parts}
    }


def run(tree: Path, *words: str, database: str) -> str:
    """Python in the copy, on this test's servers. What it printed; fails with it if it failed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    address = urlsplit(kept["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    # Port 9: no server of ours is to be found there, so `simulate` knocks at the door of its own process.
    environment = kept | {
        "DATABASE_URL": address,
        "PORT": "9",
        # What hypothesis has learnt of Unicode takes seconds to learn anew.
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CHECKOUT / ".hypothesis"),
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def test_a_folder_written_from_the_readme_is_a_channel_and_no_other_file_is_touched(
    copy: Path, transactional_db: None
) -> None:
    before = written(copy)
    shutil.copytree(FOLDER, copy / "connectors" / "pigeon", ignore=left_out)
    here = str(connection.settings_dict["NAME"])

    # The contract suite finds it. Its database is this test's own, which pytest-django names test_….
    suite = (
        "-m",
        "pytest",
        *SUITE,
        "-k",
        CHOSEN,
        *QUICK,
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=--reuse-db",
    )
    told = run(copy, *suite, "-rA", database=here.removeprefix("test_"))
    assert len(re.findall(r"^PASSED .*pigeon", told, re.MULTILINE)) > 10

    # An admin adds a channel of it, and a pigeon lands.
    typed = ("--set", "seal=wax", "--set", "token=feather", "--set", "office=https://post.example")
    told = run(copy, "manage.py", "channel", "add", "pigeon", "--name", "Loft", *typed, database=here)
    channel = Channel.objects.get()
    assert (channel.kind, channel.name) == ("pigeon", "Loft")
    assert f"/hooks/{channel.public_id}" in told

    told = run(copy, "manage.py", "simulate", "pigeon", "text", "--skip-checks", database=here)
    assert "It answered 200" in told
    assert Message.objects.get().text == "Is the blue one still there?"

    dropped = {f"connectors/pigeon/{name}": digest for name, digest in written(FOLDER).items()}
    assert written(copy) == before | dropped
