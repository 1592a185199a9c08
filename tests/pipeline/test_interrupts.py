"""A run ends when it is told to, also while its workers are inside a library."""

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from biometal_stream import attended
from biometal_stream.interfaces import Concurrency
from biometal_stream.pipeline import Pipeline
from tests.stand_ins import Call, Collect, First, Numbers, own_threads, rows


class Stuck:
    """A function that does not come back until it is interrupted, or let go."""

    def __init__(self, *, ends=True):
        self.begun = threading.Event()
        self.told = threading.Event()
        self.gone = threading.Event()
        self.ends = ends

    def __call__(self, batch):
        self.begun.set()
        self.told.wait()
        self.gone.set()
        return batch

    def interrupt(self):
        if self.ends:
            self.told.set()
            self.gone.wait()
        return self.ends


@dataclass(frozen=True)
class Library(Call):
    """An operator that opens to a function that can be interrupted."""

    function: Stuck = field(default_factory=Stuck)

    @contextmanager
    def open(self):
        yield self.function


def interrupt_when(event):
    """Sends the main thread an interrupt when something has begun."""

    def work():
        event.wait()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.fixture(params=[True, False], ids=["ends system calls", "restarts system calls"])
def handler(request):
    """Sets what a signal does to system calls; Polars has them restarted once it was used."""
    signal.siginterrupt(signal.SIGINT, request.param)
    yield
    signal.siginterrupt(signal.SIGINT, True)


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_ends_the_calls_of_workers(threads):
    operator, sink = Library(), Collect()
    sender = interrupt_when(operator.function.begun)
    pipeline = (Pipeline(Numbers()) | operator).with_options(threads=threads)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(sink)
    sender.join()
    assert sink.ends == ["KeyboardInterrupt"]
    assert own_threads() == []


def test_closing_a_stream_ends_the_calls_of_workers():
    first_only = threading.Event()

    class SecondIsStuck(Stuck):
        def __call__(self, batch):
            if batch.column("row")[0].as_py() == 0:
                first_only.set()
                return batch
            return super().__call__(batch)

    operator = Library(SecondIsStuck())
    stream = (Pipeline(Numbers()) | operator).with_options(threads=1).batches()
    assert rows([next(stream)]) == [0, 1, 2]
    operator.function.begun.wait()
    stream.close()
    assert own_threads() == []


def test_an_early_end_ends_the_calls_of_workers():
    class SecondIsStuck(Stuck):
        def __call__(self, batch):
            return batch if batch.column("row")[0].as_py() == 0 else super().__call__(batch)

        def interrupt(self):
            self.told.set()
            return True

    sink = Collect()
    (Pipeline(Numbers()) | Library(SecondIsStuck()) | First(3)).with_options(threads=1).run(sink)
    assert rows(sink.got) == [0, 1, 2]
    assert own_threads() == []


def test_a_function_for_each_worker_is_interrupted():
    class Each(Stuck):
        made = ()

        def __call__(self, batch):
            return batch

        def interrupt(self):
            interrupted.append(self)
            return True

    interrupted = []

    @dataclass(frozen=True)
    class OnePerWorker(Library):
        concurrency: Concurrency = Concurrency.PER_WORKER

        @contextmanager
        def open(self):
            yield Each()

    sink = Collect()
    (Pipeline(Numbers(4)) | OnePerWorker()).with_options(threads=3).run(sink)
    assert len(set(map(id, interrupted))) == 3
    assert len(rows(sink.got)) == 12


def test_what_does_not_end_is_left_behind():
    operator, sink = Library(Stuck(ends=False)), Collect()
    sender = interrupt_when(operator.function.begun)
    with pytest.raises(KeyboardInterrupt):
        (Pipeline(Numbers()) | operator).with_options(threads=2).run(sink)
    sender.join()
    assert sink.ends == ["KeyboardInterrupt"]
    assert attended.left_behind()
    operator.function.told.set()
    for thread in [thread for threads in attended._left for thread in list(threads)]:
        thread.join()
    assert not attended.left_behind()
    assert own_threads() == []
