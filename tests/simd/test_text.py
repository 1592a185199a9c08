"""Rows of text are copied, whatever lies between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.simd.text import PADDING, copy_rows


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(st.data())
def test_rows_are_copied(kind, data):
    text = np.frombuffer(data.draw(st.binary(max_size=400)), np.uint8)
    places = st.integers(0, len(text))
    bounds = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=12))
    starts, stops = np.array(bounds, kind).reshape(-1, 2).T.copy()
    expected = b"".join(text[start:stop].tobytes() for start, stop in bounds)
    out = np.zeros(len(expected) + PADDING, np.uint8)
    copy_rows(starts, stops, text, out)
    assert out[: len(expected)].tobytes() == expected
