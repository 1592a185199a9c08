"""Checks the first good records of files with mates; some may lack their mate."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from biometal_stream.mates.names import (
    contradicting_neighbours,
    contradiction,
    shown_by_neighbours,
    shown_separator,
)
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.mispaired import contradictory, copied_index, same_mates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from biometal_stream.mates.names import Read, Separator
    from biometal_stream.sources.fastq.good_records import GoodRecords
    from biometal_stream.sources.text.mispaired import Record


def named_reads(segments: Iterable[GoodRecords]) -> list[Read]:
    """The names and the marks of records."""
    reads: list[Read] = []
    for good in segments:
        names, marks = (good.batch.column(name).to_pylist() for name in ("name", MATE_MARK))
        reads += zip((name.encode() for name in names), marks, strict=True)
    return reads


def look_at_mates(files: Sequence[Sequence[GoodRecords]]) -> Separator:
    """The separator that marks mates, from the first good records of a lane.

    Args:
        files: The records of one file in which mates follow each other, or of each mate's file.

    Raises:
        PairError: The marks say that mates are swapped or the same, or both files hold the same
            reads. The records themselves are good, so skipping bad ones does not help.
    """
    reads = [named_reads(segments) for segments in files]
    records = [list(chain.from_iterable(map(_records, segments))) for segments in files]
    if len(files) == 1:
        place = contradicting_neighbours(reads[0])
        if place is not None:
            found = reads[0][place][1], reads[0][place + 1][1]
            first, second = records[0][place : place + 2]
            raise contradictory(first, second, found, adjacent=True)
        error = same_mates(records[0][0::2], records[0][1::2], adjacent=True)
        separator = shown_by_neighbours(name for name, _ in reads[0])
    else:
        _check_order(reads, records)
        error = same_mates(*records, adjacent=False)
        separator = shown_separator(*([name for name, _ in each] for each in reads))
    if error is not None:
        raise error
    return separator


def look_at_index(reads: Sequence[GoodRecords], files: Sequence[Sequence[GoodRecords]]) -> None:
    """Checks that files of index reads do not hold the reads themselves.

    Args:
        reads: The first good records of the reads, or of mates 1.
        files: Those of each file of index reads.

    Raises:
        PairError: One does.
    """
    for index in files:
        error = copied_index(*(chain.from_iterable(map(_records, each)) for each in (reads, index)))
        if error is not None:
            raise error


def _check_order(reads: list[list[Read]], records: list[list[Record]]) -> None:
    """Checks that the first file has mates 1 and the second one mates 2.

    Raises:
        PairError: Their marks contradict that.
    """
    names = [[name for name, _ in each] for each in reads]
    marks = [[mark for _, mark in each] for each in reads]
    found = contradiction(*marks)
    if found is not None:
        places = [of.index(mark) if mark else 0 for of, mark in zip(marks, found, strict=True)]
        first, second = (each[place] for each, place in zip(records, places, strict=True))
        raise contradictory(first, second, found, adjacent=False)
    if shown_separator(*names) == "/" and shown_separator(*reversed(names)) != "/":
        raise contradictory(records[0][0], records[1][0], (2, 1), adjacent=False)


def _records(good: GoodRecords) -> Iterable[Record]:
    return ((good.lines, index) for index in range(good.first, good.first + len(good)))
