"""Opening an index of any format: what it is, once for all, and what it is not."""

import gzip
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import biometal_stream as bs
from biometal_stream.errors import InputError
from biometal_stream.indexes import opening
from biometal_stream.indexes.compact.index import CompactIndex
from biometal_stream.indexes.deacon.frozen import FrozenIndex
from biometal_stream.indexes.exact import ExactIndex
from biometal_stream.indexes.opening import format_of, open_index
from tests.indexes.deacon.files import exact_bytes, frozen_bytes

VALUES = list(range(100, 2000, 7))


@pytest.fixture
def files(tmp_path):
    (tmp_path / "exact").write_bytes(exact_bytes(VALUES))
    (tmp_path / "frozen").write_bytes(frozen_bytes(VALUES, 32))
    bs.convert_index(tmp_path / "exact", tmp_path / "compact")
    return tmp_path


def test_each_format_by_its_first_bytes(files):
    for name, kind in (("exact", ExactIndex), ("frozen", FrozenIndex), ("compact", CompactIndex)):
        index = open_index(files / name)
        assert isinstance(index, kind)
        assert index.count == len(VALUES)
        assert index.contains(np.array(VALUES, np.uint64)).all()
    formats = {name: format_of(files / name) for name in ("exact", "frozen", "compact")}
    assert formats == {"exact": "deacon", "frozen": "frozen", "compact": "compact"}


def test_a_file_is_opened_once(files, monkeypatch):
    made = []
    monkeypatch.setattr(opening, "_open_exact", lambda name: made.append(name) or _Stub())
    with ThreadPoolExecutor(4) as pool:
        indexes = list(pool.map(open_index, [files / "exact"] * 20))
    os.link(files / "exact", files / "link")
    assert open_index(str(files / "link")) is indexes[0]
    assert len(set(map(id, indexes))) == len(made) == 1
    (files / "exact").write_bytes(exact_bytes(VALUES[1:]))
    assert open_index(files / "exact") is not indexes[0]
    del indexes
    assert open_index(files / "exact") is not None
    assert len(made) == 3  # nobody held the second one


class _Stub:
    pass


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty, not an index"),
        (b">chr1\nACGT\n", "is FASTA, not an index; make one of it: biometal-stream index build"),
        (b"\n>chr1\nACGT\n", "is FASTA, not an index"),
        (b"@r\nACGT\n+\nIIII\n", "is FASTQ, not an index; make one of it"),
        (
            gzip.compress(b">chr1\nACGT\n", mtime=0),
            "is compressed with gzip, and an index is not; if it",
        ),
        (b"MMI\x02rest", "is an index of minimap2, not an index; make one of FASTA with"),
        (b"something else", "is not an index; make one of FASTA with"),
        (b"biometal kmers\r\n", "is truncated"),
        (b"biometal km", "is truncated"),
        (exact_bytes(VALUES)[:-3], "is truncated"),
        (b"\x03\x1f\x0f\x10", "is truncated"),
        (frozen_bytes(VALUES, 16)[:-3], "is truncated"),
        (exact_bytes([1], version=2), "version 2, and only version 3"),
        (exact_bytes([1], k=61), "has k 61, and at most 31 is supported"),
        (exact_bytes([1], k=63), "has k 63, and at most 31 is supported"),
        (exact_bytes([1], k=255, w=255), "has k 255, and at most 31 is supported"),
        (exact_bytes([1], w=200), "has k 31 and w 200; w must be odd, and k and w together"),
        (exact_bytes([5, 7, 5]), "is damaged: 1 of its 3 k-mers are duplicates"),
    ],
)
def test_what_is_not_an_index_is_named(tmp_path, content, said):
    path = tmp_path / "host.fa.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        open_index(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_what_is_not_a_file_is_named(tmp_path):
    with pytest.raises(InputError, match="is a folder, not an index"):
        open_index(tmp_path)
    with pytest.raises(InputError, match="cannot be opened: No such file"):
        open_index(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="an index must be a file, not a pipe"):
        open_index(tmp_path / "pipe")
