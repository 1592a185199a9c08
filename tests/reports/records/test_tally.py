"""Counting hashes, evenly spread or not."""

from collections import Counter

import numpy as np
import pytest

from biometal_stream.reports.records import tally
from biometal_stream.reports.records.tally import added, counted


def hashes_of(spread):
    draw = np.random.default_rng(5)
    few = draw.integers(0, 2**64, 900, dtype=np.uint64)
    made = {"even": few, "alike": few >> np.uint64(40), "small": np.arange(900, dtype=np.uint64)}
    return draw.choice(made[spread], 2000)


def plain(found):
    return dict(zip(found.hashes.tolist(), found.copies.tolist(), strict=True))


@pytest.mark.parametrize("spread", ["even", "alike", "small"])
@pytest.mark.parametrize("zeros", [0, 3, 44])
def test_hashes_are_counted_however_they_are_spread(spread, zeros, monkeypatch):
    sorts = []
    original = np.argsort
    monkeypatch.setattr(tally.np, "argsort", lambda *a, **b: sorts.append(1) or original(*a, **b))
    hashes = hashes_of(spread)
    found = counted(hashes, zeros)
    wanted = Counter(each for each in hashes.tolist() if each < 2 ** (64 - zeros))
    assert plain(found) == wanted
    assert found.hashes.tolist() == sorted(wanted)
    assert hashes[found.origins].tolist() == found.hashes.tolist()
    if zeros == 0:
        assert bool(sorts) == (spread != "even")
    parts = [counted(part, zeros) for part in np.array_split(hashes, 7)]
    again, needed = added(
        [part.hashes for part in parts],
        [part.copies for part in parts],
        zeros,
        lambda count, _: zeros if count == len(wanted) else -1,
    )
    assert (plain(again), needed) == (wanted, zeros)
