"""Files that change while they are read."""

import gzip
import io
import os

import pytest

import biometal_stream as bs
from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.codecs.ranges import FileRange, VirtualOffset
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.codecs.raw.unchanged import Seen
from biometal_stream.errors import InputError
from biometal_stream.sources.lanes import Inputs

RECORD = b"@read\nACGT\n+\nIIII\n"


def touch(path):
    """Makes the time of the last modification another, whatever the clock's steps are."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))


def cut(path):
    os.truncate(path, path.stat().st_size - len(RECORD))


def empty(path):
    os.truncate(path, 0)


def grow(path):
    with path.open("ab") as file:
        file.write(RECORD)


def overwrite(path):
    with path.open("r+b") as file:
        file.write(b"@R")
    touch(path)


def replace(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    other.rename(path)


CHANGES = [
    (cut, r"was truncated from 1,800 to 1,782 bytes .*; run again"),
    (empty, "was truncated from 1,800 to 0 bytes"),
    (grow, r"has grown from 1,800 to 1,818 bytes .*; wait until it is complete, or pipe it in"),
    (overwrite, "was written to"),
    (touch, "was written to"),
    (replace, "was replaced by another file"),
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_bytes(RECORD * 100)
    return path


@pytest.mark.parametrize(("change", "said"), CHANGES)
@pytest.mark.parametrize("at", [0, 900])
def test_a_file_that_changes(path, change, said, at):
    raw = open_raw(path)
    raw.read(at)
    change(path)
    with pytest.raises(InputError, match=rf"reads\.fq: {said}"):
        raw.read()
    raw.close()


@pytest.mark.parametrize("change", [cut, grow, touch])
@pytest.mark.parametrize("buffering", [0, -1])
def test_a_file_object_of_a_file_that_changes(path, change, buffering):
    with path.open("rb", buffering=buffering) as file:
        raw = open_raw(file)
        raw.read(10)
        change(path)
        with pytest.raises(InputError, match=r"reads\.fq"):
            raw.read()


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_what_only_looks_like_a_change(path, monkeypatch, compress):
    """It is read from the middle, by another name, from another folder, or was removed."""
    path.write_bytes(compress(path.read_bytes()))
    monkeypatch.chdir(path.parent)
    raw = open_raw(path.name)
    monkeypatch.chdir("/")
    with path.open("rb") as file:
        file.seek(7)
        middle = open_raw(file)
        path.chmod(0o600)
        os.link(path, path.with_name("link"))
        path.unlink()
        assert raw.read() == compress(RECORD * 100)
        assert middle.read() == compress(RECORD * 100)[7:]
    raw.close()


def test_a_file_that_is_not_read_to_its_end(path):
    raw = open_raw(path)
    assert raw.read(5) == b"@read"
    grow(path)
    assert raw.read(1) == b"\n"
    raw.close()


@pytest.mark.parametrize(("change", "said"), CHANGES)
@pytest.mark.parametrize("mate", [False, True])
def test_a_later_file_that_changes_before_its_turn(path, lend, change, said, mate):
    first = path.with_name("first.fq")
    first.write_bytes(RECORD)
    lanes = [(first, io.BytesIO(RECORD)), (first, path)] if mate else [(first,), (path,)]
    inputs = Inputs(lanes, lend())
    turns = inputs.lanes()
    next(turns)
    change(path)
    with pytest.raises(InputError, match=rf"reads\.fq: {said}"):
        next(turns)
    inputs.close()


def test_a_file_that_is_emptied_while_another_is_read(path, tmp_path):
    later = tmp_path / "later.fq"
    later.write_bytes(RECORD)
    batches = bs.read_fastq([path, later]).source.batches()
    assert next(batches).num_rows == 100
    empty(later)
    with pytest.raises(InputError, match=r"later\.fq: was truncated from 18 to 0 bytes"):
        next(batches)


def _drain(reader):
    while reader.readinto(memoryview(bytearray(100))):
        pass


@pytest.mark.parametrize(("change", "said"), CHANGES)
@pytest.mark.parametrize("whole", [False, True])
def test_a_part(path, lend, change, said, whole):
    ends = {} if whole else {"start": VirtualOffset(18), "stop": VirtualOffset(1782)}
    part = FileRange(str(path), "x.fq", 1800, None if whole else "plain", **ends)
    reader = open_file_range(part, lend())
    change(path)
    with pytest.raises(InputError, match=rf"x\.fq: {said}"):
        _drain(reader)
    reader.close()


@pytest.mark.parametrize("change", [cut, grow])
def test_a_whole_file_of_another_size_than_when_it_was_divided(path, lend, change):
    part = FileRange(str(path), "x.fq", 1800)
    change(path)
    with pytest.raises(InputError, match=r"x\.fq: has changed since it was divided"):
        open_file_range(part, lend())


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert Seen.at(tmp_path / "pipe") is None
    assert Seen.at(tmp_path) is None
    assert Seen.at(tmp_path / "nothing") is None
    assert Seen.at("a\0b") is None
