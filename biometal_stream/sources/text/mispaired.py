"""Explains why two reads are not mates, and detects files that hold the same mate twice."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from biometal_stream.errors import PairError
from biometal_stream.mates.names import (
    SHOWING,
    contradiction,
    mark_of,
    name_of,
    number_of,
    shown_by_neighbours,
    shown_separator,
    split_mark,
)
from biometal_stream.sources.text.shown import header_at, show_both, show_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.text.whole import RecordLines, WholeRecords

Record: TypeAlias = "tuple[RecordLines, int]"
"""A record: a text and its index there."""

_ENOUGH = 3
"""The number of equal pairs that show that a file is given twice, if they are not all alike."""
_MOST = 1000


def first_names(text: WholeRecords, number: int) -> list[bytes]:
    """The names of the first records of a text; fewer if it has no more."""
    return [name_of(header) for header in text.headers(number)]


def seen_separator(texts: tuple[WholeRecords, ...]) -> Separator:
    """The separator that marks mates, from the texts at the start of a lane with mates.

    Args:
        texts: One text if mates follow each other, or one of each mate.
    """
    if len(texts) == 1:
        return shown_by_neighbours(first_names(texts[0], 2 * SHOWING))
    ones, twos = (first_names(text, SHOWING) for text in texts)
    return shown_separator(ones, twos)


def mispaired(first: Record, second: Record, separator: Separator) -> PairError:
    """The error for two records that should be mates.

    Args:
        first: The record in the place of mate 1.
        second: The record in the place of mate 2.
        separator: What marks mates, besides the slash.
    """
    (lines, record), (other, other_record) = first, second
    start, other_start = lines.record_start(record), other.record_start(other_record)
    headers = header_at(lines.text, start), header_at(other.text, other_start)
    one, two = (name_of(header) for header in headers)
    marks = mark_of(headers[0]), mark_of(headers[1])
    misplaced = marks[0] == 2 or marks[1] == 1
    if misplaced and split_mark(one, b"/")[0] == split_mark(two, b"/")[0]:
        return contradictory(first, second, marks, adjacent=lines is other)
    reason = _why_not(one, two, separator, lines is other)
    if one != two and separator == "/" and split_mark(one)[0] == split_mark(two)[0]:
        reason = _numbered(first, second, (one, two)) or reason
    shown, other_shown = show_both(*headers)
    place = other.text.location(other_record, other_start)
    return PairError(
        lines.text.location(record, start),
        f"{shown} and {other_shown} of {place} are not mates: {reason}",
    )


def _why_not(one: bytes, two: bytes, separator: Separator, adjacent: bool) -> str:
    if one == two:
        number = f"{separator}{(number_of(one, separator) or b'').decode()}"
        return (
            f"both names end in '{number}', but '{separator}1' and '{separator}2' mark the mates"
            " in the first names"
        )
    if adjacent:
        return "their names differ; mates must follow each other"
    return "their names differ; reads must be in the same order in both inputs"


def _numbered(first: Record, second: Record, names: tuple[bytes, bytes]) -> str | None:
    """Why two names that differ only in a number after a dot are not mates."""
    ends = [name[-2:].decode() for name in names]
    if ends[0][0] != ends[1][0]:
        return None
    texts = (first[0].text,) if first[0] is second[0] else (first[0].text, second[0].text)
    text = texts[0]
    if len(texts) == 2 and text.first and seen_separator((texts[1], text)) == ends[1][0]:
        return "the mates are swapped; exchange the two files"
    if text.first and text.at_end and text.records == 2 // len(texts):
        return (
            f"one pair alone does not show whether '{ends[0]}' and '{ends[1]}' mark mates or number"
            " reads; if they are mates, end their names in '/1' and '/2'"
        )
    return (
        f"'{ends[0]}' and '{ends[1]}' number reads here, since not all names end like this; if they"
        " are mates, end their names in '/1' and '/2'"
    )


def contradictory(
    first: Record, second: Record, marks: tuple[int, int], *, adjacent: bool
) -> PairError:
    """The error for marks that show that two records, or all records of two files, are misplaced.

    Args:
        first: A record in the place of mate 1.
        second: A record in the place of mate 2.
        marks: What they are marked as.
        adjacent: Whether mates follow each other in one file.
    """
    (lines, record), (other, other_record) = first, second
    place = lines.text.location(record, lines.record_start(record))
    other_start = other.record_start(other_record)
    there = other.text.location(other_record, other_start)
    shown = show_mark(header_at(lines.text, lines.record_start(record)))
    other_shown = show_mark(header_at(other.text, other_start))
    if marks == (2, 1):
        advice = "mate 1 must come first" if adjacent else "exchange the two files"
        reason = (
            f"the mates are swapped: {shown} is marked as mate 2, and {other_shown} of {there} as"
            f" mate 1; {advice}"
        )
    elif marks[0] == marks[1]:
        lacking = 3 - marks[0]
        advice = (
            f"mate {lacking} must be one of them"
            if adjacent
            else f"name the file with mates {lacking} instead of one of the two"
        )
        reason = (
            f"both reads are mate {marks[0]}, by the marks of {shown} and {other_shown} of {there};"
            f" {advice}"
        )
    elif marks[0] == 2:
        reason = f"{shown} is marked as mate 2 but is in the place of mate 1"
    else:
        reason = f"{other_shown} of {there} is marked as mate 1 but is in the place of mate 2"
    return PairError(place, reason)


def same_mates(
    ones: Iterable[Record], twos: Iterable[Record], *, adjacent: bool
) -> PairError | None:
    """The error for files whose first reads are the same mate, as in a copy.

    A copy is detected if there are at least three pairs at the start that are all equal, in name,
    sequence and quality, and are not all one read, or of one base each. Headers that are marked as
    mates 1 and 2 are trusted. ENA and SRA write the machine's header as the description; if that
    differs from read to read, its mark counts too.

    Args:
        ones: The records of mates 1, from the first on.
        twos: The records of mates 2.
        adjacent: Whether mates follow each other in one file.

    Returns:
        ``None`` if the reads differ.
    """
    pairs = list(islice(zip(ones, twos, strict=False), _MOST))
    begin = pairs[:_ENOUGH]
    if len(begin) >= SHOWING:
        marks = [_repeated_mark([pair[mate] for pair in begin]) for mate in (0, 1)]
        found = contradiction([marks[0]], [marks[1]])
        if found is not None:
            return contradictory(*begin[0], found, adjacent=adjacent)
    if not _are_copies(pairs):
        return None
    (lines, record), (other, _) = begin[0]
    reason = (
        "each read is repeated; mates 1 and 2 must alternate"
        if adjacent
        else f"{other.text.file} holds the same reads; name the file with their mates"
    )
    return PairError(lines.text.location(record, lines.record_start(record)), reason)


def unlike_index(read: Record, index: Record) -> PairError:
    """The error for an index read with another name than its read."""
    (lines, record), (other, other_record) = read, index
    start, other_start = lines.record_start(record), other.record_start(other_record)
    headers = header_at(lines.text, start), header_at(other.text, other_start)
    shown, other_shown = show_both(*headers)
    place = other.text.location(other_record, other_start)
    return PairError(
        lines.text.location(record, start),
        f"{shown} and the index read {other_shown} of {place} have different names; reads must be"
        " in the same order in all inputs",
    )


def copied_index(reads: Iterable[Record], index: Iterable[Record]) -> PairError | None:
    """The error for a file of index reads that holds the reads themselves, as in a copy.

    Args:
        reads: The records of the reads, from the first on.
        index: Those of the index reads.

    Returns:
        ``None`` if they differ.
    """
    pairs = list(islice(zip(reads, index, strict=False), _MOST))
    if not _are_copies(pairs):
        return None
    (lines, record), (other, _) = pairs[0]
    return PairError(
        lines.text.location(record, lines.record_start(record)),
        f"{other.text.file} holds the same reads; name the file with their index reads",
    )


def _are_copies(pairs: list[tuple[Record, Record]]) -> bool:
    """Whether the first records of two files are equal, and neither all alike nor of one base."""
    if len(pairs) < _ENOUGH or not all(_equal(*pair) for pair in pairs[:_ENOUGH]):
        return False
    seen = set()
    for first, second in pairs:
        if not _equal(first, second):
            return False
        sequence = _lines(first)[1]
        if len(set(sequence)) > 1:
            seen.add(sequence)
    return len(seen) > 1


def _lines(record: Record) -> list[bytes]:
    lines, index = record
    return lines.raw(index, index + 1).replace(b"\r\n", b"\n").split(b"\n")


def _equal(first: Record, second: Record) -> bool:
    """Whether two records are the same read, not marked as two mates."""
    one, two = _lines(first), _lines(second)
    same = name_of(one[0]) == name_of(two[0]) and one[1::2] == two[1::2]
    marks = [mark_of(header) or split_mark(header, b"/")[1] for header in (one[0], two[0])]
    return same and marks != [1, 2]


def _repeated_mark(records: list[Record]) -> int:
    """The mate that the descriptions of some records all give; 0 if they do not.

    ENA repeats the name with its ``/1``, and SRA the header that the machine wrote, which may end
    in Casava's ``1:N:0:ATCACG``.
    """
    descriptions = [_lines(record)[0].split(b" ")[1:] for record in records]
    marks = {_word_mark(words) for words in descriptions}
    alone = len({tuple(words) for words in descriptions}) == len(descriptions)
    return marks.pop() if len(marks) == 1 and alone else 0


def _word_mark(words: list[bytes]) -> int:
    if len(words) == 1:
        return split_mark(words[0], b"/")[1]
    return next(filter(None, (mark_of(b"x " + word) for word in words)), 0)
