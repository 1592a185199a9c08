"""Files that are not whole compact indexes, and what is said of them."""

import io
import os
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.indexes.compact.header import FOOTER, HEADER, MAGIC, Header, parsed_header
from biometal_stream.indexes.compact.opening import open_compact
from biometal_stream.indexes.compact.writing import write_compact
from biometal_stream.indexes.mixing import mixed
from biometal_stream.indexes.scheme import Scheme


@pytest.fixture(scope="module")
def whole():
    file = io.BytesIO()
    hashes = np.sort(mixed(np.arange(1000, dtype=np.uint64)))
    write_compact(file, [hashes], 1000, Scheme(31, 15), {"sources": ["a.fa"]})
    return file.getvalue()


@pytest.fixture
def error_of(tmp_path):
    """The one line that is said of a file."""

    def error_of(content):
        path = tmp_path / "some.kmers"
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            open_compact(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: ")
        assert "\n" not in message
        return message

    return error_of


def with_header(whole, *, version=1, size=4096, shape=31 << 16 | 15, name=b"splitmix64", lines=26):
    """The file with other fields in its header, and its checksum right."""
    fields = list(struct.unpack("<16sIIII16sQQI", whole[:HEADER]))
    fields[1], fields[3], fields[4], fields[5], fields[7] = version, size, shape, name, lines
    begin = struct.pack("<16sIIII16sQQI", *fields) + whole[HEADER:4096]
    return begin[:20] + struct.pack("<I", zlib.crc32(begin[24:])) + begin[24:] + whole[4096:]


def test_the_helper_changes_nothing_unasked(whole):
    assert with_header(whole) == whole


@pytest.mark.parametrize("size", [1, 15, 16, 20, HEADER - 1, HEADER, 4095, 4096, 5000])
def test_a_truncated_file(whole, error_of, size):
    assert "is truncated: " in error_of(whole[:size])


def test_every_truncation_is_noticed(whole, error_of):
    for size in range(1, len(whole), 97):
        assert "truncated" in error_of(whole[:size])
    assert "truncated" in error_of(whole[:-1])


@pytest.mark.parametrize("more", [b"\0", b"\n", b"x" * 1000])
def test_a_file_that_is_too_long(whole, error_of, more):
    assert "or something was appended" in error_of(whole + more)


def test_two_files_in_one(whole, error_of):
    assert f"has {2 * len(whole):,} bytes where {len(whole):,} were written" in error_of(whole * 2)


@pytest.mark.parametrize(
    "content", [b"", b"@read\nACGT\n+\nIIII\n", b">one\nACGT\n", b"\x03\x1f\x0f", b"\x1f\x8b\x08"]
)
def test_a_file_that_is_no_index(error_of, content):
    assert error_of(content).endswith(": is not a compact index")


def test_line_ends_that_were_changed(whole, error_of):
    assert "is not a compact index" in error_of(whole.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_another_version(whole, error_of, version):
    says = f"is a compact index of version {version}, and this program reads version 1;"
    assert says in error_of(with_header(whole, version=version))


def test_another_hash(whole, error_of):
    says = "was made with the hash 'murmur3', and this program knows 'splitmix64'"
    assert says in error_of(with_header(whole, name=b"murmur3"))


@pytest.mark.parametrize(
    ("k", "w", "says"),
    [(32, 15, "k must be odd"), (41, 15, "k must be odd"), (31, 0, "w must be odd")],
)
def test_an_impossible_scheme(whole, error_of, k, w, says):
    assert says in error_of(with_header(whole, shape=k << 16 | w))


@pytest.mark.parametrize("size", [0, 100, 4097])
def test_an_impossible_size_of_the_header(whole, error_of, size):
    assert "header" in error_of(with_header(whole, size=size))


@pytest.mark.parametrize("lines", [0, 2**32, 2**64 - 1])
def test_an_impossible_number_of_lines(whole, error_of, lines):
    assert f"is damaged: it says {lines:,} lines" in error_of(with_header(whole, lines=lines))


@pytest.mark.parametrize("lines", [25, 27, 10_000, 2**32 - 1])
def test_another_number_of_lines(whole, error_of, lines):
    assert error_of(with_header(whole, lines=lines))


def test_each_damaged_byte_of_the_header_is_noticed(whole, error_of):
    for at in (*range(HEADER + 20), 4000, 4095):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        assert error_of(bytes(damaged))


def test_each_damaged_byte_of_the_end_is_noticed(whole, error_of):
    for at in range(1, FOOTER + 12 + 1):  # and of the directory before
        damaged = bytearray(whole)
        damaged[-at] ^= 1
        assert error_of(bytes(damaged))


def test_a_damaged_line_is_noticed_when_asked(whole, tmp_path):
    path = tmp_path / "some.kmers"
    for at in (4096, 4200, len(whole) - FOOTER - 13):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        path.write_bytes(damaged)
        index = open_compact(path)
        index.contains(np.arange(1000, dtype=np.uint64))
        with pytest.raises(InputError, match="a checksum is wrong"):
            index.verify()


def test_lines_of_any_content_can_be_looked_at(whole, tmp_path):
    # Nothing outside the file is read, whatever the lines say of what goes on.
    random = np.random.default_rng(1)
    path = tmp_path / "some.kmers"
    values = random.integers(0, 2**64, 10_000, np.uint64)
    for _ in range(5):
        noise = random.bytes(len(whole) - 4096 - FOOTER - 12)
        path.write_bytes(whole[:4096] + noise + whole[-FOOTER - 12 :])
        assert len(open_compact(path).contains(values)) == 10_000
    path.write_bytes(whole[:4096] + b"\xff" * len(noise) + whole[-FOOTER - 12 :])
    assert len(open_compact(path).contains(values)) == 10_000


def test_what_is_no_file(tmp_path):
    with pytest.raises(InputError, match=r"none: cannot be read \(No such file or directory\)"):
        open_compact(tmp_path / "none")
    with pytest.raises(InputError, match="is not a regular file"):
        open_compact(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a regular file"):
        open_compact(tmp_path / "pipe")
    with pytest.raises(ConfigurationError):
        open_compact("")


def test_a_header_says_what_was_written():
    header = Header(Scheme(15, 5), "splitmix64", 2**40, 2**31, {"b": 1, "a": ["é"]})
    assert header.packed()[: len(MAGIC)] == MAGIC
    assert header.packed() == replace(header, about={"a": ["é"], "b": 1}).packed()
    assert len(replace(header, about={"a": "x" * 5000}).packed()) == 8192


@pytest.mark.parametrize("name", ["é.fa", "a\udcff.fa", "\\\udcff\\udcff.fa", "\x1b[31m.fa"])
def test_names_of_files_of_any_bytes_are_kept(name):
    header = Header(Scheme(), "splitmix64", 1, 1, {"sources": [name]})
    assert parsed_header(header.packed()) == header


def test_a_description_that_is_not_an_object(whole, error_of):
    length = struct.pack("<I", 2)
    begin = whole[: HEADER - 4] + length + b"[]" + bytes(4096 - HEADER - 2)
    begin = begin[:20] + struct.pack("<I", zlib.crc32(begin[24:])) + begin[24:]
    assert "its description is not an object" in error_of(begin + whole[4096:])
