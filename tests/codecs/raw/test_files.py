"""Regular files."""

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.raw.files import FileInput
from biometal_stream.codecs.raw.open import open_raw


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


def test_an_interrupt_of_a_file(tmp_path, session_run):
    path = tmp_path / "reads.fq"
    path.write_bytes(b"@read")
    reader = open_bytes(path, run=session_run)
    reader.interrupt()
    with pytest.raises(Aborted):
        reader.readinto(memoryview(bytearray(10)))
    reader.close()
