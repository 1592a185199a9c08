"""The kernels over bases against their definitions."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels import sequence

reads = st.lists(
    st.lists(st.sampled_from(b"ACGTUNacgtunRYKMSWBDHV-*"), max_size=300).map(bytes), max_size=12
)
LONG = [b"ACGTN" * 4000, b"", b"n", b"AC" * 8160, b"G" * 16320, b"u" * 16321]
AWKWARD = [b"G" * 64, b"", b"N" * 63, b"AC" * 65, b"g", b"uU" * 32 + b"n"]


def columns(texts):
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    data = np.frombuffer(b"".join(texts) or b"\0", np.uint8)[: offsets[-1]]
    return offsets[:-1], offsets[1:], data


@given(reads)
@example(AWKWARD)
@example(LONG)
def test_count_bases(texts):
    strong, known = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64)
    sequence.count_bases(*columns(texts), strong, known)
    assert list(strong) == [sum(base in b"GCgc" for base in text) for text in texts]
    assert list(known) == [sum(base in b"ACGTUacgtu" for base in text) for text in texts]


@given(reads)
@example(AWKWARD)
@example(LONG)
def test_count_letter(texts):
    counts = np.empty(len(texts), np.int64)
    for letters, bits in ((b"Nn", sequence.ANY_CASE), (b"TtUu", sequence.T_OR_U)):
        sequence.count_letter(*columns(texts), bits, np.uint8(letters[0]), counts)
        assert list(counts) == [sum(base in letters for base in text) for text in texts]


@given(reads)
@example(AWKWARD)
@example(LONG)
@example([b"A" * 64 + b"C"])
def test_count_changes(texts):
    counts = np.empty(len(texts), np.int64)
    sequence.count_changes(*columns(texts), counts)
    assert list(counts) == [
        sum(text[k] != text[k + 1] for k in range(len(text) - 1)) for text in texts
    ]


def test_any_byte_is_counted_as_its_letter_only():
    data = np.arange(256, dtype=np.uint8)
    for offsets in (np.array([0, 256], np.int32), np.arange(257, dtype=np.int32)):
        strong, known, n_count = np.empty((3, len(offsets) - 1), np.int64)
        sequence.count_bases(offsets[:-1], offsets[1:], data, strong, known)
        letter = np.uint8(ord("N"))
        sequence.count_letter(offsets[:-1], offsets[1:], data, sequence.ANY_CASE, letter, n_count)
        assert (strong.sum(), known.sum(), n_count.sum()) == (4, 10, 2)
