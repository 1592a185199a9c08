"""Inputs that somebody else has opened are not read twice without a word."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from biometal_stream.codecs.raw.once import given_object
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.errors import InputError

DATA = b"@a\nACGT\n+\nIIII\n"


@pytest.fixture
def standard_input() -> Iterator[int]:
    """A number of a descriptor to be given to standard input, which is put back."""
    saved = os.dup(0)
    yield saved
    os.dup2(saved, 0)
    os.close(saved)


def whole(target: Any) -> bytes:
    raw = open_raw(target)
    try:
        return raw.read()
    finally:
        raw.close()


def pipe_with_data() -> int:
    reading, writing = os.pipe()
    os.write(writing, DATA)
    os.close(writing)
    return reading


class Bare:
    """A file object that does not tell where it stands."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int) -> bytes:
        piece, self.data = self.data[:size], self.data[size:]
        return piece


class Unhashable(Bare):
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.skipif("sys.platform == 'darwin'", reason="its pipes have no number")
@pytest.mark.usefixtures("standard_input")
def test_a_pipe_on_standard_input() -> None:
    for _ in range(2):  # another pipe is another input
        reading = pipe_with_data()
        os.dup2(reading, 0)
        os.close(reading)
        assert whole("-") == DATA
        for _ in range(2):
            with pytest.raises(InputError, match=r"^-: has been read before, and can be read only"):
                open_raw("-")


@pytest.mark.usefixtures("standard_input")
def test_a_file_on_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(DATA)
    with path.open("rb", buffering=0) as file:
        os.dup2(file.fileno(), 0)
        assert whole("-") == DATA
        with pytest.raises(InputError, match=r"^-: has been read before, up to where it stands"):
            open_raw("-")
        os.lseek(0, 0, os.SEEK_SET)
        assert whole("-") == DATA


def test_a_part_that_was_read_does_not_come_back() -> None:
    file = io.BytesIO(DATA * 2)
    raw = open_raw(file)
    assert raw.read(len(DATA)) == DATA
    with pytest.raises(InputError, match="rewind it with seek"):  # also while it is being read
        open_raw(file)
    raw.close()
    with pytest.raises(InputError, match="rewind it with seek"):
        open_raw(file)
    file.seek(3)
    assert whole(file) == (DATA * 2)[3:]


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_file_that_is_open(tmp_path: Path, buffering: int) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(DATA)
    with path.open("rb", buffering=buffering) as file:
        assert whole(file) == DATA
        with pytest.raises(InputError, match=r"reads\.fq: has been read before"):
            open_raw(file)
        file.seek(0)
        assert whole(file) == DATA
    assert whole(path) == whole(path) == DATA


def test_a_pipe_s_file_object() -> None:
    with open(pipe_with_data(), "rb") as file:
        assert file.peek(1)  # it is in the buffer now
        assert whole(file) == DATA
        with pytest.raises(InputError, match="can be read only once"):
            open_raw(file)


def test_an_object_that_does_not_tell_where_it_stands() -> None:
    bare = Bare(DATA)
    assert whole(bare) == DATA
    with pytest.raises(InputError, match="can be read only once"):
        open_raw(bare)


def test_what_was_opened_and_not_read_can_be_opened_again() -> None:
    bare = Bare(DATA)
    open_raw(bare).close()
    assert whole(bare) == DATA


def test_an_object_that_cannot_be_noted() -> None:
    assert given_object("x", Unhashable(DATA)) is None
    assert whole(Unhashable(DATA)) == DATA
