"""What the files that a tool wrote hold: how many reads, and which."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from isal import igzip
from numpy.typing import NDArray

from benches.processes import FailedError

_BUFFER = 8 * 2**20
_LINES = 4
_PARTS = {"name": ("name",), "sequence": ("sequence",), "quality": ("quality", "quality_scores")}


@dataclass(frozen=True)
class Contents:
    """The reads of one or several files.

    Attributes:
        reads: How many.
        digests: A check sum of all names up to the first blank, of all sequences and of all
            qualities, in their order. The same for the same reads in any format.
        unordered: What does not depend on their order: how often each letter occurs in each of the
            three, and the sum of the squares of their lengths.
    """

    reads: int
    digests: tuple[str, ...]
    unordered: tuple[str, ...]


@dataclass
class _Sum:
    """Check sums of strings, whatever the pieces in which they come."""

    text: int = 0
    lengths: int = 0
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    squares: int = 0

    def add(self, text: bytes, lengths: NDArray[np.int64]) -> None:
        self.text = zlib.crc32(text, self.text)
        self.lengths = zlib.crc32(lengths.astype("<i8").tobytes(), self.lengths)
        self.counts += np.bincount(np.frombuffer(text, np.uint8), minlength=256)
        self.squares += int(np.square(lengths, dtype=np.int64).sum())

    @property
    def ordered(self) -> str:
        return f"{self.text:08x}{self.lengths:08x}"

    @property
    def unordered(self) -> str:
        return f"{zlib.crc32(self.counts.tobytes()):08x}{self.squares:x}"


@dataclass
class _Sums:
    """Of the parts of reads."""

    reads: int = 0
    parts: dict[str, _Sum] = field(default_factory=lambda: {part: _Sum() for part in _PARTS})


def read_contents(paths: tuple[str, ...]) -> Contents:
    """Reads FASTQ (plain or gzip), Parquet or Arrow files, by their suffixes.

    Raises:
        FailedError: A file is missing or cannot be read.
    """
    sums = _Sums()
    try:
        for path in paths:
            if path.endswith((".parquet", ".arrow")):
                for batch in _batches(path):
                    _add_batch(sums, batch)
            else:
                for text in _texts(path):
                    _add_text(sums, text)
    except (OSError, EOFError, ValueError) as error:
        raise FailedError(f"what it wrote cannot be read: {error}") from error
    parts = sums.parts.values()
    return Contents(
        sums.reads,
        tuple(part.ordered for part in parts),
        tuple(part.unordered for part in parts),
    )


def _batches(path: str) -> Iterator[pa.RecordBatch]:
    if path.endswith(".parquet"):
        with closing(pq.ParquetFile(path)) as file:
            wanted = [name for names in _PARTS.values() for name in names]
            columns = [name for name in file.schema_arrow.names if name in wanted]
            yield from file.iter_batches(columns=columns)
        return
    with pa.memory_map(path) as source:
        batches = pa.ipc.open_file(source)
        for number in range(batches.num_record_batches):
            yield batches.get_batch(number)


def _texts(path: str) -> Iterator[bytes]:
    """The text in pieces of whole records."""
    rest = b""
    with (
        igzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb")  # type: ignore[no-untyped-call]
    ) as stream:
        while data := stream.read(_BUFFER):
            text = rest + data
            lines = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
            whole = len(lines) // _LINES * _LINES
            end = int(lines[whole - 1]) + 1 if whole else 0
            rest = text[end:]
            yield text[:end]
    if rest:
        raise ValueError(f"{path}: ends inside a record")


def _add_text(sums: _Sums, text: bytes) -> None:
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    starts = np.concatenate([np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1])
    blanks = np.flatnonzero(data == ord(" "))
    headers, stops = starts[::_LINES] + 1, ends[::_LINES]
    firsts = np.append(blanks, len(data))[np.searchsorted(blanks, headers)]
    ranges = {
        "name": (headers, np.minimum(stops, firsts)),
        "sequence": (starts[1::_LINES], ends[1::_LINES]),
        "quality": (starts[3::_LINES], ends[3::_LINES]),
    }
    for part, (begins, stops) in ranges.items():
        inside = np.zeros(len(data) + 1, np.int8)
        inside[begins] += 1
        inside[stops] -= 1  # a line that is not empty begins nowhere that another ends
        kept = data[np.cumsum(inside[:-1], dtype=np.int8).view(bool)]
        sums.parts[part].add(kept.tobytes(), stops - begins)
    sums.reads += len(headers)


def _add_batch(sums: _Sums, batch: pa.RecordBatch) -> None:
    for part, names in _PARTS.items():
        found = next((name for name in names if name in batch.schema.names), None)
        if found is None:
            raise ValueError(f"has no column {' or '.join(names)}")
        column = batch.column(found)
        if part == "name":
            column = pc.list_element(pc.split_pattern(column, " ", max_splits=1), 0)
        text = column.cast(pa.large_string())
        lengths = pc.binary_length(text).to_numpy(zero_copy_only=False)
        sums.parts[part].add(_bytes_of(text), lengths)
    sums.reads += batch.num_rows


def _bytes_of(text: pa.LargeStringArray) -> bytes:
    whole = pa.concat_arrays([text])  # without the offset of a slice
    offsets = np.frombuffer(whole.buffers()[1], np.int64)[whole.offset :][: len(whole) + 1]
    data = whole.buffers()[2]
    return bytes(memoryview(data)[int(offsets[0]) : int(offsets[-1])]) if data else b""


def contents_of(told: dict[str, Any]) -> Contents:
    """What `dataclasses.asdict` and JSON have made of contents."""
    return Contents(told["reads"], tuple(told["digests"]), tuple(told["unordered"]))


def difference(one: Contents, other: Contents) -> str:
    """How two sets of as many reads differ, in words; empty where they are the same."""
    if one.digests == other.digests:
        return ""
    if one.unordered == other.unordered:
        return "another order"
    names = ("names", "sequences", "qualities")
    pairs = zip(names, one.digests, other.digests, strict=True)
    return f"other {' and '.join(name for name, a, b in pairs if a != b)}"
