"""The words of an adapter, one of which is in each read with it.

These are the words that cutadapt looks for before it aligns. They follow from the number of errors:
of *k* + 1 words, *k* errors leave one intact. A base that is inserted between the end of a read and
a word can move it out of its stretch. Then cutadapt finds nothing, and so do we.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 64
"""With longer words, cutadapt aligns all reads."""
_SHORT = 5
"""Shorter starts of an adapter are looked for where they must stand."""


class Word(NamedTuple):
    """A part of an adapter.

    Attributes:
        first: Its first letter in the adapter.
        length: Its number of letters.
        from_start: The bases at the start of the read in which it must be; -1 for anywhere.
        from_end: The same at its end.
    """

    first: int
    length: int
    from_start: int = -1
    from_end: int = -1


def words_of(
    whole: int, overlap: int, rate: float, *, front: bool, back: bool, internal: bool
) -> list[Word]:
    """The words of an adapter; none if there are words that are too long to look for.

    Args:
        whole: The length of the adapter.
        overlap: The fewest bases that are aligned.
        rate: The most errors per aligned base.
        front: Whether the adapter's start may be before the read.
        back: Whether its end may be after the read.
        internal: Whether it may be inside the read.
    """
    found = []
    if back:
        found += [
            Word(first, length, from_end=reach)
            for first, length, reach in _end_words(whole, overlap, rate)
        ]
    if front:
        found += [
            Word(whole - first - length, length, from_start=reach)
            for first, length, reach in _end_words(whole, overlap, rate)
        ]
    if internal:
        found += [Word(*piece) for piece in _pieces(whole, int(whole * rate) + 1)]
    words = [word for word in dict.fromkeys(found) if word.length]
    return [] if any(word.length > _LONGEST for word in words) else words


def _pieces(length: int, count: int) -> Iterator[tuple[int, int]]:
    """Divides letters into pieces of almost equal length, the longer ones first."""
    size, longer = divmod(length, count)
    first = 0
    for piece in range(count):
        here = size + (piece < longer)
        yield first, here
        first += here


def _end_words(whole: int, overlap: int, rate: float) -> Iterator[tuple[int, int, int]]:
    """Words of the start of an adapter at the end of a read, and how far from it they may start."""
    limits: list[int] = []
    for length in range(whole + 1):
        if int(length * rate) > len(limits):
            limits.append(length - 1)
    shortest = overlap
    for errors, longest in enumerate((*limits, whole)):
        if shortest > longest:
            continue
        if errors == 0 and shortest < _SHORT:
            for length in range(shortest, _SHORT):
                yield 0, min(length, whole), length
            shortest = _SHORT
        for first, length in _pieces(min(shortest, whole), errors + 1):
            yield first, length, longest
        shortest = longest + 1
