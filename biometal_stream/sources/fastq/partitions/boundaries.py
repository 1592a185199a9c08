"""Finds where FASTQ files can be divided: where a record starts, the same one in each file.

In four-line FASTQ, a record starts at a line that begins with ``@`` and is followed, two lines
later, by a line that begins with ``+``. No other line does:

* a sequence line is letters, or empty, and does not begin with ``@``;
* a plus line begins with ``+``;
* a quality line may begin with ``@``, or be just that, but two lines later there is a sequence
  line, which does not begin with ``+`` (after the last record: blank lines, or nothing).

This holds for empty reads, for both line ends, and for reads of any length: as much is read as two
of the longest records may have. Of the text before, only the newline is needed.

Names show whether consecutive reads are mates 1 and 2, or 2 and 1: all of a run of pairs must be
mates, and the pairs that start one read later must not all be. The mate of a read in a second file,
or its index read in another, is found by its name, near the place to be expected from the sizes of
the files: a run of reads from there on must be mates in turn, and at only one place.

In a file that is not FASTQ, or in which names repeat, a boundary may be wrong. Then at least one
partition gives an error, since each must consist of whole records and whole pairs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, repeat
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.codecs.bgzf.excerpts import BgzfExcerpt
from biometal_stream.codecs.excerpts import PlainExcerpt
from biometal_stream.codecs.ranges import VirtualOffset
from biometal_stream.descriptors import open_descriptor
from biometal_stream.errors import InputError
from biometal_stream.mates.names import are_mates, mate_name, name_of
from biometal_stream.sources.fastq.text import LINES_PER_RECORD

if TYPE_CHECKING:
    from biometal_stream.codecs.excerpts import Excerpt
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.mates.names import Separator

_Mate: TypeAlias = Callable[[bytes], bytes | None]
"""The name that the record of another file has, by that of a read; ``None`` if it can have none."""

RUN = 64
"""Pairs of reads compared by name at a boundary."""
MOST_RUN = 4096
"""The most pairs compared if fewer do not decide."""
MOST_TEXT = 1 << 25
"""The most text searched for them, in bytes: reads with mates are short."""
REACHES = (1 << 16, 1 << 18, 1 << 20, 1 << 22)
"""Bytes of a file, before and after the expected place, in which to search for a mate."""
MOST_MISSES = 4
"""Failed searches in a row after which no more boundaries are searched for."""

_LINE = 1 << 16


class Records:
    """Finds records in the text of a file from a byte on, and reads as much as needed.

    Args:
        excerpt: The text.
        longest: The most bytes that a record may have.
    """

    def __init__(self, excerpt: Excerpt, longest: int) -> None:
        self.excerpt = excerpt
        self._most = 2 * longest + _LINE

    def _next_line(self, index: int) -> int | None:
        """Where the line after the one at an index starts; ``None`` at the end."""
        excerpt = self.excerpt
        searched = index
        while True:
            newline = excerpt.text.find(b"\n", searched)
            if 0 <= newline < len(excerpt.text) - 1:
                return newline + 1
            searched = newline if newline >= 0 else len(excerpt.text)
            if excerpt.exhausted or len(excerpt.text) - index > self._most:
                return None
            excerpt.read()

    def first(self) -> int | None:
        """Where the first record after the first newline starts; ``None`` if not found."""
        text = self.excerpt.text
        line = self._next_line(0)
        while line is not None:
            sequence = self._next_line(line)
            plus = None if sequence is None else self._next_line(sequence)
            if plus is None:
                return None
            if text[line] == ord("@") and text[plus] == ord("+"):
                return line
            line = sequence
        return None

    def starts(self, index: int, most: int | None = None) -> Iterator[int]:
        """Where the records start from a first one on, by counting lines.

        Args:
            index: Where the first record starts.
            most: Bytes after it to search; by default all.
        """
        following: int | None = index
        while following is not None and self.excerpt.text[following] == ord("@"):
            if most is not None and following - index > most:
                return
            yield following
            for _ in range(LINES_PER_RECORD):
                following = None if following is None else self._next_line(following)

    def name(self, index: int) -> bytes:
        """The name of the record that starts at an index."""
        return name_of(bytes(self.excerpt.text[index : self._end(index)]))

    def _end(self, index: int) -> int:
        end = self._next_line(index)
        stop = len(self.excerpt.text) if end is None else end - 1
        return stop - (self.excerpt.text[stop - 1] == ord("\r"))


class CutFile:
    """A file to be divided. For use by one thread.

    Args:
        part: The whole file, with its codec.
        longest: The most bytes that a record may have.

    Raises:
        InputError: It cannot be opened.
    """

    def __init__(self, part: FileRange, longest: int) -> None:
        self.size = part.size
        self.name = part.name
        self._is_bgzf = part.codec == "bgzf"
        self._longest = longest
        try:
            self._file = open_descriptor(part.path, os.O_RDONLY)
        except OSError as error:
            raise InputError(f"{part.name}: cannot be opened: {error.strerror}") from error

    def records(self, byte: int) -> Records:
        """The records that start at or after a byte of the file, except for the file's first.

        In BGZF, the records in the blocks that begin there, after their first newline.
        """
        if self._is_bgzf:
            return Records(BgzfExcerpt(self._file, byte), self._longest)
        return Records(PlainExcerpt(self._file, max(0, byte - 1)), self._longest)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def find_cuts(
    files: tuple[CutFile, ...],
    number: int,
    separator: Separator,
    *,
    interleaved: bool,
    reads: int = 2,
) -> Iterator[tuple[VirtualOffset, ...]]:
    """Finds boundaries at about equal distances.

    Args:
        files: One file, or those that are read in step.
        number: The number of partitions; there are fewer if not enough boundaries are found.
        separator: What marks mates, besides the slash.
        interleaved: Whether mates follow each other.
        reads: How many of the files hold reads; the others hold index reads.

    Yields:
        A place in each file.
    """
    first = files[0]
    mates: list[_Mate] = [partial(mate_name, separator=separator)] * (reads - 1)
    mates += [_itself] * (len(files) - reads)
    last = tuple(VirtualOffset(0) for _ in files)
    misses = 0
    index = 0
    while (index := max(index, last[0].byte * number // max(1, first.size)) + 1) < number:
        target = first.size * index // number
        if target <= last[0].byte:
            continue
        cut = _find_cut(files, target, last, separator, mates, interleaved=interleaved)
        misses = 0 if cut is not None else misses + 1
        if misses == MOST_MISSES:
            return
        if cut is not None and all(map(VirtualOffset.__gt__, cut, last)):
            last = cut
            yield cut


def _find_cut(
    files: tuple[CutFile, ...],
    target: int,
    last: tuple[VirtualOffset, ...],
    separator: Separator,
    mates: list[_Mate],
    *,
    interleaved: bool,
) -> tuple[VirtualOffset, ...] | None:
    try:
        records = files[0].records(target)
        start = records.first()
        if start is None:
            return None
        if interleaved:
            start = _first_of_pair(records, start, separator)
        if start is None:
            return None
        cut = [records.excerpt.position(start)]
        for place, (other, mate) in enumerate(zip(files[1:], mates, strict=False), 1):
            expected = _expected(files, cut[0], last, place)
            found = _find_mate(records, start, other, expected, last[place], mate)
            if found is None:
                return None
            cut.append(found)
    except OSError as error:
        reason = error.strerror or str(error)
        names = " or ".join(file.name for file in files)
        raise InputError(f"{names}: cannot be read: {reason}") from error
    return tuple(cut)


def _first_of_pair(records: Records, start: int, separator: Separator) -> int | None:
    """Where the first mate 1 starts, from a record on; ``None`` if names do not show it."""
    pairs = RUN
    while True:
        starts = list(islice(records.starts(start, MOST_TEXT), 2 * pairs + 1))
        names = [records.name(index) for index in starts]
        cut_short = len(starts) <= 2 * pairs
        here, later = (
            all(map(are_mates, names[first::2], names[first + 1 :: 2], repeat(separator)))
            for first in (0, 1)
        )
        if cut_short and records.excerpt.at_end:
            here &= len(names) % 2 == 0
            later &= len(names) % 2 == 1
        if here != later:
            return starts[0] if here else next(iter(starts[1:]), None)
        if cut_short or pairs >= MOST_RUN:
            return None
        pairs *= 4


def _expected(
    files: tuple[CutFile, ...], cut: VirtualOffset, last: tuple[VirtualOffset, ...], other: int
) -> int:
    """The expected boundary in another file, from what is left of both after the last one."""
    left, left_there = (max(1, files[k].size - last[k].byte) for k in (0, other))
    return last[other].byte + (cut.byte - last[0].byte) * left_there // left


def _itself(name: bytes) -> bytes:
    """The name of the index read of a read."""
    return name


def _find_mate(
    records: Records,
    start: int,
    other: CutFile,
    expected: int,
    last: VirtualOffset,
    mate: _Mate,
) -> VirtualOffset | None:
    """The place of the mate of a record; ``None`` if it is missing or not unique."""
    names = [records.name(index) for index in islice(records.starts(start, MOST_TEXT), RUN)]
    wanted = [mate(name) for name in names]
    to_end = len(names) < RUN
    if to_end and not records.excerpt.at_end:
        return None
    for reach in REACHES:
        first, stop = max(last.byte, expected - reach), expected + reach
        there = other.records(first)
        named = _named(there, wanted[0], stop)
        mates = list(islice((at for at in named if _go_on(there, at, wanted, to_end=to_end)), 2))
        if len(mates) == 1:
            return there.excerpt.position(mates[0])
        if mates or (first == last.byte and stop >= other.size):
            return None
    return None


def _go_on(records: Records, start: int, names: list[bytes | None], *, to_end: bool) -> bool:
    """Whether records with these names follow from one on, and, if requested, nothing else."""
    starts = records.starts(start, MOST_TEXT)
    for name in names:
        index = next(starts, None)
        if index is None or name != records.name(index):
            return False
    return not to_end or (next(starts, None) is None and records.excerpt.at_end)


def _named(records: Records, name: bytes | None, stop: int) -> Iterator[int]:
    """Where records with a name start, up to a byte of the file."""
    start = records.first()
    excerpt = records.excerpt
    while excerpt.reach < stop and not excerpt.exhausted:
        excerpt.read()
    known = len(excerpt.text)
    if start is None or name is None or excerpt.text.find(b"@" + name, start) < 0:
        return
    for index in records.starts(start):
        if index >= known:
            return
        if name == records.name(index):
            yield index
