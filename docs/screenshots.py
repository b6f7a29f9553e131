"""Makes the pictures of README and docs from the running demo: `make screenshots`. Not a test; look at what it made."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
IMAGES = HERE / "images"
READY = re.compile(r"is ready after .*: (http\S+)")
PASSWORD = re.compile(r"password: (\S+)")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def free_port() -> str:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo of its own in a folder that is thrown away; gives its address and the password."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "DATA_DIR": folder, "PORT": free_port()}
        command = [sys.executable, "-m", "config.embedded", "--demo"]
        process = subprocess.Popen(
            command, cwd=HERE.parent, env=env, stdout=subprocess.PIPE, text=True
        )  # our own command
        try:
            yield _wait(process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(process: subprocess.Popen[str]) -> tuple[str, str]:
    address = ""
    for line in process.stdout or ():
        if found := READY.search(line):
            address = found[1]
        if found := PASSWORD.search(line):
            return address, found[1]
    raise SystemExit("The demo did not start. Try `make demo` to see why.")


def login(
    browser: Browser, address: str, password: str, who: str, *, dark: bool = False, phone: bool = False
) -> Page:
    """The first page of somebody who has just logged in."""
    size = ViewportSize(width=390, height=844) if phone else ViewportSize(width=1440, height=900)
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=2
    )
    page: Page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", f"{who}@northwool.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    return page


def keep(page: Page, name: str) -> None:
    """Take the picture once nothing moves any more."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.context.close()


def thread(page: Page, name: str) -> None:
    """Ana's thread, as Sam has it open."""
    page.get_by_text("Ana Silva").first.click()
    page.get_by_text("before it ships").last.wait_for()
    keep(page, name)


def merge(page: Page) -> None:
    """Elif wrote by mail and in the chat: the two side by side."""
    page.goto(page.url.partition("/inbox")[0] + "/customers/?q=Elif")
    page.locator("a.found").first.click()
    page.get_by_role("link", name="Compare").first.click()
    page.get_by_role("button", name="Merge into").wait_for()
    keep(page, "merge-light")


def shop(page: Page) -> None:
    """Shop staff find Ana, and note what she came for."""
    page.locator("input[type=search]").fill("Ana")
    page.get_by_text("Ana Silva").first.click()
    page.get_by_text("Ana Silva").first.wait_for()
    keep(page, "shop-phone")


def main() -> None:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    IMAGES.mkdir(exist_ok=True)
    with demo() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        thread(login(browser, address, password, "sam"), "inbox-light")
        thread(login(browser, address, password, "sam", dark=True), "inbox-dark")
        thread(login(browser, address, password, "sam", phone=True), "inbox-light-phone")
        merge(login(browser, address, password, "sam"))
        shop(login(browser, address, password, "lena", phone=True))
        browser.close()


if __name__ == "__main__":
    main()
