"""Calls of a model can be ended from another thread, and are made of known numbers of rows."""

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import PredictionError
from biometal_stream.models.predictor import Calls, call_sizes


def test_calls_that_run_are_ended_and_later_ones_refused():
    calls, begun, told = Calls(), threading.Event(), threading.Event()
    ended = []

    def work():
        with calls.running(told.set):
            begun.set()
            told.wait()
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    assert calls.end(60)
    assert ended == [True]
    with pytest.raises(PredictionError, match="the run has ended"), calls.running(told.set):
        ended.append(False)
    assert calls.end(60)
    thread.join()
    assert ended == [True]


def test_a_call_that_does_not_end_is_not_waited_for():
    calls, stopped = Calls(), []
    with calls.running(lambda: stopped.append(1)):
        assert not calls.end(0)
        assert not calls.end(0)
    assert stopped == [1, 1]
    assert calls.end(0)


@given(st.integers(1, 5000))
def test_the_sizes_of_calls(rows):
    sizes = call_sizes(rows)
    assert list(sizes) == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (1, rows)
    assert len(sizes) <= 2 * rows.bit_length()
    for size, following in itertools.pairwise(sizes):
        assert following <= max(2, 1.5 * size)


def test_the_sizes_of_the_usual_calls():
    assert call_sizes(1) == (1,)
    assert call_sizes(10) == (1, 2, 3, 4, 6, 8, 10)
    assert len(call_sizes(1024)) == 20
