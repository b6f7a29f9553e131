"""Fixtures every test may use. People (ana, sam, kim) and channels live beside the tests that need them."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings
from hypothesis import settings

from tests.emptying import _quick_flush
from tests.house import _house, house, needed_by, stop_after

__all__ = ["_house", "_quick_flush", "house"]

# No test asserts a time: an example that takes long on a busy machine is no failure. Forty examples each time, since all of it has to be quick.
# The same examples each time, so that whoever changes something is told of what they changed. HYPOTHESIS=search looks for new ones.
settings.register_profile("onethread", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=200)
settings.load_profile("search" if os.environ.get("HYPOTHESIS") == "search" else "onethread")

CHROMIUM = ("chromium-headless-shell", "chromium", "google-chrome")


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests that need the running house are done by one worker: to start its processes takes long."""
    if needed_by(item):
        item.add_marker(pytest.mark.xdist_group("house"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser come last: Playwright leaves an event loop running in its process, which Django's sync views refuse.
    Before them come those that need the house: while one worker does these, the others do the rest."""

    def place(each: pytest.Item) -> tuple[bool, bool, bool]:
        browser = "playwright" in getattr(each, "fixturenames", ())
        return browser or needed_by(each), browser and not needed_by(each), browser

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    stop_after(item, nextitem)


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    """Each test starts with an empty cache and empty queues; rate limits of one test never meet another."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.passwords.QuickHasher"]):
        yield


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Nobody in a test wants motion: what is read right after a change is the change, and not the way there."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, without the services that would call home. `make system` installs it."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert chromium, "No Chromium found. Run `make system`, or put chromium-headless-shell on your PATH."
    quiet = [
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet],
    }
