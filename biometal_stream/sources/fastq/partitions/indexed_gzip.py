"""Finds where gzip files with an index can be divided, by counting lines from their start.

With the index a partition can be inflated without what comes before it, but a gzip member has one
checksum for all of its text. So dividing such a file inflates it once, up to its last checksum,
which takes one core (1 GB of text in about a second), while parsing, operators and writing take
many. The CRC32 of each partition's text is noted on the way, and verified when the partition is
read. The lines are counted too, so that files with mates are divided at the same record, whatever
the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

from biometal_stream.codecs.gzip.indexed import open_indexed
from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.codecs.ranges import FileRange, VirtualOffset
from biometal_stream.errors import BiometalError
from biometal_stream.run import LEAST_MEMORY, MIB, LocalRun
from biometal_stream.sources.fastq.text import LINES_PER_RECORD
from biometal_stream.sources.text.lines import count_newlines, drop_lines
from biometal_stream.sources.text.segments import SPARE, allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader


def cut_counted(lane: tuple[FileRange, ...], number: int, unit: int) -> list[tuple[FileRange, ...]]:
    """Divides one gzip file, or those that are read in step.

    Args:
        lane: The files.
        number: The approximate number of partitions.
        unit: The number of records that must stay together.

    Returns:
        The partitions of each; whole files if they are damaged, since reading them gives the error.

    Raises:
        InputError: An index belongs to another file.
    """
    for part in lane:
        open_indexed(part.path, part.name, 1).close()
    every = unit * LINES_PER_RECORD
    first = lane[0]
    lines: list[int] = []
    try:
        files = [_cut(first, _Distances(first.size, number, every), lines.append)]
        files += [_cut(part, _Numbers(lines), _forget) for part in lane[1:]]
    except BiometalError:
        return [lane]
    if len({len(parts) for parts in files}) > 1:
        return [lane]
    return list(zip(*files, strict=True))


class _Distances:
    """The lines to divide at: at about equal distances in the compressed file."""

    def __init__(self, size: int, number: int, every: int) -> None:
        self._size = size
        self._number = number
        self._every = every
        self._index = 1

    def following(self, lines: int, byte: int) -> int | None:
        """The next line to divide at, once the file is read to a line and a byte."""
        reached = min(self._number - 1, byte * self._number // self._size)
        if reached < self._index:
            return None
        self._index = reached + 1
        return (lines // self._every + 1) * self._every


class _Numbers:
    """The lines to divide at, if they are known."""

    def __init__(self, lines: list[int]) -> None:
        self._lines = iter(lines)

    def following(self, lines: int, byte: int) -> int | None:  # noqa: ARG002 - as `_Distances`
        """The next line to divide at."""
        return next(self._lines, None)


def _forget(line: int) -> None:
    """Ignores the lines at which a file was divided."""


def _cut(
    part: FileRange, places: _Distances | _Numbers, note: Callable[[int], None]
) -> list[FileRange]:
    """Inflates a file and divides it.

    Raises:
        BiometalError: The file is corrupt, or cannot be read.
    """
    parts: list[FileRange] = []
    rest = part
    wanted: int | None = None
    lines = offset = crc = 0
    with LocalRun(1, LEAST_MEMORY) as run, closing(open_file_range(part, run)) as reader:
        for text, size, following in _segments(reader):
            start = 0
            after = lines + int(count_newlines(text, np.uint64(0), np.uint64(size)))
            while True:
                if wanted is None:
                    wanted = places.following(lines, reader.bytes_read)
                if wanted is None or wanted > after:
                    break
                stop = int(
                    drop_lines(text, np.uint64(0), np.uint64(size), np.uint64(after - wanted))
                )
                if (int(text[stop]) if stop < size else following) == ord("@"):
                    crc = isal_zlib.crc32(text[start:stop], crc)
                    place = VirtualOffset(min(reader.bytes_read, part.size), offset + stop)
                    parts.append(replace(rest, stop=place, crc=crc))
                    rest = replace(rest, start=place)
                    note(wanted)
                    start, crc = stop, 0
                lines, wanted = wanted, None
            crc = isal_zlib.crc32(text[start:size], crc)
            lines = after
            offset += size
    return [*parts, replace(rest, crc=crc)]


def _segments(reader: ByteReader) -> Iterator[tuple[NDArray[np.uint8], int, int | None]]:
    """Yields texts, their sizes, and the first byte after each."""
    held, other = (allocate(MIB + SPARE) for _ in range(2))
    size = reader.readinto(held.data[:MIB])
    while size:
        more = reader.readinto(other.data[:MIB])
        yield held, size, int(other[0]) if more else None
        held, other, size = other, held, more
