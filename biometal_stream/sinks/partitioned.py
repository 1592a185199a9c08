"""Distributes rows to partitions by the values of columns, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import without_views
from biometal_stream.errors import DataError, SchemaError, SinkError
from biometal_stream.schemas import require_columns
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.dictionaries import require_recodable
from biometal_stream.sinks.rebatch import RowEnds, RowRebatcher
from biometal_stream.view import BatchView, take_rows

Key: TypeAlias = "tuple[object, ...]"
"""The value of each column that defines a partition."""

DEFAULT_PARTITIONS = 2048
"""The default limit on the number of partitions."""

_DEALT_ROWS = 16_384
_DEALT_BYTES = 64 * 2**20
_SHARED_BYTES = 32 * 2**20
_PLAIN_BYTES = 8


class Naming(Protocol):
    """How the values of columns name the files of a partition."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values name the files."""

    @property
    def paired(self) -> bool:
        """Whether both mates of a pair go to one partition."""

    @property
    def what(self) -> str:
        """What has too many different values, for messages."""

    def names(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """Names the files of a partition: one, or one per mate if mates are separate.

        Raises:
            DataError: The values cannot name files.
        """


class Morsels(NamedTuple):
    """The limits of morsels and partitions.

    Attributes:
        rows: The most rows of a morsel.
        nbytes: The most bytes of a morsel.
        memory: The most bytes that wait, over all partitions.
        most: The most partitions.
        columns: The columns that files need; all if ``None``.
    """

    rows: int
    nbytes: int
    memory: int
    most: int
    columns: tuple[str, ...] | None = None


def require_key_column(schema: pa.Schema, column: str, reader: str) -> None:
    """Checks that the values of a column can name files.

    Raises:
        SchemaError: The column is missing, or is not an integer, bool, text, or a dictionary of
            one of these.
    """
    require_columns(schema, (column,), reader)
    kind = schema.field(column).type
    if pa.types.is_dictionary(kind):
        require_recodable(schema.field(column))
        kind = kind.value_type
    if not (pa.types.is_integer(kind) or pa.types.is_boolean(kind) or is_text(kind)):
        raise SchemaError(
            f"{reader} needs integers, bools or text in column '{column}', which is {kind}"
        )


def values_of(batch: pa.RecordBatch, columns: tuple[str, ...]) -> dict[str, object]:
    """The values that name the partition of a batch; they are the same in all its rows."""
    return {name: _python(name, batch.column(name)[0]) for name in columns}


class PartitionRebatcher:
    """Rebatches the rows of each partition in order.

    A morsel belongs to one partition. It ends like that of a `RowRebatcher`, or earlier: if all
    partitions together hold more bytes than may wait, the largest one is taken as it is. So at
    most these, one batch (16,384 rows or 64 MiB) and 32 MiB that are about to be released are
    held, whatever the number of rows and partitions. For use by one thread.

    Args:
        naming: The columns whose values define a partition.
        limits: The limits of morsels and partitions.
    """

    def __init__(self, naming: Naming, limits: Morsels) -> None:
        self._naming = naming
        self._columns = naming.columns
        self._limits = limits
        self._kept: list[str] | None = None
        if limits.columns is not None:
            own = ("mate",) if naming.paired else ()
            self._kept = list(dict.fromkeys((*limits.columns, *naming.columns, *own)))
        # Batches of a fixed number of rows make the morsels depend on the rows alone.
        self._dealt = RowRebatcher(_DEALT_ROWS, _DEALT_BYTES, paired=naming.paired)
        self._partitions: dict[Key, RowRebatcher] = {}
        self._named: dict[str, tuple[Key, int]] = {}
        self._shared = 0  # bytes of batches that partitions hold slices of

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch; yields the morsels that are complete."""
        if self._kept is not None:
            batch = batch.select(self._kept)
        for morsel in self._dealt.add(batch):
            yield from self._deal(pa.concat_batches(morsel))

    def finish(self) -> Iterator[list[pa.RecordBatch]]:
        """Yields the rest, partition by partition in the order of their first rows."""
        for morsel in self._dealt.finish():
            yield from self._deal(pa.concat_batches(morsel))
        for rebatcher in self._partitions.values():
            yield from rebatcher.finish()

    def _deal(self, batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
        codes, keys = self._keys(batch)
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(keys)))
        ordered = batch if len(keys) == 1 else take_rows(batch, order)
        nbytes = RowEnds(ordered)
        start = 0
        for key, end in zip(keys, ends.tolist(), strict=True):
            rows = ordered.slice(start, end - start)
            yield from self._rebatcher(key).add_counted(rows, nbytes.part(start, end))
            start = end
        # A slice of few rows keeps the whole batch alive.
        self._shared += ordered.nbytes
        if self._shared > _SHARED_BYTES:
            for _, rebatcher in self._waiting():
                rebatcher.compact()
            self._shared = 0
        width = _PLAIN_BYTES * batch.num_columns
        held = {key: each.held_bytes + each.held_rows * width for key, each in self._waiting()}
        while sum(held.values()) > self._limits.memory:
            largest = max(held, key=lambda key: held[key])
            del held[largest]
            yield self._partitions[largest].take()

    def _keys(self, batch: pa.RecordBatch) -> tuple[NDArray[np.int64], list[Key]]:
        """Numbers the partitions of a batch.

        Returns:
            The partition number of each row, ``int64``, (num_rows,), and the values of each
            partition.
        """
        if self._naming.paired:
            BatchView(batch.select(["mate"])).require_pairs()
        codes: NDArray[np.int64] = np.zeros(batch.num_rows, np.int64)
        keys: list[Key] = [()]
        for name in self._columns:
            own, values = _encoded(name, batch.column(name))
            if self._naming.paired:
                _check_mates(batch, name, own)
            found, codes = np.unique(codes * len(values) + own, return_inverse=True)
            keys = [
                (*keys[code // len(values)], values[code % len(values)]) for code in found.tolist()
            ]
        # In the order of first rows, which may differ from the order in an Arrow dictionary.
        _, first = np.unique(codes, return_index=True)
        order = np.argsort(first, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        return place[codes], [keys[index] for index in order.tolist()]

    def _waiting(self) -> Iterator[tuple[Key, RowRebatcher]]:
        return ((key, each) for key, each in self._partitions.items() if each.held_rows)

    def _rebatcher(self, key: Key) -> RowRebatcher:
        if key not in self._partitions:
            self._name(key)
            if len(self._partitions) == self._limits.most:
                raise SinkError(
                    f"{self._naming.what} more than {self._limits.most} different values; choose"
                    " another column, or raise the limit (--max-partitions)"
                )
            self._partitions[key] = RowRebatcher(
                self._limits.rows, self._limits.nbytes, paired=self._naming.paired
            )
        return self._partitions[key]

    def _name(self, key: Key) -> None:
        """Checks that the values of a partition name files that no other partition has."""
        for place, name in enumerate(self._naming.names(self._values(key))):
            other, there = self._named.setdefault(name, (key, place))
            if (other, there) != (key, place):
                raise DataError(
                    f"{_described(self._values(other))} and {_described(self._values(key))} would"
                    f" share the file {name}; rename one of the values"
                )

    def _values(self, key: Key) -> dict[str, object]:
        return dict(zip(self._columns, key, strict=True))


def _described(values: dict[str, object]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in values.items())


def _encoded(name: str, column: pa.Array) -> tuple[NDArray[np.int64], list[object]]:
    """The values of a column, in the order of their first rows, and the index of each row's."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = without_views(column).dictionary_encode(null_encoding="encode")
    values = [_python(name, value) for value in encoded.dictionary]
    return encoded.indices.to_numpy().astype(np.int64), values


def _python(name: str, value: pa.Scalar) -> object:
    try:
        found: object = value.as_py()
    except UnicodeDecodeError as error:
        raise DataError(f"a {name} of the batch is not UTF-8 text: {error}") from error
    return found


def _check_mates(batch: pa.RecordBatch, column: str, codes: NDArray[np.int64]) -> None:
    differ = np.flatnonzero(codes[0::2] != codes[1::2])
    if len(differ):
        row = 2 * int(differ[0])
        one, other = (_python(column, batch.column(column)[row + mate]) for mate in (0, 1))
        name = batch.column("name")[row].as_py()
        raise DataError(
            f"the mates of {name!r} differ in column '{column}': {one!r} and {other!r}, so they"
            " belong to two files; choose a column that mates share, or drop the mate column"
            " to write the reads as single ones"
        )
