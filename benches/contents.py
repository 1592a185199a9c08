"""What the files that a tool wrote hold: how many reads, and which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from isal import igzip, isal_zlib

from benches.processes import FailedError

_BUFFER = 4 * 2**20
_LINES = 4
_PARTS = {"name": ("name",), "sequence": ("sequence",), "quality": ("quality", "quality_scores")}


@dataclass(frozen=True)
class Contents:
    """The reads of one or several files, the same in any format.

    Attributes:
        reads: How many.
        ordered: A check sum of the check sums of all names up to the first blank, one of all
            sequences and one of all qualities.
        unordered: The sums of these check sums, which do not depend on the order of the reads.
    """

    reads: int
    ordered: tuple[int, ...]
    unordered: tuple[int, ...]


@dataclass
class _Sums:
    """Check sums of one part of all reads, whatever the pieces in which they come."""

    ordered: int = 0
    unordered: int = 0

    def add(self, strings: Sequence[bytes]) -> None:
        each = np.fromiter(map(isal_zlib.crc32, strings), np.uint32, len(strings))
        self.ordered = isal_zlib.crc32(each.tobytes(), self.ordered)
        self.unordered += int(each.sum(dtype=np.uint64))


@dataclass
class _Reads:
    """What was read so far."""

    count: int = 0
    parts: dict[str, _Sums] = field(default_factory=lambda: {part: _Sums() for part in _PARTS})

    def add(self, names: list[bytes], sequences: list[bytes], qualities: list[bytes]) -> None:
        ids = [name.partition(b" ")[0] for name in names]
        for sums, strings in zip(self.parts.values(), (ids, sequences, qualities), strict=True):
            sums.add(strings)
        self.count += len(names)


def read_contents(paths: tuple[str, ...]) -> Contents:
    """Reads FASTQ (plain or gzip), Parquet or Arrow files, by their suffixes.

    Raises:
        FailedError: A file is missing or cannot be read.
    """
    found = _Reads()
    try:
        for path in paths:
            if _is_table(path):
                for batch in _batches(path):
                    found.add(*(_strings(batch, names) for names in _PARTS.values()))
            else:
                for lines in _lines(path):
                    names = [line[1:] for line in lines[::_LINES]]
                    found.add(names, lines[1::_LINES], lines[3::_LINES])
    except (OSError, EOFError, ValueError) as error:
        raise FailedError(f"what it wrote cannot be read: {error}") from error
    sums = found.parts.values()
    return Contents(
        found.count, tuple(each.ordered for each in sums), tuple(each.unordered for each in sums)
    )


def count_reads(paths: tuple[str, ...]) -> int:
    """Counts the reads of such files, which takes less time.

    Raises:
        FailedError: A file is missing or cannot be read.
    """
    try:
        return sum(map(_count, paths))
    except (OSError, EOFError, ValueError) as error:
        raise FailedError(f"what it wrote cannot be read: {error}") from error


def contents_of(told: dict[str, Any]) -> Contents:
    """What `dataclasses.asdict` and JSON have made of contents."""
    return Contents(told["reads"], tuple(told["ordered"]), tuple(told["unordered"]))


def difference(one: Contents, other: Contents) -> str:
    """How two sets of as many reads differ, in words; empty where they are the same."""
    if one.ordered == other.ordered:
        return ""
    if one.unordered == other.unordered:
        return "another order"
    names = ("names", "sequences", "qualities")
    pairs = zip(names, one.unordered, other.unordered, strict=True)
    return f"other {' and '.join(name for name, a, b in pairs if a != b)}"


def _is_table(path: str) -> bool:
    return path.endswith((".parquet", ".arrow"))


def _count(path: str) -> int:
    if path.endswith(".parquet"):
        return int(pq.read_metadata(path).num_rows)
    if path.endswith(".arrow"):
        return sum(batch.num_rows for batch in _batches(path))
    return sum(text.count(b"\n") for text in _texts(path)) // _LINES


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


def _strings(batch: pa.RecordBatch, names: Sequence[str]) -> list[bytes]:
    found = next((name for name in names if name in batch.schema.names), None)
    if found is None:
        raise ValueError(f"there is no column {' or '.join(names)}")
    strings: list[bytes] = batch.column(found).cast(pa.large_binary()).to_pylist()
    return strings


def _texts(path: str) -> Iterator[bytes]:
    with (
        igzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb")  # type: ignore[no-untyped-call]
    ) as stream:
        while text := stream.read(_BUFFER):
            yield text


def _lines(path: str) -> Iterator[list[bytes]]:
    """The lines of whole records."""
    rest: list[bytes] = []
    for text in _texts(path):
        first, *others = text.split(b"\n")
        lines = [*rest[:-1], (rest[-1] if rest else b"") + first, *others]
        whole = (len(lines) - 1) // _LINES * _LINES  # the last line may go on
        rest = lines[whole:]
        yield lines[:whole]
    if rest not in ([], [b""]):
        raise ValueError(f"{path}: ends inside a record")
