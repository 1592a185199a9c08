"""A long call of a library is ended by an interrupt, and left behind where it does not end."""

import signal
import threading
import warnings

import pytest

from biometal_stream import attended as module
from biometal_stream.attended import attended, leave, left_behind
from biometal_stream.errors import ModelWarning


def interrupt():
    """What Ctrl-C does, from another thread than the main one."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


def never():
    raise AssertionError("nothing was interrupted")


def test_work_is_done_and_its_errors_are_raised():
    assert attended(lambda: 7, never, "waits") == 7

    def fails():
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        attended(fails, never, "waits")


def test_other_threads_do_the_work_themselves():
    names = []

    def work():
        attended(lambda: names.append(threading.current_thread().name), never, "waits")

    thread = threading.Thread(target=work, name="mine")
    thread.start()
    thread.join()
    assert names == ["mine"]


def test_an_interrupt_ends_the_work():
    told, ended = threading.Event(), []

    def work():
        interrupt()
        told.wait()
        ended.append(True)

    def end():
        told.set()
        return True

    with pytest.raises(KeyboardInterrupt):
        attended(work, end, "waits")
    assert ended == [True]
    assert not left_behind()


def test_work_that_does_not_end_is_left_behind():
    told = threading.Event()

    def work():
        interrupt()
        told.wait()

    with pytest.raises(KeyboardInterrupt):
        attended(work, lambda: False, "waits")
    assert left_behind()
    told.set()
    for thread in [thread for threads in module._left for thread in threads]:
        thread.join()
    assert not left_behind()


def test_a_thread_that_has_ended_is_not_left():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    leave([thread])
    assert not left_behind()


def test_work_that_takes_long_is_told_of_and_not_ended(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0)
    told = threading.Event()

    def show(message, category, *_, **__):
        assert category is ModelWarning
        seen.append(str(message))
        told.set()

    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", show)
        assert attended(lambda: told.wait() and 7, never, "m: has not answered") == 7
    assert seen == ["m: has not answered; Ctrl-C ends it"]
