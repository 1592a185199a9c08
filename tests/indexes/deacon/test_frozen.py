"""Frozen filters of deacon, compared with the definition of binary fuse filters."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon.frozen import FrozenIndex
from biometal_stream.indexes.deacon.kernels import BLOCK
from biometal_stream.indexes.scheme import Scheme
from tests.indexes.deacon.files import WORD, cells_of, frozen_bytes, mixed

VALUES = st.sets(st.integers(0, (1 << 62) - 1), max_size=3 * BLOCK)


def plain(content, value):
    """Whether a filter has a k-mer, by the definition."""
    bits = content[3]
    seed, segment, _, cells, length = struct.unpack_from("<QIIIQ", content, 15)
    kind = {16: "H", 32: "I"}[bits]
    fingerprints = struct.unpack_from(f"<{length}{kind}", content, 43)
    word = mixed(value + seed & WORD)
    left = (word ^ word >> 32) & (1 << bits) - 1
    for cell in cells_of(word, segment, cells):
        left ^= fingerprints[cell]
    return left == 0


@settings(deadline=None, max_examples=40)
@given(VALUES, VALUES, st.sampled_from([16, 32]))
def test_look_ups(tmp_path_factory, values, others, bits):
    path = tmp_path_factory.mktemp("frozen") / "a.pidx"
    content = frozen_bytes(sorted(values), bits)
    path.write_bytes(content)
    index = FrozenIndex(str(path))
    assert (index.scheme, index.count, index.bits) == (Scheme(31, 15), len(values), bits)
    assert index.nbytes == len(content)
    assert index.false_positive_rate == 2**-bits
    asked = [*values, *others]
    found = index.contains(np.array(asked, np.uint64))
    assert found.tolist() == [plain(content, value) for value in asked]
    assert found[: len(values)].all()


@pytest.fixture(scope="module")
def content():
    return frozen_bytes(range(50), 16)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-1], "is truncated: 50 k-mers take"),
        (lambda data: data[:20], "is truncated"),
        (lambda data: data[:7], "is truncated: it ends within its header"),
        (lambda data: data + b"\0", "has bytes after its end"),
        (lambda data: data[:4] + b"\x02" + data[5:], "version 2, and only version 1 can be read"),
        (lambda data: data[:3] + b"\x08" + data[4:], "with 8-bit fingerprints, not 16 or 32"),
        (lambda data: data[:5] + b"\x20" + data[6:], "has k 32, and at most 31 is supported"),
        (lambda data: data[:23] + b"\x05" + data[24:], "is damaged: its filter has no valid size"),
        (lambda data: data[:31] + b"\xff" + data[32:], "is damaged: its filter has no valid size"),
        (lambda data: b"\x03\x1f\x0f" + bytes(8), "is not a frozen filter of deacon"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, content, change, said):
    path = tmp_path / "a.pidx"
    path.write_bytes(change(content))
    with pytest.raises(InputError, match=said) as caught:
        FrozenIndex(str(path))
    assert str(caught.value).startswith(f"{path}: ")
