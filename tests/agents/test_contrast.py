"""Every ink can be read on every ground it is used on, in both themes: WCAG 2.2 asks for 4.5 to 1."""

import re
from pathlib import Path

import pytest

TOKENS = Path("static/css/tokens.css").read_text()
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
}
GROUNDS = ("ground", "surface", "raised", "hover", "accent-soft", "bubble-out", "note")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS),
    *(
        (state, ground)
        for state in ("ok", "warn", "late")
        for ground in (f"{state}-soft", "surface", "ground")
    ),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("note-ink", "note"),
    ("vip", "surface"),
    ("vip", "accent-soft"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_ink_is_readable_on_its_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("hue", range(1, 9))
def test_white_is_readable_on_every_face(hue: int) -> None:
    assert contrast("#ffffff", COLOURS[f"hue-{hue}"][0]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(theme: int) -> None:
    assert contrast(COLOURS["line-input"][theme], COLOURS["surface"][theme]) >= 3
