"""Samples and their texts as JSON, whole and as differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.records.packed_texts import packed_texts, unpacked_texts
from biometal_stream.reports.records.sample import Sample


def texts_of(words, width):
    texts = np.zeros((len(words), width), np.uint8)
    for row, word in enumerate(words):
        texts[row, : len(word)] = list(word)
    return texts


def sample_of(hashes, texts=None):
    made = None if texts is None else lambda rows: texts[rows]
    return Sample.joining(None, hashes, made)


def again(texts):
    return unpacked_texts(packed_texts(texts))


@given(st.lists(st.one_of(st.binary(max_size=9), st.text("ACGTN", max_size=9).map(str.encode))))
def test_texts_are_read_back(words):
    texts = texts_of(words, 9)
    assert again(texts).tolist() == texts.tolist()


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 50)])
def test_texts_without_letters_are_read_back(shape):
    assert again(np.zeros(shape, np.uint8)).shape == shape


def test_bases_take_two_bits():
    draw = np.random.default_rng(0)
    bases = np.frombuffer(b"ACGT", np.uint8)[draw.integers(0, 4, (4000, 50))]
    assert sum(len(str(each)) for each in packed_texts(bases).values()) < 4000 * 50 / 4 * 1.5


hashes = st.lists(st.integers(0, 40), max_size=30)


@given(hashes, hashes)
def test_a_sample_is_read_back_with_another(some, others):
    one, two = (
        sample_of(
            np.array(each, np.uint64) << np.uint64(40), texts_of([b"%d" % n for n in each], 3)
        )
        for each in (some, others)
    )
    plain = two.to_plain(one)
    assert Sample.from_plain(plain, one).to_plain() == two.to_plain()
    assert Sample.from_plain(two.to_plain()).to_plain() == two.to_plain()


def test_what_two_samples_have_in_common_is_written_once():
    draw = np.random.default_rng(0)
    numbers = draw.integers(0, 2**63, 2000).astype(np.uint64)
    bases = np.frombuffer(b"ACGT", np.uint8)[draw.integers(0, 4, (2000, 50))]
    one, two = sample_of(numbers, bases), sample_of(numbers[:1900], bases[:1900])
    assert len(str(two.to_plain(one))) < len(str(two.to_plain())) / 10


def test_a_difference_to_nothing_is_refused():
    one = sample_of(np.arange(3, dtype=np.uint64))
    with pytest.raises(ValueError, match="missing"):
        Sample.from_plain(one.to_plain(one))
    with pytest.raises(ValueError, match="different numbers"):
        Sample.from_plain(one.to_plain(one), sample_of(np.arange(0, dtype=np.uint64)))
