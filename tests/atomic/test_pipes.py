"""Pipes that are written from threads of their own."""

import fcntl
import os
import select
import socket
import threading

import pytest

from biometal_stream.atomic import AtomicFile, AtomicFiles
from biometal_stream.atomic.pipes import PipeWriter
from biometal_stream.channel import Aborted
from biometal_stream.errors import DataError, SinkError
from tests.stand_ins import own_threads

MORE = bytes(1 << 20)
"""More than a pipe of 64 KiB takes."""


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        os.mkfifo(path)
    return paths


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert own_threads() == []


class Reader(threading.Thread):
    """Reads files to their ends, one after the other."""

    def __init__(self, *paths):
        super().__init__(daemon=True)
        self._paths = paths
        self.found = []
        self.start()

    def run(self):
        for path in self._paths:
            self.found.append(path.read_bytes())

    def result(self):
        self.join(60)
        return self.found


def test_each_ends_as_soon_as_it_is_taken(paths):
    """A reader of the second alone, then of the first alone, finds both ends."""
    reader = Reader(*reversed(paths))
    with AtomicFiles(paths) as files:
        for number, file in enumerate(files.files):
            file.write(b"%d" % number)
            file.write(memoryview(MORE))
        assert files.bytes_written == 2 * (1 + len(MORE))
    assert reader.result() == [b"1" + MORE, b"0" + MORE]


def test_what_was_written_before_an_error_is_taken(paths):
    reader = Reader(*reversed(paths))

    def fail():
        with AtomicFiles(paths) as files:
            files.files[0].write(MORE)
            files.files[1].write(b"x")
            raise DataError

    with pytest.raises(DataError):
        fail()
    assert reader.result() == [b"x", MORE]


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError])
@pytest.mark.parametrize("opened", [False, True])
def test_an_interrupt_waits_for_nobody(paths, error, opened):
    def fail():
        with AtomicFiles(paths) as files:
            if opened:
                ends.append(os.open(paths[0], os.O_RDONLY))
            files.files[0].write(MORE)
            raise error

    ends = []
    with pytest.raises(error):
        fail()
    for end in ends:
        os.close(end)


def test_a_reader_that_goes_away(paths):
    end = os.open(paths[0], os.O_RDONLY | os.O_NONBLOCK)

    def write():
        with AtomicFile(paths[0]) as file:
            file.write(b"x")
            select.select([end], [], [])
            assert os.read(end, 1) == b"x"
            os.close(end)
            for _ in range(100):
                file.write(MORE)

    with pytest.raises(BrokenPipeError):
        write()


def test_a_full_queue_ends_with_the_run(paths):
    """Where there is no room, the writer waits until it is stopped."""
    writer = PipeWriter.named(str(paths[0]), 10)
    writer.start()
    writer.write(MORE)
    caught = []

    def write():
        try:
            writer.write(MORE)
        except Aborted as error:
            caught.append(error)

    waiting = threading.Thread(target=write)
    waiting.start()
    writer.stop()
    waiting.join(60)
    assert len(caught) == 1
    assert writer.closed
    writer.stop()


def test_one_that_never_began():
    writer = PipeWriter(lambda: pytest.fail("is not opened"), None, 10)
    writer.stop()
    assert writer.closed


def test_what_cannot_be_opened(paths):
    file = AtomicFile(paths[0])
    paths[0].chmod(0o400)
    file.discard()
    if os.geteuid():
        with pytest.raises(SinkError, match="one: cannot be written: Permission denied"):
            AtomicFile(paths[0])

    def refuse():
        raise OSError(28, "No space left on device")

    writer = PipeWriter(refuse, None, 10)
    writer.start()
    with pytest.raises(OSError, match="No space left"):
        writer.close()
    with pytest.raises(OSError, match="No space left"):
        writer.write(b"x")
    writer.stop()


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_what_others_have_opened_still_blocks_for_them(kind):
    pairs = [os.pipe(), os.pipe()]
    if kind == "socket":
        sockets = [socket.socketpair() for _ in pairs]
        pairs = [(one.detach(), other.detach()) for one, other in sockets]
    reader = _Taker([receiver for receiver, _ in reversed(pairs)])
    with AtomicFiles([f"/dev/fd/{sender}" for _, sender in pairs]) as files:
        for number, file in enumerate(files.files):
            file.write(b"%d" % number + MORE)
    for _, sender in pairs:
        assert not fcntl.fcntl(sender, fcntl.F_GETFL) & os.O_NONBLOCK
        os.close(sender)
    assert reader.result() == [b"1" + MORE, b"0" + MORE]


class _Taker(Reader):
    def run(self):
        for number in self._paths[0]:
            with os.fdopen(number, "rb") as file:
                self.found.append(file.read(1 + len(MORE)))


def test_a_pipe_and_a_file(paths, tmp_path):
    reader = Reader(paths[0])
    with AtomicFiles([paths[0], tmp_path / "file"]) as files:
        for file in files.files:
            file.write(b"x")
    assert reader.result() == [b"x"]
    assert (tmp_path / "file").read_bytes() == b"x"
