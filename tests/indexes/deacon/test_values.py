"""Files of deacon's format 3: what is read, what is written, and what is refused."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon import values as module
from biometal_stream.indexes.deacon.header import header_bytes
from biometal_stream.indexes.deacon.values import header_of, packed, values_of
from biometal_stream.indexes.scheme import Scheme
from tests.indexes.deacon.files import exact_bytes

ODD = st.sampled_from(range(3, 32, 2))


def read(path):
    return [int(value) for block in values_of(str(path)) for value in block]


@given(ODD, st.sampled_from([1, 15, 63]), st.data())
def test_files_are_read_and_written_as_deacon_does(tmp_path_factory, k, w, data):
    values = data.draw(st.lists(st.integers(0, (1 << 2 * k) - 1), max_size=20))
    path = tmp_path_factory.mktemp("deacon") / "a.idx"
    path.write_bytes(exact_bytes(values, k, w))
    assert read(path) == values
    header = header_of(str(path))
    assert (header.scheme, header.count) == (Scheme(k, w), len(values))
    array = np.array(values, np.uint64)
    assert (
        header_bytes(Scheme(k, w), len(values)) + packed(array, Scheme(k, w)) == path.read_bytes()
    )


def test_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 3)
    path = tmp_path / "a.idx"
    path.write_bytes(exact_bytes(range(10), k=5))
    assert [len(block) for block in values_of(str(path))] == [3, 3, 3, 1]
    assert read(path) == list(range(10))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (exact_bytes([1, 2])[:-1], "is truncated: 2 k-mers take 27 bytes, but it has 26"),
        (
            exact_bytes([1, 2])[:8],
            "is truncated: it ends within its header; download or make it again",
        ),
        (exact_bytes([1, 2]) + b"x", "has bytes after its end: 2 k-mers take 27 bytes"),
        (exact_bytes([1], version=1), "version 1, and only version 3 can be read; make one"),
        (exact_bytes([1], version=2), "version 2, and only version 3 can be read; make one"),
        (exact_bytes([1], version=4), "version 4, and only version 3 can be read; make one"),
        (exact_bytes([1], k=41), "has k 41, and at most 31 is supported"),
        (exact_bytes([1], k=30), "has k 30; k must be odd, from 3 to 31"),
        (exact_bytes([1], k=31, w=14), "has k 31 and w 14; w must be odd"),
        (exact_bytes([1 << 62 | 1]), "is damaged: it has k-mers of more than 31 bases"),
        (struct.pack("<3sBBBBQ", b"DBF", 16, 1, 31, 15, 0), "is a frozen filter, which does not"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, content, said):
    path = tmp_path / "a.idx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_shrinks_meanwhile(tmp_path):
    path = tmp_path / "a.idx"
    path.write_bytes(exact_bytes(range(9)))
    file = io.BytesIO(path.read_bytes()[:40])
    file.seek(11)
    with pytest.raises(InputError, match="was truncated while it was read"):
        list(module._blocks(file, "a.idx", header_of(str(path))))
