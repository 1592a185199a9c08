"""The hash of names against its definition, and against numbers that must never change."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.operators.kernels.names import hash_names

BITS = 2**64 - 1
GOLDEN = [2720067138144811089, 12035550249420947055, 7177007684111463700]
GOLDEN_11 = 12188760543872893285


def mix(word):
    word = (word + 0x9E3779B97F4A7C15) & BITS
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & BITS
    return word ^ (word >> 31)


def plain_hash(name, seed):
    if name[-2:] in {b"/1", b"/2", b".1", b".2", b"_1", b"_2"}:
        name = name[:-2]
    state = mix(seed)
    for first in range(0, len(name), 8):
        state = mix(state ^ int.from_bytes(name[first : first + 8], "little"))
    return mix(state ^ len(name))


def hashes(names, seed=0):
    offsets = np.cumsum([0, *map(len, names)]).astype(np.int32)
    out = np.empty(len(names), np.uint64)
    data = np.frombuffer(b"".join(names) or b"\0", np.uint8)[: offsets[-1]]
    hash_names(offsets[:-1], offsets[1:], data, np.uint64(seed), out)
    return [int(value) for value in out]


MARKS = st.sampled_from([b"", b"/1", b"/2", b".1", b".2", b"_1", b"_2", b".3", b"-1", b"1"])
NAMES = st.builds(bytes.__add__, st.binary(max_size=40), MARKS)


@given(st.lists(NAMES, max_size=10), st.integers(0, BITS))
def test_the_hash_is_as_it_is_defined(names, seed):
    assert hashes(names, seed) == [plain_hash(name, seed) for name in names]


def test_samples_drawn_years_apart_agree():
    assert hashes([b"SRR11140744.18", b"", b"read/1"]) == GOLDEN
    assert hashes([b"SRR11140744.18"], seed=11) == [GOLDEN_11]


def test_mates_agree():
    marked = [
        b"a:b:c" + separator + digit for separator in (b"/", b".", b"_") for digit in (b"1", b"2")
    ]
    assert len(set(hashes([b"a:b:c", *marked]))) == 1
    assert len(set(hashes([b"a:b:c/3", b"a:b:c1", b"a:b:c", b"/1"]))) == 4
    assert hashes([b"/1"]) == hashes([b""])
