"""The composer's counter (static/js/segments.js) agrees with ours, character by character."""

from __future__ import annotations

import base64
import dataclasses
import random
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

from connectors.twilio.segments import BASIC, EXTENDED, segments

MODULE = Path(settings.BASE_DIR) / "static" / "js" / "segments.js"
ODD = "çя“”’–…😀👍🏽\u200d\u0301\x1b\0\t"


def count(page: Page, texts: list[str]) -> Any:
    """What the module says of each text."""
    source = base64.b64encode(MODULE.read_bytes()).decode()
    return page.evaluate(
        """async ([source, texts]) => {
            const { segments } = await import(`data:text/javascript;base64,${source}`);
            return texts.map((text) => segments(text));
        }""",
        [source, texts],
    )


def test_both_counters_agree(page: Page) -> None:
    dice = random.Random(20260302)
    alphabets = [BASIC, BASIC + EXTENDED, BASIC + ODD, EXTENDED, ODD]
    texts = ["", "\r\n", "a\r\nb", *BASIC, *EXTENDED, *ODD]
    texts += (
        ["a" * n for n in (160, 161, 306, 307)] + ["€" * n for n in (80, 81)] + ["😀" * n for n in (35, 36)]
    )
    texts += [
        "".join(dice.choices(alphabet, k=dice.randint(1, 400))) for alphabet in alphabets for _ in range(60)
    ]

    counted = count(page, texts)

    assert counted == [dataclasses.asdict(segments(text)) for text in texts]
