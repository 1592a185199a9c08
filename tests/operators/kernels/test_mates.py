"""The kernels that find where mates overlap against plain Python."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.operators.adapters.finding import gains
from biometal_stream.operators.kernels import mates
from biometal_stream.operators.pairs.overlap import match_bits
from tests.operators.kernels import overlapping
from tests.operators.kernels.test_adapters import WIDTH, changed, columns, qualities, texts
from tests.operators.plain import reverse_complement

LIMITS = [(30, 5, 0.2), (11, 1 << 40, 0.1667), (5, 3, 1.0), (1, 0, 0.0), (12, 10, 0.3)]


@st.composite
def pairs(draw):
    """Mates of an insert with errors, and reads that have nothing in common."""
    reads = []
    for _ in range(draw(st.integers(0, 2))):
        insert = draw(texts)
        longest = draw(st.sampled_from([150, 100, 76, 36, 15, 12, 3]))
        for strand in (insert, reverse_complement(insert)):
            read = draw(changed(strand) if draw(st.integers(0, 4)) else texts)
            reads.append((read + draw(st.sampled_from(["", "", "GATTACAGAT"])))[:longest])
    return reads, [draw(qualities(read)) for read in reads]


def found(kernel, reads, scores, kind, rubbish, *settings, scored=None):
    starts, stops, data, *quality = columns(reads, scores, kind)
    more = () if scored is None else (*quality, scored)
    sizes, unlike = np.empty((2, len(reads) // 2), np.int64)
    copied = np.full(2 * (max(map(len, reads), default=0) + 2 * WIDTH), rubbish, np.uint8)
    kernel(starts, stops, data, *more, *settings, copied, sizes, unlike)
    return list(zip(sizes.tolist(), unlike.tolist(), strict=True))


def by_pair(values):
    return list(zip(values[0::2], values[1::2], strict=True))


kinds = st.sampled_from([np.int32, np.int64])


@given(kind=kinds, limits=st.sampled_from(LIMITS), given_reads=pairs(), rubbish=st.integers(0, 255))
@settings(max_examples=120)
def test_first_overlaps(kind, limits, given_reads, rubbish):
    reads, scores = given_reads
    limited = np.int64(limits[0]), np.int64(limits[1]), np.float64(limits[2])
    expected = [overlapping.fastp(one, two, *limits) for one, two in by_pair(reads)]
    assert found(mates.first_overlaps, reads, scores, kind, rubbish, *limited) == expected


@given(kind=kinds, limits=st.sampled_from(LIMITS), given_reads=pairs(), rubbish=st.integers(0, 255))
@settings(max_examples=120)
def test_best_overlaps(kind, limits, given_reads, rubbish):
    reads, scores = given_reads
    limited = np.int64(limits[0]), np.int64(limits[1]), np.float64(limits[2])
    expected = [overlapping.adapterremoval(one, two, *limits) for one, two in by_pair(reads)]
    assert found(mates.best_overlaps, reads, scores, kind, rubbish, *limited) == expected


@given(
    kind=kinds,
    limits=st.sampled_from([(10, 10, 1.0), (5, 3, 0.2), (8, 0, 0.1)]),
    given_reads=pairs(),
    rubbish=st.integers(0, 255),
)
@settings(max_examples=120)
def test_clear_overlaps(kind, limits, given_reads, rubbish):
    reads, scores = given_reads
    limited = np.int64(limits[0]), np.int64(limits[1]), np.float64(limits[2])
    kernel = mates.clear_overlaps
    expected = [
        overlapping.vsearch(*pair, each, *limits)
        for pair, each in zip(by_pair(reads), by_pair(scores), strict=True)
    ]
    assert found(kernel, reads, scores, kind, rubbish, *limited, scored=match_bits()) == expected


@given(
    kind=kinds,
    least=st.sampled_from([12, 12, 5, 40]),
    given_reads=pairs(),
    rubbish=st.integers(0, 255),
)
@settings(max_examples=120)
def test_likely_overlaps(kind, least, given_reads, rubbish):
    reads, scores = given_reads
    expected = [
        overlapping.posterior(*pair, each, least)
        for pair, each in zip(by_pair(reads), by_pair(scores), strict=True)
    ]
    kernel = mates.likely_overlaps
    assert found(kernel, reads, scores, kind, rubbish, np.int64(least), scored=gains()) == expected


@given(given_reads=pairs())
def test_the_likeliest_overlap_is_the_same_if_mates_change_places(given_reads):
    reads, scores = given_reads
    swapped = [each for pair in by_pair(reads) for each in pair[::-1]]
    swapped_scores = [each for pair in by_pair(scores) for each in pair[::-1]]
    least, kernel = np.int64(12), mates.likely_overlaps
    one = found(kernel, reads, scores, np.int32, 0, least, scored=gains())
    two = found(kernel, swapped, swapped_scores, np.int32, 0, least, scored=gains())
    assert one == two
