"""What is written of hashes, and hashes of which no index can be made."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.indexes.compact.writing import CHUNK, write_compact
from biometal_stream.indexes.mixing import mixed
from tests.indexes.compact.made import SCHEME, written


@given(st.lists(st.integers(0, 3000), max_size=5).map(sorted))
@settings(max_examples=20, deadline=None)
def test_the_bytes_do_not_depend_on_how_the_hashes_come(cuts):
    hashes = mixed(np.arange(3000, dtype=np.uint64))
    assert written(hashes, cuts=cuts) == written(hashes)


@pytest.mark.parametrize(
    ("blocks", "count", "says"),
    [
        ([[1, 2], [2, 3]], 4, "ascending"),
        ([[1, 1]], 2, "ascending"),
        ([[3, 2]], 2, "ascending"),
        ([[5], [], [4]], 2, "ascending"),
        ([[1, 2]], 3, "expected 3 hashes, and there are 2$"),
        ([[1, 2], [3]], 2, "expected 2 hashes, and there are 3 or more"),
        ([], 1, "expected 1 hashes, and there are 0$"),
    ],
)
def test_hashes_that_make_no_index_are_refused(blocks, count, says):
    arrays = [np.array(block, np.uint64) for block in blocks]
    with pytest.raises(ValueError, match=says):
        write_compact(io.BytesIO(), arrays, count, SCHEME, {})


def test_it_is_written_in_order_and_in_large_chunks():
    class Pipe:
        def __init__(self):
            self.sizes = []

        def write(self, data):
            self.sizes.append(len(data))

    pipe = Pipe()
    hashes = np.sort(mixed(np.arange(2_400_000, dtype=np.uint64)))
    write_compact(pipe, np.array_split(hashes, 10), len(hashes), SCHEME, {})
    assert pipe.sizes[:-1] == [CHUNK]
    assert sum(pipe.sizes) == len(written(hashes))
