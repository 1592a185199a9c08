"""How reads are cut into windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.encodings import RULES, Windows, cut_windows
from tests.models.encodings import plain

LENGTHS = st.lists(st.integers(0, 60), max_size=8)


def triples(windows):
    for array in (windows.rows, windows.starts, windows.stops):
        assert array.dtype == np.int64
    return list(
        zip(windows.rows.tolist(), windows.starts.tolist(), windows.stops.tolist(), strict=True)
    )


@given(LENGTHS, st.integers(1, 40), st.sampled_from(RULES), st.integers(1, 70), st.data())
def test_reads_are_cut_as_defined(lengths, length, rule, stride, data):
    stride = stride if rule == "stride" else None
    array = np.array(lengths, np.int64)
    wanted = [
        (row, *window)
        for row, bases in enumerate(lengths)
        for window in plain.windows(bases, length, rule, stride)
    ]
    assert triples(cut_windows(array, length, rule, stride)) == wanted
    chosen = data.draw(st.lists(st.integers(0, len(lengths) - 1))) if lengths else []
    rows = np.array(chosen, np.int64)
    assert triples(cut_windows(array, length, rule, stride, rows)) == [
        window for row in chosen for window in wanted if window[0] == row
    ]


@given(st.integers(1, 500), st.integers(1, 40))
def test_even_windows_cover_a_read_and_differ_by_a_base(bases, length):
    windows = cut_windows(np.array([bases]), length, "even")
    assert windows.starts[0] == 0
    assert windows.stops[-1] == bases
    assert (windows.starts[1:] == windows.stops[:-1]).all()
    sizes = windows.stops - windows.starts
    assert sizes.max() <= length
    assert sizes.max() - sizes.min() <= 1


def test_some_windows_are_windows():
    windows = cut_windows(np.array([5, 20]), 8, "stride", 4)
    assert triples(windows[1:3]) == [(1, 0, 8), (1, 4, 12)]
    assert len(windows[1:3]) == 2


@pytest.mark.parametrize(
    ("rule", "stride", "message"),
    [
        ("last", None, "must be one of first, even, stride: last"),
        ("stride", None, "need a stride"),
        ("stride", 0, "at least 1 base: 0"),
        ("even", 5, "a stride is for windows 'stride', not 'even'"),
        ("first", 5, "not 'first'"),
    ],
)
def test_other_rules_are_refused(rule, stride, message):
    with pytest.raises(ConfigurationError, match=message):
        cut_windows(np.array([5]), 10, rule, stride)


def test_windows_without_bases_are_refused():
    with pytest.raises(ConfigurationError, match="at least 1 base: 0"):
        cut_windows(np.array([5]), 0)


def test_windows_that_lack_an_end_are_refused():
    with pytest.raises(ConfigurationError, match="as many rows as starts and stops: 2, 2, 1"):
        Windows(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(1, np.int64))
