"""A request to end is raised in the main thread, and the handlers of before come back."""

import signal
import threading

import pytest

from biometal_stream.cli.signals import Terminated, ending_on_signals, status_of


def interrupted_twice(number):
    with ending_on_signals():
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGTERM)  # while cleaning up


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_raised(number):
    outside = signal.signal(number, signal.SIG_DFL)  # under nohup it would be ignored
    try:
        before = signal.getsignal(number)
        with pytest.raises(Terminated) as caught:
            interrupted_twice(number)
        assert status_of(caught.value) == 128 + number
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, outside)


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_on_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_is_left_alone():
    seen = []

    def body():
        with ending_on_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_ctrl_c():
    assert status_of(KeyboardInterrupt()) == 130
