"""The kernels that measure triplets and medians against their definitions."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import medians, triplets
from tests.operators import plain
from tests.operators.kernels.columns import bounded

units = st.text("ACGTUNacgtn-", min_size=1, max_size=5)
repeats = st.tuples(units, st.integers(0, 60)).map(lambda parts: parts[0] * parts[1])
reads = st.lists(st.text("ACGTacgtN", max_size=200) | repeats, max_size=6)
kinds = st.sampled_from([np.int32, np.int64])


def measured(reads, kind):
    found = np.empty(2 * len(reads))
    counts = np.zeros(triplets.KINDS, np.int64)
    tables = triplets.codes(), triplets.weights(), triplets.logarithms()
    column = bounded([read.encode() for read in reads], kind, gap=1)
    triplets.measure_triplets(*column, *tables, counts, found)
    assert not counts.any()
    return found.reshape(-1, 2)


@given(reads, kinds)
@example(["A" * length for length in (0, 5, 6, 63, 64, 65, 95, 96, 97, 200)], np.int32)
def test_measure_triplets(reads, kind):
    for (entropy, dust), read in zip(measured(reads, kind), reads, strict=True):
        if len(read) < triplets.SHORTEST:
            assert np.isnan([entropy, dust]).all()
        else:
            assert entropy == pytest.approx(plain.entropy(read), rel=1e-7, abs=1e-8)
            assert dust == pytest.approx(plain.dust(read), rel=1e-12)
            assert 0 <= entropy <= 1
            assert 0 <= dust <= 100


@given(st.lists(st.lists(st.integers(0, 93), max_size=150), max_size=8), kinds)
def test_find_medians(reads, kind):
    found, counts = np.empty(len(reads)), np.zeros(medians.BYTES, np.int64)
    texts = [bytes(33 + score for score in read) for read in reads]
    assert medians.find_medians(*bounded(texts, kind, gap=0), counts, found)
    assert not counts.any()
    wanted = [plain.median_quality(text.decode()) for text in texts]
    assert [None if np.isnan(each) else each for each in found] == wanted


def test_a_byte_that_is_not_a_quality_is_found():
    for byte in (b"\x20", b"\x7f", b"\xff"):
        found, counts = np.empty(1), np.zeros(medians.BYTES, np.int64)
        assert not medians.find_medians(*bounded([b"I" + byte]), counts, found)
