"""Makes a key of each read or pair, from its bases, its name or other columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.columns import StringColumn, string_column
from biometal_stream.operators.kernels.keys import append_words, hash_keys, pack_texts
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

ALL = 2**60
"""More bases than a read has."""


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


def unpacked(words: NDArray[np.uint64]) -> bytes:
    """The text that `pack_texts` packed into some words."""
    length, raw = divmod(int(words[0]), 2)
    data = words[1:].astype("<u8").view(np.uint8)
    if not raw:
        codes = data[:, None] >> np.arange(0, 8, 2, dtype=np.uint8) & 3
        data = np.frombuffer(b"ACTG", np.uint8)[codes.ravel()]
    return data[:length].tobytes()


def keys_of_texts(texts: Sequence[StringColumn], limits: Sequence[int], seed: int) -> Keys:
    """Makes a key of each row.

    Args:
        texts: At least one, all with the same number of rows.
        limits: How many bytes of each count.
        seed: For the hashes.
    """
    packed = [_packed(text, limit) for text, limit in zip(texts, limits, strict=True)]
    words, ends = packed[0] if len(packed) == 1 else _joined(packed)
    return _hashed(words, ends, seed)


def keys_of(view: BatchView, columns: Sequence[str], bases: int | None, seed: int) -> Keys:
    """Makes a key of each read of a view, or of each pair if reads are paired.

    Args:
        view: The reads.
        columns: The columns whose values must be equal, at least one.
        bases: How many bases of the column ``sequence`` count; ``None`` for all.
        seed: For the hashes.

    Raises:
        DataError: A value is null.
    """
    texts = [_text(view, name) for name in columns]
    most = ALL if bases is None else min(bases, ALL)
    limits = [most if name == "sequence" else ALL for name in columns]
    keys = keys_of_texts(texts, limits, seed)
    return _hashed(keys.words, keys.ends[1::2].copy(), seed) if view.paired else keys


def _hashed(words: NDArray[np.uint64], ends: NDArray[np.int64], seed: int) -> Keys:
    words.flags.writeable = ends.flags.writeable = False
    hashes = np.empty(len(ends), np.uint64)
    hash_keys(words, ends, np.uint64(seed), hashes)
    hashes.flags.writeable = False
    return Keys(words, ends, hashes)


def _packed(text: StringColumn, limit: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    rows = text.num_rows
    room = rows + int(((np.minimum(text.lengths, limit) + 7) >> 3).sum())
    words, ends = np.empty(room, np.uint64), np.empty(rows, np.int64)
    pack_texts(text.starts, text.stops, text.data, np.uint64(limit), words, ends)
    return words[: ends[-1] if rows else 0], ends


def _joined(
    packed: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The texts of each row one after another."""
    ends = np.sum([each for _, each in packed], axis=0)
    at = np.append(0, ends)[:-1]
    words = np.empty(int(ends[-1]) if len(ends) else 0, np.uint64)
    for some, own in packed:
        some.flags.writeable = own.flags.writeable = False
        append_words(some, own, words, at)
    return words, ends


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
