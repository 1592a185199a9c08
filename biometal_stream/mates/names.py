"""Which reads are mates: the one rule for whole files, partitions, damaged files and samples.

Mates have the same name, or names that differ only in a mark at their end:

* ``/1`` and ``/2`` are always marks.
* ``.1`` and ``.2``, or ``_1`` and ``_2``, are marks only in files that show it, since SRA numbers
  its spots like this: ``SRR1.1`` and ``SRR1.2`` are two reads. The first two names of mates 1 must
  end in ``.1`` and those of mates 2 in ``.2``, and the stems before must differ. This is decided
  once for the files of a lane and applies to all of their records. So a later name that ends in
  another number after the dot has no mate.
* A sample of reads ignores every mark, ``.1`` and ``_1`` too: it sees only one file at a time,
  which cannot show what such an end means, and both mates must be drawn or neither.

Index reads have the name of their read. Files in step may number it: ``/1`` to ``/4``, or ``.1`` to
``.4`` if ``.1`` and ``.2`` mark the mates.

A read that is marked as mate 2, by ``/2`` or by a Casava 1.8 description such as
``2:N:0:ATCACG``, is never mate 1, and vice versa, whatever the names. A mark in the name takes
precedence over one in the description.

`biometal_stream.mates.kernels` implements the same rule, compiled.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Separator: TypeAlias = Literal["/", ".", "_"]
"""What marks mates in the files of a lane, besides the slash; the slash if nothing else does."""

Read: TypeAlias = tuple[bytes, int]
"""A name, and the mate number that `mark_of` returns for its read."""

SEPARATORS = b"/._"
"""The bytes that can stand before the digit of a mark."""

SHOWING = 2
"""The number of names of each mate that show what their ends mean."""

_CASAVA = re.compile(rb"([12]):[YN]:[0-9]+:")
_BLANK = re.compile(rb"[ \t]")


def split_mark(name: bytes, separators: bytes = SEPARATORS) -> tuple[bytes, int]:
    """Splits a name into its stem and the mate it is marked as, 0 without a mark.

    The plain twin of `marked_mate`.

    Args:
        name: The name.
        separators: The bytes that count as separators.
    """
    if len(name) > 1 and name[-2] in separators and name[-1] in b"12":
        return name[:-2], int(name[-1:])
    return name, 0


def name_of(header: bytes) -> bytes:
    """The name in a header line, with or without its ``@``."""
    return _BLANK.split(header.removeprefix(b"@"), maxsplit=1)[0]


def mark_of(header: bytes) -> int:
    """The mate, 1 or 2, that a header line marks its read as; 0 without a mark.

    The plain twin of `marked_mate` and `described_mate`.
    """
    name, *description = _BLANK.split(header.removeprefix(b"@"), maxsplit=1)
    mate = split_mark(name, b"/")[1]
    if mate or not description:
        return mate
    found = _CASAVA.match(description[0])
    return int(found[1]) if found else 0


def mate_name(one: bytes, separator: Separator) -> bytes | None:
    """The name that mate 2 must have for a mate 1; ``None`` if no name fits."""
    mate = split_mark(one, f"/{separator}".encode())[1]
    if mate == 1:
        return one[:-1] + b"2"
    if mate == 2 or (separator != "/" and number_of(one, separator) is not None):
        return None
    return one


def number_of(name: bytes, separator: str) -> bytes | None:
    """The digits after the last separator of a name, if it ends in digits."""
    _, found, end = name.rpartition(separator.encode())
    return end if found and re.fullmatch(rb"[0-9]+", end) else None


def stem_of(name: bytes, separator: Separator) -> bytes:
    """A name without the number of its file, 1 to 4, by which index reads are compared.

    The plain twin of `first_unlike`.
    """
    numbered = len(name) > 1 and chr(name[-2]) in {"/", separator} and name[-1] in b"1234"
    return name[:-2] if numbered else name


def are_mates(one: bytes, two: bytes, separator: Separator) -> bool:
    """Whether two names are mates' names; the plain twin of `first_mispaired`, without marks."""
    return mate_name(one, separator) == two


def shown_separator(ones: Sequence[bytes], twos: Sequence[bytes]) -> Separator:
    """The separator that marks mates in two files, by their first names.

    Args:
        ones: Names of mates 1, `SHOWING` or more, in order.
        twos: Names of mates 2, likewise; a record may be missing in either.
    """
    others: tuple[Separator, ...] = (".", "_")
    for separator in others:
        if _all_end_in(ones, separator, 1) and _all_end_in(twos, separator, 2):
            return separator
    return "/"


def _all_end_in(names: Sequence[bytes], separator: str, mate: int) -> bool:
    parts = [split_mark(name, separator.encode()) for name in names[:SHOWING]]
    stems = {stem for stem, of in parts if of == mate}
    return len(stems) == SHOWING and all(
        number_of(name, separator) in (None, str(mate).encode()) for name in names[SHOWING:]
    )


def shown_by_neighbours(names: Iterable[bytes]) -> Separator:
    """The separator that marks mates in a file where they follow each other.

    Args:
        names: The first names, in order; some may lack their mate.
    """
    ones: list[bytes] = []
    twos: list[bytes] = []
    for name in names:
        mate = split_mark(name)[1]
        if not mate or min(len(ones), len(twos)) == SHOWING:
            break
        (ones if mate == 1 else twos).append(name)
    return shown_separator(ones, twos)


def contradiction(ones: Iterable[int], twos: Iterable[int]) -> tuple[int, int] | None:
    """The marks of two files, if they show that these are not mates 1 and 2 in that order.

    Args:
        ones: The marks of the first reads of the file of mates 1, from `mark_of`.
        twos: The marks of the file of mates 2.

    Returns:
        The mark that all reads of each file share, 0 if they differ; ``None`` if the order is
        right.
    """
    marks = [set(each) - {0} for each in (ones, twos)]
    one, two = (each.pop() if len(each) == 1 else 0 for each in marks)
    return (one, two) if one == 2 or two == 1 else None


def contradicting_neighbours(reads: Sequence[Read]) -> int | None:
    """Does the same for a file where mates follow each other; some may be missing.

    Args:
        reads: The first reads, in order.

    Returns:
        The first read of a pair whose marks are in the wrong order, if no pair has the right
        order; otherwise ``None``.
    """
    first: int | None = None
    for place, ((name, mark), (other, other_mark)) in enumerate(pairwise(reads)):
        if split_mark(name, b"/")[0] != split_mark(other, b"/")[0]:
            continue
        if mark != 2 and other_mark != 1:
            return None
        first = place if first is None else first
    return first
