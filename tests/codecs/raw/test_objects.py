"""Python's file objects."""

import io
import tempfile

import pytest

from biometal_stream.codecs.raw.files import FileInput
from biometal_stream.codecs.raw.objects import ObjectInput
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import InputError


def read(raw, step=100):
    target = memoryview(bytearray(step))
    pieces = []
    while count := raw.readinto(target):
        pieces.append(bytes(target[:count]))
    return b"".join(pieces)


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
