"""The kernel that compares texts, against Python's comparison."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.texts import compare_texts
from tests.operators.kernels.columns import bounded

text = st.binary(max_size=9) | st.sampled_from([b"A" * 64, b"A" * 65, b"A" * 64 + b"C", b"A" * 200])


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(rows=st.lists(st.tuples(text, text, st.booleans(), st.booleans())), gap=st.integers(0, 3))
def test_equal_texts(kind, rows, gap):
    ones = [one for one, _, _, _ in rows]
    others = [one if alike else other for one, other, alike, _ in rows]
    same = np.array([asked for _, _, _, asked in rows], np.bool_)
    wanted = [
        asked and one == other
        for one, other, asked in zip(ones, others, same.tolist(), strict=True)
    ]
    compare_texts(*bounded(ones, kind), *bounded(others, kind, gap=gap), same)
    assert same.tolist() == wanted
