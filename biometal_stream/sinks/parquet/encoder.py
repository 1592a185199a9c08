"""Encodes rows for a Parquet file: pages of our own, and the rest by pyarrow."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa

from biometal_stream.columns import empty_batch
from biometal_stream.errors import SchemaError
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.dictionaries import renumber
from biometal_stream.sinks.parquet.morsels import MorselPages, PageMorsel
from biometal_stream.sinks.parquet.pages import Page
from biometal_stream.sinks.parquet.splice import Chunk, chunk_of, merged, read_chunks, read_footer
from biometal_stream.sinks.parquet.stored import pages_of
from biometal_stream.sinks.rebatch import RowRebatcher, rebatch
from biometal_stream.version import __version__

PAGE_ROWS = 20_480
"""Rows per page; row groups of the usual size hold six pages."""
PAGE_BYTES = 8 * 2**20
"""Bytes of text of the pages of all columns together: the limit for long reads."""

_DEFAULT_LEVELS = {"zstd": 1}
_PAIR = 2


class Encoded(NamedTuple):
    """Rows that were encoded together.

    Attributes:
        rows: The number of rows.
        text: Bytes of text in the columns that are stored as pages.
        pages: The pages of these columns, by column index.
        others: The chunks of the other columns, which form a whole row group.
    """

    rows: int
    text: int
    pages: dict[int, list[Page]]
    others: list[Chunk]


class Encoder:
    """Encodes rows with the settings of one sink. Thread-safe.

    Args:
        schema: The columns.
        compression: The compression of the pages, as Parquet names it.
        level: The compression level; by default what suits each column.
        plain: Whether to use only the encodings that every reader knows.
        metadata: Added to the file's metadata.

    Attributes:
        schema: The columns, with the metadata of the file.
        footer: The footer of a file without rows.
        by_page: Whether every column is stored as pages, several of which make a row group;
            otherwise all rows of a row group must be encoded together.
    """

    def __init__(
        self,
        schema: pa.Schema,
        *,
        compression: str,
        level: int | None,
        plain: bool,
        metadata: Mapping[str, str],
    ) -> None:
        self.schema = schema.with_metadata(_metadata(schema, metadata))
        pages = {
            place: pages_of(field, compression, level, plain=plain)
            for place, field in enumerate(schema)
        }
        self._pages = {place: each for place, each in pages.items() if each is not None}
        self._morsels = MorselPages(self._pages)
        others = [field for place, field in enumerate(schema) if place not in self._pages]
        self._others = pa.schema(others)
        self.by_page = not others
        self._settings: dict[str, Any] = {
            "compression": compression,
            "compression_level": level or _DEFAULT_LEVELS.get(compression),
            "use_dictionary": [field.name for field in others if _is_flag(field.type)],
            "write_statistics": [field.name for field in others if _is_number(field.type)],
        }
        small = [] if plain else [field for field in others if _is_list_of_small(field.type)]
        if small:
            self._settings["column_encoding"] = {
                f"{field.name}.list.element": "DELTA_BINARY_PACKED" for field in small
            }
        try:
            one_chunk(pa.Table.from_batches([empty_batch(self.schema)]))
            self.footer = read_footer(self._write(self.schema, None))
        except pa.ArrowNotImplementedError as error:
            raise SchemaError(
                f"Parquet, as written by pyarrow, cannot hold a column: {error}; cast or drop it"
            ) from error

    def encode(self, batches: list[pa.RecordBatch]) -> Encoded:
        """Encodes batches, and empties the list, so that they are not kept longer than needed."""
        rows = sum(batch.num_rows for batch in batches)
        pages: dict[int, list[Page]] = {place: [] for place in self._pages}
        for page in rebatch(RowRebatcher(PAGE_ROWS, PAGE_BYTES), batches):
            self._append_page(page, pages)
            del page  # otherwise the last one would keep its columns while pyarrow works
        others: list[Chunk] = []
        if not self.by_page:
            plain = [self._others_of(batch) for batch in batches]
            batches.clear()
            tables = [pa.Table.from_batches(plain, self._others)]
            del plain
            others = read_chunks(self._write(self._others, one_chunk(tables.pop())))
        batches.clear()
        return Encoded(rows, _text_in(pages), pages, others)

    def encode_pages(self, morsel: PageMorsel) -> list[Encoded]:
        """Encodes pages, if all columns are stored as pages, and empties the morsel.

        A pair of long reads can be larger than a page; it becomes two pages.
        """
        rows = [
            sum([batch.num_rows for batch in morsel[first:stop]])
            for first, stop in pairwise(morsel.starts)
        ]
        if min(rows) <= _PAIR:
            pages = [morsel[first:stop] for first, stop in pairwise(morsel.starts)]
            morsel.clear()
            return [self.encode(page) for page in pages]
        made = self._morsels.encode(morsel)
        morsel.clear()
        return [
            Encoded(count, sum([each.text for each in page.values()]), _in_lists(page), [])
            for count, page in zip(rows, made, strict=True)
        ]

    def _append_page(self, batches: list[pa.RecordBatch], pages: dict[int, list[Page]]) -> None:
        morsel = PageMorsel()
        morsel.append_page(batches)
        (made,) = self._morsels.encode(morsel)
        for place, page in made.items():
            pages[place].append(page)

    def _others_of(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [column for place, column in enumerate(batch.columns) if place not in self._pages]
        return pa.RecordBatch.from_arrays(columns, schema=self._others)

    def chunks(self, parts: list[Encoded]) -> list[Chunk]:
        """Makes one row group of consecutive encoded rows."""
        own = {
            place: chunk_of(
                self.schema.names[place],
                encoder,
                [page for part in parts for page in part.pages[place]],
            )
            for place, encoder in self._pages.items()
        }
        others = [chunk for part in parts for chunk in part.others]
        return list(merged(self.schema.names, own, others))

    def _write(self, schema: pa.Schema, table: pa.Table | None) -> memoryview:
        stream = pa.BufferOutputStream()
        with closing(_writer(stream, schema, **self._settings)) as writer:
            if table is not None:
                writer.write_table(table, row_group_size=max(1, table.num_rows))
        return memoryview(stream.getvalue())


def _writer(stream: pa.NativeFile, schema: pa.Schema, **settings: Any) -> Any:
    """Makes the writer that `pyarrow.parquet.ParquetWriter` would make for such a stream.

    That module is left out where it can be: it imports file systems of clouds, and OpenSSL for
    them, which takes 17 ms of each start.
    """
    try:
        from pyarrow._parquet import ParquetWriter
    except ImportError:
        from pyarrow.parquet import ParquetWriter
    return ParquetWriter(
        stream,
        schema,
        version="2.6",
        data_page_version="1.0",
        writer_engine_version="V2",
        **settings,
    )


def _in_lists(pages: dict[int, Page]) -> dict[int, list[Page]]:
    return {place: [page] for place, page in pages.items()}


def _text_in(pages: dict[int, list[Page]]) -> int:
    return sum(page.text for column in pages.values() for page in column)


def one_chunk(table: pa.Table) -> pa.Table:
    """Makes each column one chunk, independent of how the rows were batched.

    Pages end with the chunks that a writer gets, and a dictionary lists all values that it was
    given; so both are rebuilt from the rows.
    """
    table = table.combine_chunks()
    for index, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            values = table.column(index).cast(column.type.value_type).combine_chunks()
            encoded = values.dictionary_encode()
            made = renumber(encoded.indices, encoded.dictionary, column.type, column.name)
            table = table.set_column(index, column, made)
    return table


def _is_flag(kind: pa.DataType) -> bool:
    """Whether a column has few distinct values: dictionaries, and labels, which are text."""
    return bool(pa.types.is_dictionary(kind) or is_text(kind))


def _is_list_of_small(kind: pa.DataType) -> bool:
    """Whether a list holds bytes; pyarrow would store each as four."""
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(lists and kind.value_type in {pa.uint8(), pa.int8()})


def _is_number(kind: pa.DataType) -> bool:
    """Whether readers can skip by a column: a number that is not stored as pages of ours."""
    return bool(pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _metadata(schema: pa.Schema, added: Mapping[str, str]) -> dict[bytes, bytes]:
    """The schema's own metadata, such as the sample, with versions and the user's additions."""
    metadata = dict(schema.metadata or {})
    metadata[b"biometal_stream.version"] = __version__.encode()
    metadata[b"biometal_stream.pyarrow"] = pa.__version__.encode()
    # Metadata must be UTF-8; in a command line, file names that are not are held as surrogates.
    metadata |= {
        key.encode(errors="backslashreplace"): value.encode(errors="backslashreplace")
        for key, value in added.items()
    }
    return metadata
