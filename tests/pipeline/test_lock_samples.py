import ctypes
import signal
import sys
import threading

import pytest

from biometal_stream.pipeline.lock_samples import sampling_lock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="samples are taken on Linux only")


def test_a_sample_says_whether_the_running_thread_holds_the_lock() -> None:
    without_lock = ctypes.CDLL(None)  # which gives up the lock for each call; PyDLL keeps it
    with_lock = ctypes.PyDLL(None)
    with sampling_lock() as samples:
        assert samples is not None
        signal.setitimer(signal.ITIMER_PROF, 0)  # no samples but ours
        free, held = samples.free, samples.held
        for _ in range(3):
            getattr(with_lock, "raise")(signal.SIGPROF)
        for _ in range(5):
            getattr(without_lock, "raise")(signal.SIGPROF)
        assert (samples.held - held, samples.free - free) == (3, 5)


def test_there_is_no_share_before_the_first_sample() -> None:
    with sampling_lock() as samples:
        assert samples is not None
        signal.setitimer(signal.ITIMER_PROF, 0)
        if not samples.free + samples.held:
            assert samples.share is None
        getattr(ctypes.PyDLL(None), "raise")(signal.SIGPROF)
        assert samples.share is not None
        assert 0 < samples.share <= 1


def test_one_of_two_at_a_time_samples_and_the_next_may_again() -> None:
    with sampling_lock() as one, sampling_lock() as other:
        assert one is not None
        assert other is None
    with sampling_lock() as again:
        assert again is not None


def test_a_profiler_of_the_users_keeps_its_timer() -> None:
    before = signal.signal(signal.SIGPROF, signal.SIG_IGN)
    try:
        signal.setitimer(signal.ITIMER_PROF, 3600)
        with sampling_lock() as samples:
            assert samples is None
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_a_handler_of_the_users_is_put_back() -> None:
    caught: list[int] = []
    before = signal.signal(signal.SIGPROF, lambda number, _: caught.append(number))
    try:
        with sampling_lock() as samples:
            assert samples is not None
        signal.raise_signal(signal.SIGPROF)
        assert caught == [signal.SIGPROF]
    finally:
        signal.signal(signal.SIGPROF, before)


def test_it_works_from_any_thread() -> None:
    found: list[bool] = []

    def sample() -> None:
        with sampling_lock() as samples:
            found.append(samples is not None)

    thread = threading.Thread(target=sample)
    thread.start()
    thread.join()
    assert found == [True]


def test_nothing_is_sampled_without_llvmlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel does not need it, since its kernels are compiled."""
    monkeypatch.setattr("biometal_stream.pipeline.lock_samples.find_spec", lambda _: None)
    with sampling_lock() as samples:
        assert samples is None
