"""Which reads are mates: the one rule that whole files, parts of them and bad files are held to.

Mates have the same name, or names that differ in a mark at their end alone:

* ``/1`` and ``/2`` are marks, always.
* ``.1`` and ``.2``, or ``_1`` and ``_2``, are marks only in files that show it, since SRA numbers
  its spots so: ``SRR1.1`` and ``SRR1.2`` are two reads. The first two names of mates 1 must end in
  ``.1`` and those of mates 2 in ``.2``, and what comes before must differ from the one to the
  other. That is found out once for the files of a lane and holds for all of their records, so a
  later name that ends in another number behind the dot has no mate.

A read that is marked as mate 2, by ``/2`` or by a description of Casava 1.8 such as
``2:N:0:ATCACG``, is no mate 1, and the other way round, whatever the names are. A mark in the name
goes before one in the description.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.simd.names import split_mark
from biometal_stream.sources.fastq.kernels import first_mispaired
from biometal_stream.sources.fastq.parse import MATE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Separator: TypeAlias = Literal["/", ".", "_"]
"""What marks mates beside the slash in the files of a lane; the slash where nothing else does."""

Read: TypeAlias = tuple[bytes, int]
"""A name, and the mate that `mark_of` takes its read for."""

SHOWING = 2
"""The names of each mate that show what their ends mean."""

_CASAVA = re.compile(rb"([12]):[YN]:[0-9]+:")
_BLANK = re.compile(rb"[ \t]")


def name_of(header: bytes) -> bytes:
    """The name in a header line, with or without its ``@``."""
    return _BLANK.split(header.removeprefix(b"@"), maxsplit=1)[0]


def mark_of(header: bytes) -> int:
    """The mate, 1 or 2, that a header line says its read is; 0 where it does not say.

    The plain twin of what `copy_records` finds.
    """
    name, *description = _BLANK.split(header.removeprefix(b"@"), maxsplit=1)
    mate = split_mark(name, b"/")[1]
    if mate or not description:
        return mate
    found = _CASAVA.match(description[0])
    return int(found[1]) if found else 0


def mate_name(one: bytes, separator: Separator) -> bytes | None:
    """The name that the mate 2 of a mate 1 must have; ``None`` where it can have none."""
    mate = split_mark(one, f"/{separator}".encode())[1]
    if mate == 1:
        return one[:-1] + b"2"
    if mate == 2 or (separator != "/" and number_of(one, separator) is not None):
        return None
    return one


def number_of(name: bytes, separator: str) -> bytes | None:
    """The digits behind the last separator of a name that ends so."""
    _, found, end = name.rpartition(separator.encode())
    return end if found and re.fullmatch(rb"[0-9]+", end) else None


def are_mates(one: bytes, two: bytes, separator: Separator) -> bool:
    """Tells of two names what `first_mispaired` tells of many, but for marks in descriptions."""
    return mate_name(one, separator) == two


def shown_separator(ones: Sequence[bytes], twos: Sequence[bytes]) -> Separator:
    """The separator that marks mates in two files, by their first names.

    Args:
        ones: Names of mates 1, `SHOWING` or more, in order.
        twos: Those of mates 2, likewise; a record may be missing in either.
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
        names: The first names, in order, of which some may lack their mate.
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
    """The marks of two files, where they say that these are not mates 1 and 2 in that order.

    Args:
        ones: The marks of the first reads of the file of mates 1, from `mark_of`.
        twos: Those of the file of mates 2.

    Returns:
        What all marks of each file say, 0 where they differ; ``None`` where that is in order.
    """
    marks = [set(each) - {0} for each in (ones, twos)]
    one, two = (each.pop() if len(each) == 1 else 0 for each in marks)
    return (one, two) if one == 2 or two == 1 else None


def contradicting_neighbours(reads: Sequence[Read]) -> int | None:
    """Finds the same in a file where mates follow each other, of which some may be missing.

    Args:
        reads: The first reads, in order.

    Returns:
        The first read of a pair whose marks are not in order, where there is no pair whose marks
        are; else ``None``.
    """
    first: int | None = None
    for place, ((name, mark), (other, other_mark)) in enumerate(pairwise(reads)):
        if split_mark(name, b"/")[0] != split_mark(other, b"/")[0]:
            continue
        if mark != 2 and other_mark != 1:
            return None
        first = place if first is None else first
    return first


def text_buffers(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The offsets and the bytes of a column of ``string``."""
    _, offsets, data = column.buffers()
    first = column.offset
    bounds = np.frombuffer(offsets, np.int32)[first : first + len(column) + 1]
    return bounds, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)


def match_names(ones: pa.RecordBatch, twos: pa.RecordBatch, separator: Separator) -> int:
    """Counts the rows before the first whose reads are not mates.

    Args:
        ones: Mates 1, with their names and marks.
        twos: Mates 2, as many.
        separator: From `shown_separator`.
    """
    rows = ones.num_rows
    order = pa.array(np.arange(2 * rows).reshape(2, rows).T.ravel())
    name, mark = (
        pa.concat_arrays([ones.column(column), twos.column(column)]).take(order)
        for column in ("name", MATE_MARK)
    )
    offsets, data = text_buffers(name)
    marks = mark.to_numpy()
    number = np.uint64(2 * rows)
    return int(first_mispaired(offsets, data, marks, np.uint8(ord(separator)), number)) // 2


def mate_codes(
    ones: pa.RecordBatch, twos: pa.RecordBatch, separator: Separator
) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Numbers names so that two reads are mates where their numbers are equal, and not negative.

    Args:
        ones: Reads in the place of mate 1, with their names and marks.
        twos: Reads in the place of mate 2.
        separator: From `shown_separator`.

    Returns:
        For each of ``ones`` the number of the name that its mate must have, for each of ``twos``
        that of its own name, both negative where it can have no mate; and how many numbers there
        are.
    """
    own = _without(twos.column("name"), twos.column(MATE_MARK).to_numpy() == 1)
    codes = pa.concat_arrays([_mate_names(ones, separator), own]).dictionary_encode()
    numbers = codes.indices.fill_null(-1).to_numpy()
    return numbers[: len(ones)], numbers[len(ones) :], len(codes.dictionary)


def _mate_names(ones: pa.RecordBatch, separator: Separator) -> pa.Array:
    """The name that the mate 2 of each mate 1 must have, as `mate_name` tells of one."""
    names = ones.column("name")
    offsets, data = text_buffers(names)
    last = offsets[1:] - 1
    long = np.flatnonzero(np.diff(offsets) > 1)
    separators = np.frombuffer(f"/{separator}".encode(), np.uint8)
    ends_in_1 = (data[last[long]] == ord("1")) & np.isin(data[last[long] - 1], separators)
    marked = long[ends_in_1]
    changed = data.copy()
    changed[last[marked]] = ord("2")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(changed)]
    mates = pa.Array.from_buffers(pa.string(), len(names), buffers)
    none = ones.column(MATE_MARK).to_numpy() == 2
    if separator != "/":
        numbered = pc.match_substring_regex(names, f"[{separator}][0-9]+$")
        numbered = numbered.to_numpy(zero_copy_only=False)
        numbered[marked] = False
        none |= numbered
    return _without(mates, none)


def _without(names: pa.Array, rows: NDArray[np.bool_]) -> pa.Array:
    """The names, with nulls in some rows."""
    return pc.if_else(pa.array(rows), pa.scalar(None, pa.string()), names)
