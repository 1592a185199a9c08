"""The loops that find samples, against plain Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import string_column
from biometal_stream.operators.barcodes.matching import matcher_of
from biometal_stream.operators.barcodes.sheet import SampleSheet


def plain_match(barcode: str, barcodes: list[str], most: int, delta: int) -> tuple[int, int]:
    """The rule in words: the nearest sample, near enough, and nearer than the next by enough."""
    if not barcode:
        return -1, 255
    distances = [
        sum(other not in {base, "N"} for base, other in zip(barcode, sample, strict=True))
        for sample in barcodes
    ]
    order = sorted(range(len(barcodes)), key=distances.__getitem__)
    best = distances[order[0]]
    second = distances[order[1]] if len(order) > 1 else 255
    if best <= most and second - best >= delta:
        return order[0], best
    return -1, 255


def plain_barcode(text: str, lengths: tuple[int, ...]) -> str:
    """The bases that are compared, with a dot for one that is not called; none if too short."""
    size = sum(lengths)
    parts = text.upper().replace("U", "T").replace("+", "-").split("-")
    if len(lengths) == 1 or len(parts) == 1:
        bases = "".join(parts)[:size]
    else:
        parts += [""] * (len(lengths) - len(parts))
        kept = [part[:length] for part, length in zip(parts, lengths, strict=False)]
        short = any(len(part) < length for part, length in zip(kept, lengths, strict=True))
        bases = "" if short else "".join(kept)
    called = "".join(base if base in "ACGT" else "." for base in bases)
    return called if len(called) == size else ""


@st.composite
def cases(draw: st.DrawFn) -> tuple[SampleSheet, int, int, list[str]]:
    """A sheet, the limits, and barcodes near to its samples and far from them."""
    lengths = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=2)))
    letters = "ACGTN" if draw(st.booleans()) else "ACGT"
    size = sum(lengths)
    codes = draw(
        st.lists(
            st.text(letters, min_size=size, max_size=size), min_size=1, max_size=8, unique=True
        )
    )
    ends = np.cumsum((0, *lengths)).tolist()
    parts = tuple(tuple(code[at:to] for at, to in pairwise(ends)) for code in codes)
    sheet = SampleSheet("s", tuple(f"S{k}" for k in range(len(codes))), parts)
    seen = []
    for _ in range(draw(st.integers(1, 12))):
        code = list(draw(st.sampled_from(codes)))
        for _ in range(draw(st.integers(0, 3))):
            code[draw(st.integers(0, size - 1))] = draw(st.sampled_from("ACGTNacgtu."))
        if len(lengths) > 1 and draw(st.booleans()):
            code.insert(lengths[0], draw(st.sampled_from("-+")))
        seen.append("".join(code) + draw(st.text("ACGT-+", max_size=2)))
        if draw(st.booleans()):
            seen.append(seen[-1][draw(st.integers(0, 2)) :])
    return sheet, draw(st.integers(0, 3)), draw(st.integers(1, 3)), seen


@given(cases())
def test_samples_are_those_of_the_rule(case: tuple[SampleSheet, int, int, list[str]]) -> None:
    sheet, most, delta, seen = case
    matcher = matcher_of(sheet, most, delta)
    column = string_column(pa.array(seen, pa.large_string() if most else pa.string()), "barcode")
    planes = matcher.packed(column)
    found = matcher.match(planes)
    wanted = [
        plain_match(plain_barcode(text, sheet.lengths), list(sheet.barcodes), most, delta)
        for text in seen
    ]
    assert list(zip(found, matcher.mismatches(planes, found), strict=True)) == wanted


@pytest.mark.parametrize("most", [0, 1, 2])
def test_barcodes_of_64_bases(most: int) -> None:
    sheet = SampleSheet("s", ("one", "two"), (("A" * 32, "C" * 32), ("G" * 32, "T" * 32)))
    matcher = matcher_of(sheet, most, 2)
    seen = [
        "A" * 32 + "-" + "C" * 32,
        "G" * 32 + "+" + "T" * 31 + "G",
        "ACGT" * 16,
        "A",
        "",
        "N" * 65,
    ]
    planes = matcher.packed(string_column(pa.array(seen), "barcode"))
    assert matcher.match(planes).tolist() == [0, 1 if most else -1, -1, -1, -1, -1]
