"""Colours have the contrast that WCAG AA asks for, in light and in dark."""

import math
import re
from importlib.resources import files
from itertools import combinations

import pytest

from biometal_stream.reports.page.figures import MOST_PLACES

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
BASES = [f"base-{base}" for base in "acgt"]
PLACES = ["was", *(f"between-{place}" for place in range(1, MOST_PLACES - 1)), "accent"]
LINES = [(line, "card") for line in (*PLACES, *BASES, "base-n")]
SIGHT = {  # Machado, Oliveira and Fernandes (2009), on linear colours
    "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def linear(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def lab(light):
    """CIE L*a*b* of a linear colour, in daylight."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1, 1.08883)
    x, y, z = (
        each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116
        for each in (max(0, dot(row, light)) / of for row, of in zip(rows, white, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def dot(row, light):
    return sum(one * two for one, two in zip(row, light, strict=True))


def difference(one, two, sight):
    seen = [lab([dot(row, linear(each)) for row in SIGHT[sight]]) for each in (one, two)]
    return math.dist(*seen)


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(theme):
    assert not [pair for pair in TEXT if contrast(*map(theme.get, pair)) < 4.5]
    assert not [pair for pair in LINES if contrast(*map(theme.get, pair)) < 3]


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("names", "least"), [(BASES, 25), (PLACES, 15)])
def test_colours_differ_for_the_colour_blind(names, least, theme, sight):
    pairs = combinations(names, 2)
    assert not [each for each in pairs if difference(*map(theme.get, each), sight) < least]


def test_the_system_and_the_switch_have_the_same_dark():
    assert SYSTEM_DARK == DARK
    assert LIGHT.keys() == DARK.keys()
