"""The kernels over qualities against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import quality

reads = st.lists(
    st.binary(max_size=300).map(lambda text: bytes(33 + byte % 94 for byte in text)), max_size=12
)
PAIRS = quality.error_probabilities_of_pairs()


def columns(texts, kind=np.int32):
    """The buffers of a column, and not a byte more."""
    offsets = np.cumsum([0, *map(len, texts)]).astype(kind)
    data = np.frombuffer(b"".join(texts) or b"\0", np.uint8)[: offsets[-1]]
    offsets.flags.writeable = False
    return offsets[:-1], offsets[1:], data


def plain_expected_errors(text):
    """Whole numbers in blocks, then floating point: the same on any machine."""
    total = 0.0
    for first in range(0, len(text), quality.BLOCK):
        block = text[first : first + quality.BLOCK]
        total += float(sum(round(10 ** (-(byte - 33) / 10) * 2**52) for byte in block)) * 2.0**-52
    return total


@given(reads, st.sampled_from([np.int32, np.int64]))
@example([b"!" * 63, b"~", b"I" * 150, b"", b"5" * 128, b"5" * 129], np.int32)
def test_sum_phred(texts, kind):
    sums = np.empty(len(texts), np.uint64)
    assert quality.sum_phred(*columns(texts, kind), sums)
    assert list(sums) == [sum(byte - 33 for byte in text) for text in texts]


@given(reads)
@example([b"!" * 5000, b"#" * 2048, b"I" * 2049])
def test_sum_error_probabilities_bit_for_bit(texts):
    sums = np.empty(len(texts))
    assert quality.sum_error_probabilities(*columns(texts), PAIRS, sums)
    assert list(sums) == [plain_expected_errors(text) for text in texts]
    exact = [math.fsum(10 ** (-(byte - 33) / 10) for byte in text) for text in texts]
    np.testing.assert_allclose(sums, exact, rtol=1e-6, atol=1e-12)


@given(reads, st.integers(0, 94))
@example([b"5" * 16319, b"", b"!" * 16321, b"I" * 40000, b"#"], 20)
def test_count_below(texts, phred):
    counts = np.empty(len(texts), np.int64)
    assert quality.count_below(*columns(texts), np.uint8(phred), counts)
    assert list(counts) == [sum(byte - 33 < phred for byte in text) for text in texts]


@given(st.binary(max_size=300).map(lambda text: bytes(33 + byte % 94 for byte in text)))
def test_decode(text):
    *_, data = columns([text])
    for start in {0, len(text) // 3}:
        scores = np.full(len(text) - start, 255, np.uint8)
        assert quality.decode(data, np.uint64(start), np.uint64(len(text)), scores)
        assert list(scores) == [byte - 33 for byte in text[start:]]


@pytest.mark.parametrize("byte", [0, 10, 32, 127, 200, 255])
@given(before=st.integers(0, 200), after=st.integers(0, 200))
def test_a_byte_that_is_no_quality_is_found(byte, before, after):
    texts = [b"I" * before + bytes([byte]) + b"I" * after]
    starts, stops, data = columns(texts)
    ends = np.uint64(0), np.uint64(len(texts[0]))
    assert not quality.sum_phred(starts, stops, data, np.empty(1, np.uint64))
    assert not quality.sum_error_probabilities(starts, stops, data, PAIRS, np.empty(1))
    assert not quality.count_below(starts, stops, data, np.uint8(20), np.empty(1, np.int64))
    assert not quality.decode(data, *ends, np.empty(len(texts[0]), np.uint8))
    assert quality.find_outside(data, *ends) == before


@given(st.integers(0, 200), st.integers(0, 150), st.integers(0, 200))
def test_bytes_of_other_rows_do_not_matter(before, length, after):
    data = np.frombuffer(b"\0" * before + b"5" * length + b"\xff" * after + b"\0", np.uint8)
    offsets = np.array([before, before + length], np.int32)
    sums, errors = np.empty(1, np.uint64), np.empty(1)
    counts = np.empty(1, np.int64)
    assert quality.sum_phred(offsets[:-1], offsets[1:], data, sums)
    assert sums[0] == 20 * length
    assert quality.sum_error_probabilities(offsets[:-1], offsets[1:], data, PAIRS, errors)
    assert errors[0] == plain_expected_errors(b"5" * length)
    assert quality.count_below(offsets[:-1], offsets[1:], data, np.uint8(21), counts)
    assert counts[0] == length
    stop = np.uint64(before + length)
    assert quality.find_outside(data, np.uint64(before), stop) == stop
