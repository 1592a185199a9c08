"""Mates that are read without comparing their names: all mates 1, then all mates 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import GoodRows
from biometal_stream.sources.alone import read_alone

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run


@dataclass(frozen=True)
class Apart:
    """The reads of files of mates, or of one with both, in the order of the files.

    Attributes:
        files: The files, as a source of pairs: `biometal_stream.sources.text.files.TextFiles`.
    """

    files: Any

    paired = True
    name = "read"

    def __post_init__(self) -> None:
        if getattr(self.files, "index", ()):
            raise ConfigurationError(
                "repair-pairs cannot find index reads that are out of step; leave out --index, or"
                " repair the mates, and extract barcodes from their headers"
            )
        if getattr(self.files, "quarantine", None) is not None and self.files.mate_paths:
            raise ConfigurationError(
                "repair-pairs reads the two files one after another, and cannot write one"
                " quarantine of both; use --on-bad-record skip"
            )

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The files that are read."""
        inputs: tuple[Any, ...] = self.files.inputs
        return inputs

    @property
    def schema(self) -> pa.Schema:
        """The schema of reads. In a file with both mates ``mate`` is null: it is not known."""
        schema: pa.Schema = self.files.schema
        place = schema.get_field_index("mate")
        if place < 0 or not self.files.interleaved:
            return schema
        return schema.set(place, schema.field(place).with_nullable(True))

    def project(self, columns: frozenset[str], /) -> Self:
        """Returns a source of the same reads with only some columns."""
        return replace(self, files=self.files.project(columns))

    @property
    def _sources(self) -> list[Any]:
        """The mates 1 and the mates 2, or both, as single reads."""
        names = self.files.columns
        columns = None if names is None else tuple(name for name in names if name != "mate")
        groups = [self.files.paths, self.files.mate_paths]
        return [
            replace(self.files, paths=paths, mate=(), interleaved=False, columns=columns)
            for paths in groups
            if paths
        ]

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Opens all files, in the caller's thread."""
        with ExitStack() as stack:
            opened = [stack.enter_context(source.open(run)) for source in self._sources]
            yield _OpenApart(opened, self.schema)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread."""
        yield from read_alone(self)


class _OpenApart:
    """Open sources of single reads, one after another, as one of mates."""

    def __init__(self, opened: list[OpenSource[Any]], schema: pa.Schema) -> None:
        self._opened = opened
        self._schema = schema

    def chunks(self) -> Iterator[tuple[int, Any]]:
        """Reads and cuts one source after another; a chunk knows its source."""
        for place, source in enumerate(self._opened):
            for chunk in source.chunks():
                yield place, chunk

    def parse(self, chunk: tuple[int, Any], /) -> pa.RecordBatch:
        """Parses a chunk, and adds the mate."""
        place, text = chunk
        try:
            batch = self._opened[place].parse(text)
        except GoodRows as good:
            raise GoodRows(self._mated(good.batch, place), good.error) from good
        return self._mated(batch, place)

    def _mated(self, batch: pa.RecordBatch, place: int) -> pa.RecordBatch:
        import pyarrow as pa

        if "mate" not in self._schema.names:
            return batch
        kind = self._schema.field("mate").type
        value = pa.scalar(place + 1 if len(self._opened) > 1 else None, kind)
        columns = {name: batch.column(name) for name in batch.schema.names}
        columns["mate"] = pa.repeat(value, batch.num_rows)
        arrays = [columns[name] for name in self._schema.names]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def weight(self, chunk: tuple[int, Any], /) -> int:
        """The bytes of memory that a chunk takes."""
        return self._opened[chunk[0]].weight(chunk[1])

    def location(self, chunk: tuple[int, Any], /) -> str:
        """The location of a chunk in its file."""
        return self._opened[chunk[0]].location(chunk[1])

    def interrupt(self) -> None:
        """Ends a waiting read."""
        for source in self._opened:
            source.interrupt()

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the sources write."""
        return tuple(path for source in self._opened for path in source.outputs)

    @property
    def bytes_read(self) -> int:
        """Bytes of input taken so far."""
        return sum(source.bytes_read for source in self._opened)

    @property
    def bytes_total(self) -> int | None:
        """Total bytes of input, if known."""
        found = 0
        for source in self._opened:
            if source.bytes_total is None:
                return None
            found += source.bytes_total
        return found
