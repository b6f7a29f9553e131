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


def picture(
    browser: Browser, address: str, password: str, *, dark: bool = False, phone: bool = False
) -> None:
    """Log in as Sam, open Ana's thread, and take the picture."""
    size = ViewportSize(width=390, height=844) if phone else ViewportSize(width=1440, height=900)
    context = browser.new_context(
        viewport=size, color_scheme="dark" if dark else "light", device_scale_factor=2
    )
    page: Page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", "sam@northwool.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.get_by_text("Ana Silva").first.click()
    page.get_by_text("before it ships").last.wait_for()
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    name = "-".join(["inbox", "dark" if dark else "light", *(["phone"] if phone else [])])
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def main() -> None:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    IMAGES.mkdir(exist_ok=True)
    with demo() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for dark in (False, True):
            picture(browser, address, password, dark=dark)
        picture(browser, address, password, phone=True)
        browser.close()


if __name__ == "__main__":
    main()
