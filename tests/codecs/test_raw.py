import bz2
import gzip
import io
import lzma
import os
import socket
import subprocess
import sys
import tempfile
import threading

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.raw import FileInput, ObjectInput, PipeInput, open_raw
from biometal_stream.errors import ConfigurationError, InputError


def read(raw, step=100):
    target = memoryview(bytearray(step))
    pieces = []
    while count := raw.readinto(target):
        pieces.append(bytes(target[:count]))
    return b"".join(pieces)


def test_a_file(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"ACGT" * 100)
    raw = open_raw(path)
    assert isinstance(raw, FileInput)
    assert (raw.name, raw.path, raw.bytes_total) == (str(path), str(path), 400)
    assert raw.peek(3) == b"ACG"
    assert (raw.bytes_read, raw.offset) == (3, 0)
    assert read(raw) == b"ACGT" * 100
    assert (raw.bytes_read, raw.offset) == (400, 400)
    raw.replay(b"GT")
    assert raw.offset == 398
    assert raw.read() == b"GT"
    raw.close()
    raw.close()


def test_a_link(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"ACGT")
    link = tmp_path / "link"
    link.symlink_to(path)
    raw = open_raw(link)
    assert read(raw) == b"ACGT"
    assert raw.name == str(link)
    raw.close()


def test_peeking_past_the_end(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"AC")
    raw = open_raw(path)
    assert raw.peek(10) == b"AC"
    assert raw.peek(1) == b"A"
    assert raw.read(1) == b"A"
    assert raw.peek(10) == b"C"
    assert raw.read(5) == b"C"
    assert raw.peek(1) == b""
    raw.close()


def test_what_cannot_be_opened(tmp_path, session_run):
    with pytest.raises(InputError, match=r"nothing\.fq: cannot be opened: No such file"):
        open_bytes(tmp_path / "nothing.fq", run=session_run)
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        open_bytes(tmp_path, run=session_run)
    with pytest.raises(InputError, match="cannot be opened"):
        open_bytes("a\0b", run=session_run)
    with pytest.raises(InputError, match="cannot be opened"):
        open_bytes("", run=session_run)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch(mode=0)
    with pytest.raises(InputError, match="Permission denied"):
        open_bytes(path, run=session_run)


@pytest.mark.parametrize("target", [io.StringIO("@r"), 5, None, b"reads.fq", os.path])
def test_what_is_no_input(target, session_run):
    with pytest.raises(ConfigurationError):
        open_bytes(target, run=session_run)


def test_text_mode_is_refused(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch()
    with path.open() as file, pytest.raises(ConfigurationError, match="binary mode"):
        open_bytes(file, run=session_run)

    class Text:
        def read(self, size):
            return "@r"

    with pytest.raises(ConfigurationError, match="binary mode"):
        read(open_raw(Text()))


def test_a_closed_file_object(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.touch()
    with path.open("rb") as file:
        pass
    with pytest.raises(InputError, match="closed"):
        open_bytes(file, run=session_run)


def test_file_objects_are_read_from_where_they_stand_and_left_open(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"0123456789")
    for buffering, kind in ((0, FileInput), (-1, ObjectInput)):
        with path.open("rb", buffering=buffering) as file:
            file.seek(4)
            raw = open_raw(file)
            assert isinstance(raw, kind)
            assert (raw.name, raw.bytes_total) == (str(path), 6)
            assert read(raw) == b"456789"
            raw.close()
            assert not file.closed
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"ACGT")
        file.seek(0)
        assert read(open_raw(file)) == b"ACGT"
    assert open_raw(io.BytesIO(b"A")).name == "<stream>"


def test_an_object_that_only_reads():
    class Reader:
        def __init__(self):
            self.pieces = [b"AC", b"G"]

        def read(self, size):
            return self.pieces.pop(0) if self.pieces else b""

    assert read(open_raw(Reader())) == b"ACG"


def test_an_object_that_does_not_wait():
    class Empty:
        def read(self, size):
            return None

    with pytest.raises(InputError, match="blocking"):
        read(open_raw(Empty()))


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


def test_standard_input(tmp_path):
    script = (
        "import sys\n"
        "from biometal_stream.codecs.raw import open_raw\n"
        "raw = open_raw('-')\n"
        "print(type(raw).__name__, raw.name, raw.bytes_total, raw.read().decode())\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=b"ACGT", capture_output=True, check=True)
    assert done.stdout == b"PipeInput - None ACGT\n"
    path = tmp_path / "reads.fq"
    path.write_bytes(b"ACGT")
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert done.stdout == b"FileInput - 4 ACGT\n"
    closed = ["sh", "-c", f'exec {sys.executable} -c "$0" <&-', script]
    done = subprocess.run(closed, capture_output=True, check=False)
    assert b"InputError: standard input is closed; name a file, or pipe the reads in" in done.stderr


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


def test_an_interrupt_of_a_file(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"@read")
    reader = open_bytes(path, run=session_run)
    reader.interrupt()
    with pytest.raises(Aborted):
        reader.readinto(memoryview(bytearray(10)))
    reader.close()


def test_a_pipe_is_not_read_before_its_turn(session_run):
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        reader = open_bytes(source, run=session_run)  # does not wait
        assert reader.bytes_read == 0
        os.write(writing, b"@r")
        assert reader.codec == "plain"
        os.close(writing)
        reader.close()
