"""A wait ends when its lock is released, or when its time is over."""

import threading

import pytest

from biometal_stream.waiting import wait_at


@pytest.mark.parametrize("seconds", [0, 0.001])
def test_a_wait_that_is_bounded(seconds):
    gate = threading.Lock()
    assert wait_at(gate, seconds)
    assert not wait_at(gate, seconds)
    gate.release()
    assert wait_at(gate, seconds)


def test_a_lock_that_is_released_by_another_thread():
    gate = threading.Lock()
    gate.acquire()
    threading.Thread(target=gate.release).start()
    assert wait_at(gate)
