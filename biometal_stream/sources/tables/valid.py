"""Checks the batches of a file before anything uses them: text, offsets, dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator


def valid_batches(
    batches: Iterator[pa.RecordBatch], name: str, row: int
) -> Iterator[pa.RecordBatch]:
    """Yields batches in which every value is one that Arrow allows.

    Args:
        batches: The decoded batches.
        name: The file's name, for messages.
        row: The number of the first row in the file, from 0.

    Raises:
        DataError: A value is invalid, such as text that is not UTF-8; after the rows before it.
    """
    for batch in batches:
        try:
            batch.validate(full=True)
        except pa.ArrowInvalid:
            good = _good_rows(batch)
            if good:
                yield batch.slice(0, good)
            raise DataError(f"{name}: row {row + good + 1:,}: {_reason(batch, good)}") from None
        yield batch
        row += batch.num_rows


def _good_rows(batch: pa.RecordBatch) -> int:
    """The number of rows before the first bad one."""
    good, bad = 0, batch.num_rows
    while bad - good > 1:
        middle = (good + bad) // 2
        if _is_valid(batch.slice(good, middle - good)):
            good = middle
        else:
            bad = middle
    return good


def _is_valid(batch: pa.RecordBatch) -> bool:
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _reason(batch: pa.RecordBatch, row: int) -> str:
    """What is wrong with a row, and in which column."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.slice(row, 1).validate(full=True)
        except pa.ArrowInvalid as error:
            text = str(error).partition("\n")[0]
            if "UTF8" in text:
                return f"column '{name}' holds text that is not UTF-8"
            return f"column '{name}' is damaged ({text})"
    return "it is damaged"
