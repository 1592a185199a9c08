"""Names from lists, FASTA and FASTQ, compressed or not, in texts of any size."""

import bz2
import gzip
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators.keys import listing
from biometal_stream.operators.keys.listing import read_names


def names(path):
    return [
        bytes(some.data[start:stop]).decode()
        for some in read_names(str(path))
        for start, stop in zip(some.starts, some.stops, strict=True)
    ]


def read(folder, content, size=listing._SIZE):
    path = folder / "names"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_SIZE", size)
        return names(path)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"a\nb x\nc\td", ["a", "b", "c"]),
        (b"a\r\n\r\nb\r\n\n \nc\n", ["a", "b", "c"]),
        (b"@a 1:N:0\n@b\n", ["a", "b"]),
        (b"@a\n@b\n@c\n@d\n@e\n", ["a", "b", "c", "d", "e"]),
        (b"a\n@b\n", ["a", "@b"]),
        (b">a x\nACGT\nAC\n>b\n", ["a", "b"]),
        (b"@a x\nAC\n+\n@I\n@b\nA\n+a\n+\n", ["a", "b"]),
        ("ä\n".encode(), ["ä"]),
        (b"", []),
        (b"\n\n", []),
    ],
)
def test_a_name_ends_at_a_blank_and_begins_after_a_mark(tmp_path, content, wanted):
    assert read(tmp_path, content) == wanted


@settings(max_examples=25)
@given(st.lists(st.text("abc/12", min_size=1, max_size=12), max_size=30), st.integers(16, 60))
def test_lines_may_lie_across_two_texts(tmp_path_factory, given_names, size):
    folder = tmp_path_factory.mktemp("names")
    assert read(folder, "\n".join(given_names).encode(), size) == given_names
    fastq = b"".join(b"@%b d\nAC\n+\n@I\n" % name.encode() for name in given_names)
    assert read(folder, fastq, size) == given_names


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_a_list_may_be_compressed(tmp_path, compress):
    assert read(tmp_path, compress(b"a\nb\n")) == ["a", "b"]


def test_a_list_may_come_from_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"a\nb\n",))
    writer.start()
    assert names(pipe) == ["a", "b"]
    writer.join()


def test_what_is_no_list_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "_LONGEST", 100)
    with pytest.raises(ConfigurationError, match="a line is longer than 100 bytes; write a name"):
        read(tmp_path, b"A" * 200, size=64)
    with pytest.raises(InputError, match="nowhere"):
        names(tmp_path / "nowhere")
