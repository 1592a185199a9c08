"""Packing texts into keys, and their hashes, against plain Python."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.kernels.keys import gather_words, hash_keys, pack_texts
from biometal_stream.operators.keys.making import unpacked
from tests.operators.kernels.test_names import BITS, mix

CODES = {"A": 0, "C": 1, "T": 2, "G": 3}
BASES = st.text("ACGT", max_size=80).map(str.encode)
TEXTS = st.lists(
    BASES | st.text("ACGTNacgtU", max_size=80).map(str.encode) | st.binary(max_size=40)
)


def plain_pack(text):
    raw = not set(text) <= set(b"ACGT")
    words = [2 * len(text) + raw]
    if raw:
        return words + [
            int.from_bytes(text[first : first + 8], "little") for first in range(0, len(text), 8)
        ]
    for first in range(0, len(text), 32):
        codes = [CODES[chr(base)] for base in text[first : first + 32]]
        words.append(sum(code << 2 * place for place, code in enumerate(codes)))
    return words


def fixed(values, kind):
    array = np.array(values, kind)
    array.flags.writeable = False
    return array


def packed(texts, most=2**60, before=b"", kind=np.int32):
    """The words of each text."""
    data = np.frombuffer(before + b"".join(texts), np.uint8)
    offsets = fixed(np.cumsum([len(before), *map(len, texts)]), kind)
    words = np.zeros(sum(1 + (len(text) + 7) // 8 for text in texts), np.uint64)
    ends = np.zeros(len(texts), np.int64)
    pack_texts(offsets[:-1], offsets[1:], data, np.uint64(most), words, ends)
    starts = [0, *ends[:-1].tolist()]
    return [words[start:end].tolist() for start, end in zip(starts, ends, strict=len(texts) > 0)]


@given(TEXTS, st.integers(0, 90), st.binary(max_size=9), st.sampled_from([np.int32, np.int64]))
@example([b"ACGT" * 16, b"", b"ACGTACGN", b"ACGTACGTA" * 8], 64, b"", np.int32)
def test_texts_are_packed_as_they_are_defined(texts, most, before, kind):
    wanted = [plain_pack(text[:most]) for text in texts]
    assert packed(texts, most, before, kind) == wanted


@given(TEXTS)
def test_what_is_packed_can_be_unpacked_so_that_keys_are_equal_only_if_texts_are(texts):
    assert [unpacked(np.array(words, np.uint64)) for words in packed(texts)] == texts


@given(st.lists(st.lists(st.integers(0, BITS), max_size=6), max_size=8), st.integers(0, BITS))
def test_the_hash_is_as_it_is_defined(keys, seed):
    words = fixed([word for key in keys for word in key], np.uint64)
    ends = fixed(np.cumsum([len(key) for key in keys]), np.int64)
    hashes = np.empty(len(keys), np.uint64)
    hash_keys(words, ends, np.uint64(seed), hashes)
    for key, found in zip(keys, hashes.tolist(), strict=True):
        state = mix(seed)
        for word in key:
            state = mix(state ^ word)
        assert found == (state or 1)


@given(st.lists(st.integers(0, BITS), min_size=1), st.data())
def test_texts_are_gathered_in_any_order(words, data):
    bound = st.integers(0, len(words))
    pairs = data.draw(st.lists(st.tuples(bound, bound).map(sorted)))
    starts, stops = (fixed([pair[each] for pair in pairs], np.int64) for each in (0, 1))
    wanted = [word for start, stop in pairs for word in words[start:stop]]
    out = np.zeros(len(wanted), np.uint64)
    gather_words(fixed(words, np.uint64), starts, stops, out)
    assert out.tolist() == wanted
