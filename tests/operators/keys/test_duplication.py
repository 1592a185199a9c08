"""The sample of sequences: exact, and the same however states are merged."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.keys import duplication
from biometal_stream.operators.keys.duplication import LEVELS, Duplication, Sampled

BITS = st.integers(1, 2**64 - 1) | st.integers(1, 2**40)


def parts(state):
    return state.zeros, state.hashes.tolist(), state.copies.tolist(), state.seen, state.paired


def of(*hashes):
    return Sampled.of(np.array(hashes, np.uint64))


def plain(hashes, most):
    counts = Counter(hashes)
    zeros = 0
    while sum(each < 2 ** (64 - zeros) for each in counts) > most:
        zeros += 1
    left = sorted(each for each in counts if each < 2 ** (64 - zeros))
    return zeros, left, [counts[each] for each in left], len(hashes), False


@given(st.lists(st.lists(BITS, max_size=12), min_size=1, max_size=5), st.data())
def test_states_merge_in_any_order_to_the_state_of_all(batches, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplication, "MOST", 6)
        states = [of(*batch) for batch in batches]
        while len(states) > 1:
            place = data.draw(st.integers(0, len(states) - 2))
            states[place : place + 2] = [states[place] + states[place + 1]]
        assert parts(states[0]) == plain([each for batch in batches for each in batch], 6)


def test_levels_are_those_of_fastqc():
    copies = [1, 1, 2, 9, 10, 49, 50, 10_000, 123_456]
    found = Duplication.of(of(*(number + 1 for number, of in enumerate(copies) for _ in range(of))))
    assert found.sampled == 1
    assert found.rate == (sum(copies) - len(copies)) / sum(copies)
    wanted = Counter(max(level for level in LEVELS if level <= each) for each in copies)
    assert {each.copies: each.sequences for each in found.levels if each.sequences} == wanted
    assert [each.copies for each in found.levels] == list(LEVELS)
    assert sum(each.reads for each in found.levels) == sum(copies) == found.seen


def test_the_rate_of_a_sample_is_near_that_of_all_also_if_one_sequence_prevails():
    draw = random.Random(5)
    hashes = [draw.randrange(1, 2**64) for _ in range(100_000)]
    for copies in (0, 300_000):
        repeated = np.full(copies, draw.randrange(2**60, 2**64), np.uint64)
        state = of(*hashes, *hashes[:40_000]) + Sampled.of(repeated)
        found = Duplication.of(state)
        assert found.sampled == 0.25
        assert len(state.hashes) <= duplication.MOST
        assert found.rate == pytest.approx(1 - (100_000 + bool(copies)) / found.seen, abs=0.02)
        assert found.findings[0].startswith("about ")


def test_no_reads_have_no_rate():
    found = Duplication.of(of())
    assert (found.seen, found.rate, found.findings) == (0, 0.0, ())
