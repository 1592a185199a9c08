"""The counts of barcodes of no sample, in bounded memory."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import string_column
from biometal_stream.operators.barcodes import counts
from biometal_stream.operators.barcodes.counts import UnknownBarcodes, levels_of


def counted(barcodes: list[str], first: int = 0) -> UnknownBarcodes:
    """The counts of reads named by their numbers."""
    names = [f"r{number}" for number in range(first, first + len(barcodes))]
    columns = (string_column(pa.array(each, pa.string()), "x") for each in (barcodes, names))
    return UnknownBarcodes.of(*columns)


@given(st.lists(st.integers(0, 40)), st.lists(st.integers(0, 200), max_size=4))
def test_the_order_and_the_batches_make_no_difference(numbers: list[int], ends: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counts, "MOST_UNKNOWN", 8)
        barcodes = [f"B{number * number % 41}" for number in numbers]
        whole = counted(barcodes)
        places = sorted({0, len(barcodes), *(min(end, len(barcodes)) for end in ends)})
        parts = [counted(barcodes[at:to], at) for at, to in pairwise(places)]
        forwards = sum(parts, UnknownBarcodes())
        backwards = sum(parts[::-1], UnknownBarcodes())
        right = UnknownBarcodes()
        for part in parts[::-1]:
            right = part + right
        assert whole == forwards == right
        assert backwards == whole
        assert len(whole.counts) <= 8


def test_frequent_barcodes_are_found_among_many() -> None:
    rng = np.random.default_rng(4)
    barcodes = [f"R{number}" for number in range(60_000)] + ["ACGT"] * 20_000 + ["TTTT"] * 10_000
    found = counted([barcodes[place] for place in rng.permutation(len(barcodes))])
    assert found.level > 0
    assert len(found.counts) <= counts.MOST_UNKNOWN
    most = found.most_common(2)
    assert list(most) == ["ACGT", "TTTT"]
    assert most["ACGT"] == pytest.approx(20_000, rel=0.1)


def test_few_are_counted_exactly() -> None:
    found = counted(["AC", "GT", "AC", "CC"])
    assert found.level == 0
    assert found.most_common(9) == {"AC": 2, "CC": 1, "GT": 1}


def test_levels() -> None:
    hashes = np.array([1, 2, 3, 12, 1 << 63, 0], np.uint64)
    assert levels_of(hashes) == [0, 1, 0, 2, 63, 64]
