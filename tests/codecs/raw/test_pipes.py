"""Pipes, sockets and devices."""

import bz2
import gzip
import lzma
import os
import socket
import sys
import threading

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.codecs.raw.pipes import PipeInput


def read(raw, step=100):
    target = memoryview(bytearray(step))
    pieces = []
    while count := raw.readinto(target):
        pieces.append(bytes(target[:count]))
    return b"".join(pieces)


def test_a_buffered_pipe_gives_up_what_it_holds():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source:
        os.write(writing, b"@read\nACGT\n")
        assert source.peek(1)[:1] == b"@"
        assert source.read(1) == b"@"
        raw = open_raw(source)
        assert isinstance(raw, PipeInput)
        assert os.get_blocking(reading)
        os.write(writing, b"+\nIIII\n")
        os.close(writing)
        assert read(raw) == b"read\nACGT\n+\nIIII\n"
        assert raw.bytes_read == 17
        raw.close()
        assert not source.closed


def test_a_buffered_pipe_that_holds_nothing_is_not_waited_for():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source:
        raw = open_raw(source)
        os.write(writing, b"ACGT")
        os.close(writing)
        assert read(raw) == b"ACGT"
        raw.close()


def test_a_socket():
    one, other = socket.socketpair()
    with one, other, os.fdopen(one.detach(), "rb", buffering=0) as source:
        other.sendall(b"ACGT")
        other.shutdown(socket.SHUT_WR)
        raw = open_raw(source)
        assert isinstance(raw, PipeInput)
        assert read(raw) == b"ACGT"
        raw.close()


def test_a_device(session_run, read_all):
    assert read_all(os.devnull, session_run) == b""


def test_named_pipes_can_be_opened_before_their_writer(tmp_path, session_run):
    paths = [tmp_path / "mate1", tmp_path / "mate2"]
    for path in paths:
        os.mkfifo(path)

    def write():  # opens both, in turn, before it writes to either
        with paths[0].open("wb") as first, paths[1].open("wb") as second:
            first.write(b"@1")
            second.write(b"@2")

    writer = threading.Thread(target=write)
    if sys.platform != "linux":
        writer.start()
    readers = [open_bytes(path, run=session_run) for path in paths]
    if sys.platform == "linux":
        writer.start()
    for number, reader in enumerate(readers, 1):
        assert read(reader) == b"@%d" % number
        reader.close()
    writer.join()


@pytest.mark.parametrize("when", ["before", "while waiting"])
def test_an_interrupt_ends_a_read(when, monkeypatch, session_run):
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        reader = open_bytes(source, run=session_run)
        waiting = threading.Event()
        caught = []
        wait = PipeInput._wait

        def announced(self, *, block):
            waiting.set()
            return wait(self, block=block)

        def read_on():
            try:
                reader.readinto(memoryview(bytearray(10)))
            except Aborted as error:
                caught.append(error)

        monkeypatch.setattr(PipeInput, "_wait", announced)
        thread = threading.Thread(target=read_on)
        if when == "before":
            reader.interrupt()
            thread.start()
        else:
            thread.start()
            waiting.wait()
            reader.interrupt()
        thread.join()
        assert len(caught) == 1
        reader.interrupt()
        with pytest.raises(Aborted):
            reader.readinto(memoryview(bytearray(10)))
        reader.close()
        reader.close()
        reader.interrupt()
    os.close(writing)


@pytest.mark.parametrize("codec", ["gzip", "bgzf", "bzip2", "xz"])
def test_an_interrupt_ends_a_decoder_that_waits(codec, text, monkeypatch, session_run, bgzf):
    squeeze = {"gzip": gzip.compress, "bgzf": bgzf, "bzip2": bz2.compress, "xz": lzma.compress}
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        os.write(writing, squeeze[codec](text)[:-20])
        reader = open_bytes(source, run=session_run)
        assert reader.codec == codec
        empty = threading.Event()
        caught = []
        wait = PipeInput._wait

        def announced(self, *, block):
            if block and not wait(self, block=False):
                empty.set()
            return wait(self, block=block)

        def read_on():
            try:
                while reader.readinto(memoryview(bytearray(1 << 16))):
                    pass
            except Aborted as error:
                caught.append(error)

        monkeypatch.setattr(PipeInput, "_wait", announced)
        thread = threading.Thread(target=read_on)
        thread.start()
        empty.wait()
        reader.interrupt()
        thread.join()
        assert len(caught) == 1
        reader.close()
    os.close(writing)


def test_a_pipe_is_not_read_before_its_turn(session_run):
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        reader = open_bytes(source, run=session_run)  # does not wait
        assert reader.bytes_read == 0
        os.write(writing, b"@r")
        assert reader.codec == "plain"
        os.close(writing)
        reader.close()
