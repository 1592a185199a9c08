"""Colours have the contrast that WCAG AA asks for, in light and in dark."""

import re
from importlib.resources import files

import pytest

SHEET = (files("biometal_stream.reports.page") / "style" / "1-colours.css").read_text()
LIGHT, SYSTEM_DARK, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6});", part))
    for part in re.split(r"@media|:root\[data-theme", SHEET)
)
TEXT = [
    *((ink, ground) for ink in ("ink", "quiet", "accent", "fail") for ground in ("card", "ground")),
    ("pass", "card"),
    ("warn", "warn-soft"),
    ("fail", "fail-soft"),
    ("ink", "accent-soft"),
]
LINES = [(line, "card") for line in ("accent", "was", "between", *(f"base-{x}" for x in "acgtn"))]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(theme):
    assert not [pair for pair in TEXT if contrast(*map(theme.get, pair)) < 4.5]
    assert not [pair for pair in LINES if contrast(*map(theme.get, pair)) < 3]


def test_the_system_and_the_switch_have_the_same_dark():
    assert SYSTEM_DARK == DARK
    assert LIGHT.keys() == DARK.keys()
