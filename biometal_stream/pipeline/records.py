"""Single reads, for plain loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator

    import pyarrow as pa

_OWN = ("name", "description", "sequence", "quality", "mate")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Read(NamedTuple):
    """A read.

    Attributes:
        name: Its name.
        description: What follows the name in the header; ``None`` without one.
        sequence: Its bases.
        quality: Its qualities as text, Phred+33; ``None`` where the input has none.
        mate: 1 or 2 of a pair; ``None`` where reads are single.
        values: The values of all other columns, such as ``mean_quality``, by name.
    """

    name: str
    description: str | None
    sequence: str
    quality: str | None
    mate: int | None = None
    values: Mapping[str, Any] = _NOTHING


def records(
    schema: pa.Schema, batches: Generator[pa.RecordBatch, None, None]
) -> Generator[Read, None, None]:
    """Yields the reads of batches, and closes the run at the end.

    Args:
        schema: The schema of the batches.
        batches: A run.

    Raises:
        SchemaError: There is no column ``name`` or ``sequence``.
    """
    from biometal_stream.schemas.checks import require_columns

    require_columns(schema, ("name", "sequence"), "records()")
    further = [name for name in schema.names if name not in _OWN]
    return _records(batches, further)


def _records(
    batches: Generator[pa.RecordBatch, None, None], further: list[str]
) -> Generator[Read, None, None]:
    with closing(batches):
        for batch in batches:
            own = [_values(batch, name) for name in _OWN]
            yield from map(Read, *own, _further(batch, further))


def _values(batch: pa.RecordBatch, name: str) -> list[Any]:
    if batch.schema.get_field_index(name) < 0:
        return [None] * batch.num_rows
    values: list[Any] = batch.column(name).to_pylist()
    return values


def _further(batch: pa.RecordBatch, names: list[str]) -> Iterator[Mapping[str, Any]]:
    if not names:
        return iter([_NOTHING] * batch.num_rows)
    columns = [batch.column(name).to_pylist() for name in names]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
