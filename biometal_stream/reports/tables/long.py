"""The tables of reports in the long form: a row for each sample, place, group, module, bin, name.

So the tables of any number of samples are one Parquet file, and a question about all of them is one
query. One run has some ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from biometal_stream.reports.quality.arrow import array

if TYPE_CHECKING:
    from types import TracebackType

    from biometal_stream.reports.document.document import Document

_LABEL = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    {
        "sample": _LABEL,
        "place": _LABEL,
        "group": _LABEL,
        "module": _LABEL,
        "bin": pa.string(),
        "name": _LABEL,
        "value": pa.float64(),
        "text": pa.string(),
        "first": pa.int64(),
        "last": pa.int64(),
    }
)
"""The columns of the long form. ``bin`` names what a row is about, such as cycles ``10-14``; its
first and last number are in ``first`` and ``last``. ``text`` has what is not a number."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "totals": (),
    "per_cycle": ("first_cycle", "last_cycle"),
    "qualities_by_cycle": ("first_cycle", "last_cycle", "quality"),
    "per_read_quality": ("quality",),
    "per_read_gc": ("gc_percent",),
    "lengths": ("length",),
    "length_quality": ("first_length", "last_length", "quality"),
    "duplication": ("copies",),
    "duplication_totals": (),
    "overrepresented": ("sequence",),
    "adapters": ("first_cycle", "last_cycle", "adapter"),
    "kmers": ("kmer",),
    "tiles": ("first_cycle", "last_cycle", "tile"),
    "tile_totals": (),
    "channels": ("channel",),
    "hours": ("hour",),
    "inserts": ("insert_size",),
    "insert_totals": (),
    "labels": ("column", "label"),
    "numbers": ("column",),
    "scores": ("first_score", "last_score", "column", "label"),
    "calibration": ("first_score", "last_score", "column", "label"),
}
"""The columns that say what a row of each table is about; the others are what it says."""

_STEP_TEXTS = ("name", "operator", "kind", "reason")
_ROWS_OF_A_GROUP = 2**20


def long_table(documents: Iterable[Document]) -> pa.Table:
    """The tables of reports in the long form, with the columns of `SCHEMA`.

    Args:
        documents: The reports.
    """
    parts = [part for document in documents for part in _parts(document)]
    return pa.concat_tables(parts).unify_dictionaries() if parts else SCHEMA.empty_table()


def long_parquet(documents: Iterable[Document]) -> bytes:
    """The same as a Parquet file."""
    target = BytesIO()
    with LongTableWriter(target) as writer:
        for document in documents:
            writer.add(document)
    return target.getvalue()


class LongTableWriter:
    """Writes the tables of reports as Parquet, one report at a time. Use it as a context.

    Args:
        target: An object with a method ``write``.
    """

    def __init__(self, target: Any) -> None:
        self._written = _Written(target)
        file = pa.PythonFile(self._written, mode="w")
        self._writer = pq.ParquetWriter(file, SCHEMA, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        else:
            self._written.drop()
        self._writer.close()

    def add(self, document: Document) -> None:
        """Adds the tables of a report."""
        for part in _parts(document):
            self._waiting.append(part)
            self._rows += part.num_rows
        if self._rows >= _ROWS_OF_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting).unify_dictionaries())
        self._waiting, self._rows = [], 0


class _Written:
    """A file that is only written, as Arrow needs it."""

    closed = False

    def __init__(self, target: Any) -> None:
        self._target = target
        self._size = 0

    def drop(self) -> None:
        """Has later bytes go nowhere: a writer that is closed writes the end of its file."""
        self._target = BytesIO()

    def write(self, data: bytes) -> int:
        self._target.write(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def _parts(document: Document) -> Iterator[pa.Table]:
    """The rows of a report: its run, its steps, and the tables of each place."""
    yield _of_rows(document.sample, list(_run_rows(document)))
    for place, quality in document.quality.items():
        for module, table in quality.tables.items():
            yield from _of_table(document.sample, place, module, table)


def _run_rows(document: Document) -> Iterator[tuple[Any, ...]]:
    """Module, bin, name, value, text and number of each row about the run."""
    run = {"reads_in": document.reads_in, "reads_out": document.reads_out, "runs": document.runs}
    for name, number in (*run.items(), *document.counts.items()):
        yield "run", "", name, number, None, None
    for name in ("command", "version", "assay"):
        yield "run", "", name, None, getattr(document, name), None
    for number, step in enumerate(document.steps, 1):
        for name, value in step.items():
            is_text = name in _STEP_TEXTS
            yield (
                "steps",
                f"{number} {step['operator']}",
                name,
                None if is_text else value,
                value if is_text else None,
                number,
            )


def _of_rows(sample: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    rows = [row for row in rows if row[3] is not None or row[4] is not None]
    columns = [list(column) for column in zip(*rows, strict=True)]
    module, bins, name, value, text, number = columns
    blank = [""] * len(rows)
    arrays = ([sample] * len(rows), blank, blank, module, bins, name, value, text, number, number)
    made = {
        field.name: array(cells, _plain(field.type))
        for field, cells in zip(SCHEMA, arrays, strict=True)
    }
    return _typed(made)


def _of_table(sample: str, place: str, module: str, table: pa.Table) -> Iterator[pa.Table]:
    """The rows of a table, by its columns: those of one name together."""
    keys = [name for name in KEYS.get(module, ()) if name in table.column_names]
    bins, first, last = _bins(table, keys)
    for name in table.column_names:
        if name == "group" or name in keys:
            continue
        column = table.column(name)
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        nothing = pa.nulls(table.num_rows, pa.float64() if is_text else pa.string())
        arrays = {
            "sample": _same(sample, table.num_rows),
            "place": _same(place, table.num_rows),
            "group": table.column("group"),
            "module": _same(module, table.num_rows),
            "bin": bins,
            "name": _same(name, table.num_rows),
            "value": nothing if is_text else column.cast(pa.float64()),
            "text": column.cast(pa.string()) if is_text else nothing,
            "first": first,
            "last": last,
        }
        yield _typed(arrays).filter(pc.is_valid(column))


def _typed(arrays: Mapping[str, Any]) -> pa.Table:
    columns = []
    for field in SCHEMA:
        column = arrays[field.name]
        if pa.types.is_dictionary(field.type) and not pa.types.is_dictionary(column.type):
            column = pc.dictionary_encode(column.cast(pa.string()))
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _same(text: str, rows: int) -> pa.DictionaryArray:
    indices = array(np.zeros(rows, np.int32), pa.int32())
    return pa.DictionaryArray.from_arrays(indices, array([text], pa.string()))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _bins(table: pa.Table, keys: list[str]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """What each row is about, in words, and its first and last number if it has them."""
    none = pa.nulls(table.num_rows, pa.int64())
    if not keys:
        return array([""] * table.num_rows, pa.string()), none, none
    values = [table.column(key).to_pylist() for key in keys]
    ranged = len(keys) > 1 and keys[0].startswith("first_") and keys[1].startswith("last_")
    words = []
    for row in zip(*values, strict=True):
        parts = [_word(each) for each in row]
        if ranged:
            parts[:2] = [parts[0] if row[0] == row[1] else f"{parts[0]}-{parts[1]}"]
        words.append(":".join(parts))
    whole = pa.types.is_integer(table.schema.field(keys[0]).type)
    first = table.column(keys[0]).cast(pa.int64()) if whole else none
    last = table.column(keys[1]).cast(pa.int64()) if ranged and whole else first
    return array(words, pa.string()), first, last


def _word(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
