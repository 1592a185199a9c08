"""The size of the row groups of a Parquet file, as stored and decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from biometal_stream.sinks.rebatch import row_ends
from biometal_stream.sources.tables.seekable import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometal_stream.sources.tables.seekable import Seekable

_MOST_ROWS = 65_536
_FEW_BYTES = 16
"""Stored bytes per value below which most values are in a dictionary, and longer than that."""
_GUESSED = {"BYTE_ARRAY": 256, "FIXED_LEN_BYTE_ARRAY": 256}  # bytes of such a value; otherwise 8
_MOST_TIMES = 8
"""How many times larger than intended a batch may be."""


def _columns(
    metadata: pq.FileMetaData, index: int, names: Sequence[str]
) -> Iterator[pq.ColumnChunkMetaData]:
    """The stored columns of a row group that make up some columns; a nested one has several."""
    group = metadata.row_group(index)
    wanted = frozenset(names)
    for place in range(group.num_columns):
        column = group.column(place)
        if column.path_in_schema in wanted or column.path_in_schema.partition(".")[0] in wanted:
            yield column


def stored_bytes(metadata: pq.FileMetaData, index: int, names: Sequence[str]) -> int:
    """The size of some columns of a row group in the file, in bytes."""
    return sum(int(each.total_compressed_size) for each in _columns(metadata, index, names))


def group_bytes(metadata: pq.FileMetaData, index: int, names: Sequence[str]) -> int:
    """The approximate size of some columns of a row group when decoded, in bytes."""
    nbytes = 0
    for column in _columns(metadata, index, names):
        size, values = int(column.total_uncompressed_size), int(column.num_values)
        nbytes += size
        if column.has_dictionary_page and size < _FEW_BYTES * values:
            nbytes += values * min(_GUESSED.get(column.physical_type, 8), size)
    return nbytes


def batch_rows(
    source: Seekable, metadata: pq.FileMetaData, index: int, names: Sequence[str], nbytes: int
) -> int:
    """The rows of a row group to decode at a time, an even number.

    Dictionary-encoded text can be any number of times larger than its stored form. If that would
    matter, the dictionary is read.

    Args:
        source: The file.
        metadata: Its table of contents.
        index: The row group.
        names: The columns to decode.
        nbytes: The approximate size of a batch in bytes.
    """
    group = metadata.row_group(index)
    rows = nbytes * int(group.num_rows) // max(1, group_bytes(metadata, index, names))
    rows = min(_MOST_ROWS, rows)
    most = _MOST_TIMES * nbytes
    for column in _columns(metadata, index, names):
        text = column.has_dictionary_page and column.physical_type == "BYTE_ARRAY"
        # A value cannot be longer than everything that is stored.
        if text and rows * int(column.total_uncompressed_size) > most:
            rows = min(rows, most // max(1, _longest(source, metadata, index, column)))
    return max(2, rows // 2 * 2)


def _longest(
    source: Seekable, metadata: pq.FileMetaData, index: int, column: pq.ColumnChunkMetaData
) -> int:
    """The size of the longest value in a column's dictionary, in bytes."""
    path = column.path_in_schema
    file = pq.ParquetFile(
        View(source, counted=False),
        metadata=metadata,
        read_dictionary=[path],
        buffer_size=1 << 16,
        pre_buffer=False,
        page_checksum_verification=True,
    )
    name = path.partition(".")[0]
    top = path if path in metadata.schema.to_arrow_schema().names else name
    for batch in file.iter_batches(1, [index], [top], use_threads=False):
        return max((_longest_in(each) for each in batch.columns), default=0)
    return 0


def _longest_in(column: pa.Array) -> int:
    """The size of the longest value in a column's dictionaries, at any depth, in bytes."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        values = pa.RecordBatch.from_arrays([column.dictionary], ["values"])
        return int(np.diff(row_ends(values)).max(initial=0))
    if pa.types.is_struct(kind):
        return max((_longest_in(each) for each in column.flatten()), default=0)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _longest_in(column.values)
    return 0
