"""Pipes that are read abreast."""

import os
import threading
from functools import partial

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs.raw import abreast
from biometal_stream.codecs.raw.abreast import Abreast
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import InputError, InputWarning
from biometal_stream.run import LocalRun


@pytest.fixture
def run():
    with LocalRun(1) as run:
        yield run


@pytest.fixture
def two(monkeypatch, run):
    """Two pipes that may be read ahead by 100 bytes, and their other ends."""
    ends = [os.pipe() for _ in range(2)]
    together = Abreast(100, partial(run.warn, at_once=True))
    raws = []
    for reading, _ in ends:
        raws.append(open_raw(f"/dev/fd/{reading}"))
        os.close(reading)
        together.add(raws[-1])
    senders = [os.fdopen(writing, "wb", buffering=0) for _, writing in ends]
    yield raws, senders
    for each in (*raws, *senders):
        each.close()


class Reading(threading.Thread):
    """Reads some bytes of an input."""

    def __init__(self, raw, count):
        super().__init__(daemon=True)
        self._raw, self._count = raw, count
        self.result = None
        self.start()

    def run(self):
        try:
            self.result = self._raw.read(self._count)
        except Aborted as error:
            self.result = error


def taken(raw):
    """Waits until a pipe was read ahead to its end."""
    while raw.may_give:
        os.sched_yield()


def test_one_is_read_while_another_waits(two):
    (one, other), (to_one, to_other) = two
    reading = Reading(one, 4)
    to_other.write(b"ACGT")
    to_other.write(b"TT")
    to_other.close()
    taken(other)
    assert (other.bytes_read, other.offset, other.ahead) == (6, 0, 6)
    assert other.ready
    to_one.write(b"GGCC")
    reading.join(60)
    assert reading.result == b"GGCC"
    assert other.peek(3) == b"ACG"
    assert other.read() == b"ACGTTT"
    assert other.read() == b""
    assert (other.bytes_read, other.offset) == (6, 6)


def test_one_that_waits_can_be_interrupted(two):
    (one, other), (_, to_other) = two
    reading = Reading(one, 4)
    to_other.close()
    taken(other)
    one.interrupt()
    reading.join(60)
    assert isinstance(reading.result, Aborted)


def test_no_more_than_there_is_room_for(two, run, monkeypatch):
    """The first is then waited for alone, and somebody is told if nothing comes of it."""
    (one, other), (to_one, to_other) = two
    to_other.write(bytes(150))
    to_other.write(bytes(100))
    monkeypatch.setattr(abreast, "PATIENCE", 0.0)

    def read_late():
        reading = Reading(one, 4)
        while not one.abreast._warned:
            os.sched_yield()
        to_one.write(b"GGCC")
        reading.join(60)
        return reading.result

    with pytest.warns(InputWarning, match=r"no data for 0 s, while .* bytes ahead"):
        assert read_late() == b"GGCC"
    run.show_warnings()  # which does not issue it once more
    assert "no data for 0 s" in run.warnings[0]  # as the report has it
    assert other.ahead >= 100
    to_other.write(b"x")
    ahead = other.ahead
    reading = Reading(one, 1)
    to_one.write(b"G")
    reading.join(60)
    assert other.ahead == ahead
    to_other.close()
    assert other.read() == bytes(250) + b"x"


def test_one_alone_that_waits_is_not_told_of(two):
    (one, _), _ = two
    assert one.abreast.patience(one) is None


def test_what_is_wrong_with_one_waits_for_its_turn(two, monkeypatch):
    (one, other), (to_one, to_other) = two
    real = os.read

    def fail(descriptor, size):
        if descriptor == other._file.fileno():
            raise OSError(5, "Input/output error")
        return real(descriptor, size)

    monkeypatch.setattr(os, "read", fail)
    reading = Reading(one, 4)
    to_other.write(b"x")
    taken(other)
    to_one.write(b"GGCC")
    reading.join(60)
    assert reading.result == b"GGCC"
    monkeypatch.setattr(os, "readv", lambda descriptor, _: fail(descriptor, 1))
    with pytest.raises(InputError, match="after byte 0: Input/output error"):
        other.read(1)
