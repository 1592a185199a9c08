"""Makes a key of each read or pair, from its bases, its name or other columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from biometal_stream.columns import StringColumn, string_column
from biometal_stream.errors import DataError, SchemaError
from biometal_stream.operators.kernels.keys import gather_words, hash_keys, pack_texts
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

ALL = 2**60
"""More bases than a read has."""


def check_strands(schema: pa.Schema, operator: str, bases: int | None) -> None:
    """Refuses to compare the first bases of single reads on either strand.

    Raises:
        SchemaError: Reads are single, and not all bases count: their other ends are not known.
    """
    if bases is not None and "mate" not in schema.names:
        raise SchemaError(
            f"{operator}: either-strand compares all bases of single reads, since the first bases"
            " of the other strand are those at the end; leave bases out"
        )


@dataclass(frozen=True, eq=False)
class Keys:
    """A key for each read, or pair. Its arrays are read-only.

    Attributes:
        words: ``uint64``, the words of all keys.
        ends: ``int64``, (units,): the word after the last of each key.
        hashes: ``uint64``, (units,): 64 bits made of each key.
    """

    words: NDArray[np.uint64]
    ends: NDArray[np.int64]
    hashes: NDArray[np.uint64]


class _Packed(NamedTuple):
    """Packed texts, which may be in any order and have others between them.

    Attributes:
        words: ``uint64``, the words of all texts.
        starts: ``int64``, (rows,): the first word of each text.
        stops: ``int64``, (rows,): the word after its last.
    """

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    @property
    def in_order(self) -> bool:
        """Whether the texts follow each other, and are all that there is."""
        whole = len(self.words) == (self.stops - self.starts).sum()
        return whole and bool((self.stops[:-1] == self.starts[1:]).all())


def keys_of(
    view: BatchView,
    columns: Sequence[str],
    bases: int | None = None,
    seed: int = 0,
    *,
    either_strand: bool = False,
) -> Keys:
    """Makes a key of each read of a view, or of each pair if reads are paired.

    A read that two mates were merged to has a key of its own, which no pair has.

    Args:
        view: The reads.
        columns: The columns whose values must be equal, at least one.
        bases: How many bases of the column ``sequence`` count; ``None`` for all.
        seed: For the hashes.
        either_strand: Whether a read has the key of its reverse complement, and a pair that of the
            pair with its mates swapped. Of single reads all bases must then count.

    Raises:
        DataError: A name or sequence is null, or there are merged reads, and not all bases count,
            or both strands do.
    """
    if view.merged is not None and (either_strand or (bases is not None and "sequence" in columns)):
        raise DataError(
            "some reads are merged from two mates, so their first bases and their strand cannot be"
            " compared with those of pairs; compare all bases, on one strand"
        )
    most = ALL if bases is None else min(bases, ALL)
    packed = []
    for name in columns:
        text = _text(view, name)
        packed.append(_packed(text, most if name == "sequence" else ALL))
        if name == "sequence" and either_strand:
            packed[-1] = _swapped(packed[-1]) if view.paired else _turned(view, packed[-1])
    return _keys(_joined(packed), seed, unit_lasts(view))


def keys_of_texts(text: StringColumn) -> Keys:
    """Makes a key of each text."""
    return _keys(_joined([_packed(text, ALL)]), 0, slice(None))


def unpacked(words: NDArray[np.uint64]) -> bytes:
    """The text that `pack_texts` packed into some words."""
    length, raw = divmod(int(words[0]), 2)
    data = words[1:].astype("<u8").view(np.uint8)
    if not raw:
        codes = data[:, None] >> np.arange(0, 8, 2, dtype=np.uint8) & 3
        data = np.frombuffer(b"ACTG", np.uint8)[codes.ravel()]
    return data[:length].tobytes()


def _packed(text: StringColumn, most: int) -> _Packed:
    rows = text.num_rows
    room = rows + int(((np.minimum(text.lengths, most) + 7) >> 3).sum())
    words, stops = np.empty(room, np.uint64), np.empty(rows, np.int64)
    pack_texts(text.starts, text.stops, text.data, np.uint64(most), words, stops)
    return _Packed(words[: stops[-1] if rows else 0], np.append(0, stops)[:-1], stops)


def _joined(packed: Sequence[_Packed]) -> _Packed:
    """The texts of each row one after another, and the rows likewise."""
    if len(packed) == 1 and packed[0].in_order:
        return packed[0]
    firsts = np.cumsum([0, *(len(each.words) for each in packed)])[:-1]
    starts = np.stack([each.starts + first for each, first in zip(packed, firsts, strict=True)], 1)
    stops = np.stack([each.stops + first for each, first in zip(packed, firsts, strict=True)], 1)
    words = np.concatenate([each.words for each in packed])
    ends = np.cumsum((stops - starts).sum(1))
    made = np.empty(int(ends[-1]) if len(ends) else 0, np.uint64)
    gather_words(_fixed(words), _fixed(starts.ravel()), _fixed(stops.ravel()), made)
    return _Packed(made, np.append(0, ends)[:-1], ends)


def _hashes(packed: _Packed, seed: int) -> NDArray[np.uint64]:
    hashes = np.empty(len(packed.stops), np.uint64)
    hash_keys(_fixed(packed.words), _fixed(packed.stops), np.uint64(seed), hashes)
    return hashes


def unit_lasts(view: BatchView) -> slice | NDArray[np.int64]:
    """The rows that end a read or a pair, as an index."""
    if view.merged is None:
        return slice(1, None, 2) if view.paired else slice(None)
    return np.append(view.unit_starts[1:], view.num_rows) - 1


def _keys(packed: _Packed, seed: int, lasts: slice | NDArray[np.int64]) -> Keys:
    packed = packed._replace(stops=np.ascontiguousarray(packed.stops[lasts]))
    hashes = _hashes(packed, seed)
    return Keys(_fixed(packed.words), _fixed(packed.stops), _fixed(hashes))


def _swapped(packed: _Packed) -> _Packed:
    """Swaps mates where the second has the smaller hash."""
    hashes = _hashes(packed, 0)
    swap = np.repeat(hashes[1::2] < hashes[0::2], 2)
    rows = np.arange(len(hashes)) ^ swap
    return packed._replace(starts=packed.starts[rows], stops=packed.stops[rows])


def _turned(view: BatchView, packed: _Packed) -> _Packed:
    """Replaces reads by their reverse complements where these have the smaller hash."""
    from biometal_stream.operators.reverse_complement import reversed_complement

    other = _packed(string_column(reversed_complement(view), "sequence"), ALL)
    turn = _hashes(other, 0) < _hashes(packed, 0)
    after = len(packed.words)
    return _Packed(
        np.concatenate([packed.words, other.words]),
        np.where(turn, other.starts + after, packed.starts),
        np.where(turn, other.stops + after, packed.stops),
    )


def _text(view: BatchView, name: str) -> StringColumn:
    """A column as text; numbers and labels as they are written.

    Only the columns of reads may not be null. In others nulls are equal to each other.
    """
    column = view.batch.column(name)
    if name in {"name", "sequence"} or (is_text(column.type) and not column.null_count):
        return view.text(name)
    return view.once(("as text", name), lambda each: string_column(_written(each, name), name))


def _written(view: BatchView, name: str) -> Any:
    import pyarrow as pa

    column = view.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    # No text has this byte, since it is not UTF-8.
    return column.cast(pa.large_string()).cast(pa.large_binary()).fill_null(b"\xff")


def _fixed(array: Any) -> Any:
    array.flags.writeable = False
    return array
