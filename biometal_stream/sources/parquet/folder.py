"""Folders of Parquet: their files, and the columns in the names of folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa

from biometal_stream.errors import InputError
from biometal_stream.schemas.folders import folder_value, noted_partition
from biometal_stream.sinks.hive import NULL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.codecs.raw.unchanged import Seen
    from biometal_stream.sources.options import Input

SUFFIXES = (".parquet", ".pq")


@dataclass(frozen=True)
class ParquetInput:
    """One file to read.

    Attributes:
        file: Its path, or a file object.
        partitions: The names and values of columns in the names of its folders.
    """

    file: Input
    partitions: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class FileToRead:
    """A file, or some of its row groups.

    Attributes:
        input: The file.
        seen: Its state when the run began.
        size: The size that it must have, if another process divided it.
        groups: The row groups to read; all if ``None``.
    """

    input: ParquetInput
    seen: Seen | None = None
    size: int | None = None
    groups: range | None = None


def files_of(paths: tuple[Input, ...]) -> tuple[ParquetInput, ...]:
    """The files at some paths; for a folder all Parquet files in it, sorted by name.

    Files and folders whose names begin with ``_`` or ``.`` are skipped, as by other readers.

    Raises:
        InputError: A folder does not contain a Parquet file.
    """
    return tuple(found for path in paths for found in _files_of(path))


def _files_of(path: Input) -> Iterator[ParquetInput]:
    if not isinstance(path, str | os.PathLike) or path == "-" or not os.path.isdir(path):  # noqa: PTH112 - never raises
        yield ParquetInput(path)
        return
    folder = os.fspath(path)
    found = sorted(_walked(folder))
    if not found:
        raise InputError(f"{folder}: does not contain a Parquet file (*.parquet)")
    for parts in found:
        yield ParquetInput(os.path.join(folder, *parts), _partitions(parts[:-1]))  # noqa: PTH118


def _walked(folder: str) -> Iterator[tuple[str, ...]]:
    """The names of the folders and of the file, for each file."""
    for where, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        parts = Path(where).relative_to(folder).parts
        for name in names:
            if name.lower().endswith(SUFFIXES) and not name.startswith(("_", ".")):
                yield (*parts, name)


def _partitions(folders: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
    pairs = (name.partition("=") for name in folders if "=" in name)
    return tuple(
        (unquote(column), None if value == NULL else unquote(value)) for column, _, value in pairs
    )


def partition_fields(inputs: tuple[ParquetInput, ...], schema: pa.Schema) -> list[pa.Field]:
    """The columns in the names of folders that are not in the files.

    Their types are those that our sink has noted in the file; in folders of other programs a
    column is ``int64`` if all values are whole numbers, otherwise ``string``.

    Args:
        inputs: The files.
        schema: The schema of the first file.

    Raises:
        InputError: Files are in folders with different columns.
    """
    names = [column for column, _ in inputs[0].partitions]
    for each in inputs:
        if [column for column, _ in each.partitions] != names:
            raise InputError(
                f"{each.file}: its folders name the columns"
                f" {', '.join(column for column, _ in each.partitions) or 'none'}, and those of"
                f" {inputs[0].file} {', '.join(names) or 'none'}; name files of one kind"
            )
    noted = noted_partition(schema.metadata)
    return [
        noted if noted is not None and noted.name == name else _guessed(name, inputs)
        for name in names
        if name not in schema.names
    ]


def _guessed(name: str, inputs: tuple[ParquetInput, ...]) -> pa.Field:
    values = [dict(each.partitions)[name] for each in inputs]
    whole = all(value is None or _is_whole(value) for value in values)
    return pa.field(name, pa.int64() if whole and any(values) else pa.string())


def _is_whole(text: str) -> bool:
    try:
        return str(int(text)) == text and abs(int(text)) < 2**63
    except ValueError:
        return False


def constant(field: pa.Field, text: str | None, rows: int, name: str) -> pa.Array:
    """A column of one value, given as text in the name of a folder.

    Raises:
        InputError: The text does not have the column's type.
    """
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    try:
        value = pa.scalar(folder_value(text, kind), kind)
    except (ValueError, OverflowError, pa.ArrowException) as error:
        raise InputError(
            f"{name}: its folder says {field.name}={text}, which is not {kind}"
        ) from error
    if not pa.types.is_dictionary(field.type):
        return pa.repeat(value, rows)
    indices = pa.repeat(pa.scalar(0 if value.is_valid else None, field.type.index_type), rows)
    values = pa.array([value.as_py()] if value.is_valid else [], kind)
    return pa.DictionaryArray.from_arrays(indices, values, ordered=field.type.ordered)
