"""How scores are counted does not show in the counts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality import cycle_counts
from biometal_stream.reports.quality.cycle_counts import few_values, scores_by_cycle
from biometal_stream.reports.quality.modules.lengths import Lengths
from biometal_stream.reports.quality.modules.per_cycle import PerCycle
from biometal_stream.reports.quality.modules.per_read import PerRead
from biometal_stream.reports.quality.modules.totals import Totals
from tests.reports.quality.batches import batch, plain, state_of, total
from tests.reports.texts import column

MODULES = (Totals(), PerCycle(), PerRead(), Lengths())


@pytest.mark.parametrize(
    ("sample", "values"),
    [
        ({"F": 900, ":": 50, ",": 40, "#": 10}, b"F:,#"),
        ({"F": 900, ":": 50, ",": 40, "#": 10, "!": 5}, b"F:,#!"),
        ({chr(40 + place): 100 - place for place in range(12)}, bytes(range(40, 52))),
        ({chr(33 + place): 100 for place in range(41)}, None),
        ({}, None),
    ],
)
def test_few_values_are_found(sample: dict[str, int], values: bytes | None) -> None:
    text = "".join(character * number for character, number in sample.items())
    mixed = np.random.default_rng(0).permutation(np.array([*text.encode()], np.uint8))
    found = few_values(column([mixed.tobytes()[first::50] for first in range(50)]))
    if values is None:
        assert found is None
    else:
        assert found is not None
        assert len(found) == max(4, -(-len(values) // 4) * 4)
        assert {*values} <= {*found.tolist()}
        assert len(set(found.tolist())) == len(found)


texts = st.lists(st.text("#,:F~!", max_size=150).map(str.encode), max_size=6)


@given(texts, st.sampled_from([b"#,:F", b"FABC!&:,", None]))
def test_all_ways_count_alike(qualities: list[bytes], values: bytes | None) -> None:
    longest = max(map(len, qualities), default=0)
    scores = [each - 33 for quality in qualities for each in quality]
    wanted = np.zeros((longest, max(scores, default=-1) + 1), np.int64)
    for quality in qualities:
        for place, each in enumerate(quality):
            wanted[place, each - 33] += 1
    highest = max(scores, default=0)
    chosen = None if values is None else np.frombuffer(values, np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cycle_counts, "few_values", lambda _: chosen)
        assert scores_by_cycle(column(qualities), highest).tolist() == wanted.tolist()


reads = st.lists(
    st.tuples(st.text("ACGTN", max_size=130), st.integers(0, 40))
    | st.sampled_from([("", 0), ("ACGT" * 260, 93), ("N" * 2100, 2)]),
    max_size=8,
)


@given(reads, st.lists(st.integers(0, 8), max_size=3), st.randoms(use_true_random=False))
def test_any_partition_and_order_gives_the_same_bits(
    found: list[tuple[str, int]], cuts: list[int], order: object
) -> None:
    qualities = ["".join(chr(33 + (q + i) % 94) for i in range(len(s))) for s, q in found]
    whole = batch([sequence for sequence, _ in found], qualities)
    bounds = sorted(min(cut, len(found)) for cut in [0, *cuts, len(found)])
    parts = [
        state_of(whole.slice(first, last - first), *MODULES)
        for first, last in itertools.pairwise(bounds)
    ]
    order.shuffle(parts)  # type: ignore[attr-defined]
    middle = len(parts) // 2
    grouped = [total(parts[:middle]), total(parts[middle:])]
    assert plain(total(grouped)) == plain(total([state_of(whole, *MODULES)]))
