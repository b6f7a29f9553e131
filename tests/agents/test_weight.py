"""What a page weighs, and that nothing in it needs another host, an inline script or an inline style."""

import gzip
import re
from pathlib import Path

from django.test import Client

from inbox.models import Conversation

SCRIPTS = Path("static/js")
TEMPLATES = [*Path("templates").rglob("*.html")]


def test_our_own_scripts_are_light() -> None:
    whole = b"".join(file.read_bytes() for file in sorted(SCRIPTS.rglob("*.js")))

    assert len(gzip.compress(whole)) <= 60_000


def test_at_most_three_requests_block_the_first_paint(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    head = html[: html.index("</head>")]

    sheets = re.findall(r"<link[^>]+rel=\"stylesheet\"", head)
    scripts = [
        tag for tag in re.findall(r"<script[^>]*>", head) if "defer" not in tag and "module" not in tag
    ]

    assert len(sheets) + len(scripts) <= 2


def test_no_request_leaves_the_host(as_sam: Client, matter: Conversation) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]+\"", html) == []


def test_templates_have_neither_inline_scripts_nor_handlers_nor_styles() -> None:
    for file in TEMPLATES:
        text = file.read_text()
        # The frame of a mail has a policy of its own that allows styles and nothing else.
        if file.name != "mail_frame.html":
            assert not re.search(r"\sstyle=|<style", text), file
        assert not re.search(r"\son\w+=\"", text), file
        assert not re.search(r"<script(?![^>]*src=)", text), file


def test_pages_are_served_under_a_strict_policy(as_sam: Client, matter: Conversation) -> None:
    policy = as_sam.get(f"/conversations/{matter.pk}/")["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
