"""A request to end is raised in the main thread, and the handlers of before come back."""

import signal
import threading
from contextlib import contextmanager

import pytest

from biometal_stream.cli.signals import SIGNALS, Terminated, ending_on_signals, status_of
from biometal_stream.interfaces import Concurrency


def interrupted_twice(number):
    with ending_on_signals():
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGTERM)  # while cleaning up


@pytest.mark.parametrize("number", [each for each in SIGNALS if each != signal.SIGINT])
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


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_ignored_stays_ignored(number):
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with ending_on_signals():
            assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_python_installs_nothing(tmp_path):
    import biometal_stream as bs

    (tmp_path / "a.fq").write_bytes(b"@a\nACGT\n+\nIIII\n")
    before = {number: signal.getsignal(number) for number in SIGNALS}
    seen = []

    class Look:
        name = "look"
        concurrency = Concurrency.SERIAL

        def output_schema(self, schema):
            return schema

        @contextmanager
        def open(self):
            def look(batch):
                seen.append({number: signal.getsignal(number) for number in SIGNALS})
                return batch

            yield look

    (bs.read_fastq(tmp_path / "a.fq") | Look()).write_fastq(tmp_path / "b.fq")
    assert seen == [before]


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
