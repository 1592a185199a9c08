"""The kernels that trim by running sums against their definitions."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import running_sums
from tests.operators.kernels import trims
from tests.operators.kernels.columns import bounded

# Good reads with bad ends as much as any scores.
scores = st.lists(st.integers(0, 93), max_size=200)
real = st.tuples(
    st.lists(st.integers(2, 25), max_size=80),
    st.lists(st.sampled_from([2, 12, 23, 37]), max_size=200),
    st.lists(st.integers(0, 20), max_size=80),
).map(lambda parts: [*parts[0], *parts[1], *parts[2]])
reads = st.lists(scores | real, max_size=8)


def texts(reads):
    return [bytes(33 + score for score in read) for read in reads]


def found(firsts, lasts):
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


@given(reads, st.integers(0, 93), st.integers(0, 93), st.sampled_from([np.int32, np.int64]))
@example([[], [2] * 150, [40] * 150, [40] * 100 + [2] * 50, [2, 40, 2], [20]], 20, 20, np.int32)
def test_cut_at_best_sum(reads, front, tail, kind):
    firsts, lasts = np.empty((2, len(reads)), np.int64)
    running_sums.cut_at_best_sum(*bounded(texts(reads), kind, gap=3), front, tail, firsts, lasts)
    assert found(firsts, lasts) == [trims.bwa(read, front, tail) for read in reads]


@given(reads, st.data(), st.integers(0, 93), st.sampled_from([np.int32, np.int64]))
def test_cut_at_best_sum_with_g(reads, data, tail, kind):
    letters = st.text("GGGgACTN", min_size=400, max_size=400)
    bases = [data.draw(letters)[: len(read)] for read in reads]
    lasts = np.empty(len(reads), np.int64)
    base_starts, _, base_data = bounded([text.encode() for text in bases], kind, gap=1)
    column = bounded(texts(reads), kind, gap=3)
    running_sums.cut_at_best_sum_with_g(*column, base_starts, base_data, tail, lasts)
    wanted = [trims.nextseq(read, text, tail) for read, text in zip(reads, bases, strict=True)]
    assert lasts.tolist() == wanted


rates = st.sampled_from([0.05, 0.01, 0.5, 1.0, 10**-4.1, 0.050118723]) | st.floats(1e-6, 1)


@given(reads, rates, st.integers(0, 40), st.sampled_from([np.int32, np.int64]))
@example([[], [2] * 150, [40] * 64, [40] * 65 + [2], [0] * 31, [20] * 30, [13] * 70], 0.05, 30, int)
@example([[20] * 70, [21] * 70, [10, 9, 8, 12, 12, 12]], 0.01, 0, int)
def test_keep_best_stretch(reads, error_rate, least, kind):
    firsts, lasts = np.empty((2, len(reads)), np.int64)
    gains = running_sums.gains(error_rate)
    sure = np.uint8(running_sums.sure_byte(gains))
    column = bounded(texts(reads), kind, gap=2)
    running_sums.keep_best_stretch(*column, gains, sure, least, firsts, lasts)
    assert found(firsts, lasts) == [trims.mott(read, error_rate, least) for read in reads]
