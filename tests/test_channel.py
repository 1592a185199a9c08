"""The channel: order, bounds, and the three ways in which it ends."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.channel import Aborted, Channel


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@given(st.lists(st.integers(0, 20)), st.integers(1, 4), st.integers(1, 30))
def test_items_come_out_in_order_and_within_the_bounds(
    sizes: list[int], capacity: int, capacity_bytes: int
) -> None:
    channel: Channel[int] = Channel("test", capacity, capacity_bytes)

    def send() -> None:
        for number, size in enumerate(sizes):
            channel.send(number, size)
        channel.close()

    thread = in_thread(send)
    assert list(channel) == list(range(len(sizes)))
    thread.join()
    statistics = channel.statistics()
    assert statistics.items == len(sizes)
    assert statistics.most_items <= capacity
    assert statistics.most_bytes <= max([capacity_bytes, *sizes])
    assert 0 <= statistics.mean_items <= capacity


def test_a_full_channel_holds_its_sender() -> None:
    channel: Channel[str] = Channel("test", 2, 100)
    sent = threading.Semaphore(0)

    def send() -> None:
        for item in "abc":
            channel.send(item, 1)
            sent.release()
        channel.close()

    thread = in_thread(send)
    sent.acquire()
    sent.acquire()
    assert not sent.acquire(blocking=False)
    assert next(channel) == "a"
    sent.acquire()
    assert list(channel) == ["b", "c"]
    thread.join()


def test_an_item_larger_than_the_bound_passes_alone() -> None:
    channel: Channel[str] = Channel("test", 5, 10)
    channel.send("large", 1000)
    thread = in_thread(lambda: channel.send("small", 1))
    assert next(channel) == "large"
    thread.join()
    assert next(channel) == "small"
    assert channel.statistics().most_bytes == 1000


def test_an_error_comes_behind_the_items() -> None:
    channel: Channel[int] = Channel("test", 5, 100)
    channel.send(1, 1)
    channel.close(ValueError("late"))
    assert next(channel) == 1
    for _ in range(2):
        with pytest.raises(ValueError, match="late"):
            next(channel)


def test_nothing_can_be_sent_after_the_end() -> None:
    channel: Channel[int] = Channel("test", 5, 100)
    channel.close()
    channel.close(ValueError("ignored: the channel is closed"))
    with pytest.raises(RuntimeError, match="'test' is closed"):
        channel.send(1, 1)
    assert list(channel) == []


@pytest.mark.parametrize("receiving", [True, False])
def test_abort_wakes_whoever_waits(receiving: bool) -> None:
    channel: Channel[int] = Channel("test", 1, 100)
    ended = []

    def wait() -> None:
        try:
            if receiving:
                next(channel)
            else:
                channel.send(1, 1)
                channel.send(2, 1)
        except Aborted:
            ended.append(True)

    thread = in_thread(wait)
    dropped = channel.abort()
    thread.join()
    assert ended == [True]
    assert dropped in ([], [1])
    with pytest.raises(Aborted):
        channel.send(3, 1)
    with pytest.raises(Aborted):
        next(channel)


def test_a_channel_holds_at_least_one_item() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Channel("test", 0, 10)


def test_an_abort_from_within_a_send_is_no_deadlock() -> None:
    """The garbage collector may come at any time, and end a run that nobody holds."""

    class Collected(int):
        def __radd__(self, other: int) -> int:
            channel.abort()
            return other + int(self)

    channel: Channel[str] = Channel("test", 2, 100)
    channel.send("first", 1)
    with pytest.raises(Aborted):
        channel.send("second", Collected(1))
