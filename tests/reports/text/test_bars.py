"""Bars and curves of characters."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.text.bars import bar, can_draw, curve, thinned


def test_bars():
    assert bar(1, 4) == "████"
    assert bar(0.5, 4) == "██  "
    assert bar(0.40625, 4) == "█▋  "
    assert bar(0, 4) == "    "
    assert bar(0.5, 4, unicode=False) == "##  "


@given(st.floats(0, 1), st.integers(1, 20), st.booleans())
def test_a_bar_is_as_wide_as_asked_and_some_is_not_nothing(share, width, unicode):
    drawn = bar(share, width, unicode=unicode)
    assert len(drawn) == width
    assert bool(drawn.strip()) == (share > 0)


def test_shares_beyond_the_range_are_cut():
    assert bar(2, 3) == "███"
    assert bar(-1, 3) == "   "


def test_curves():
    assert curve([0, 20, 40, None, 99, -1], 0, 40) == "▁▅█ █▁"
    assert curve([0, 40], 0, 40, unicode=False) == "_#"
    assert curve([3, 3], 3, 3) == "▁▁"


def test_thinning_keeps_weighted_means():
    assert thinned([1, 2], [1, 1], 5) == [1, 2]
    assert thinned([1, 3, None, 5], [3, 1, 1, 1], 2) == [1.5, 5]
    assert thinned([None, None], [1, 1], 1) == [None]


def test_what_an_encoding_can_draw():
    assert can_draw("utf-8")
    assert not can_draw("ascii")
    assert not can_draw("latin-1")
    assert not can_draw(None)
    assert not can_draw("no such encoding")
