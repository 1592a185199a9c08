"""Takes the segments of reads: barcodes into columns, templates into the reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import SchemaError
from biometal_stream.operators.barcodes.segments import TEMPLATE
from biometal_stream.operators.barcodes.texts import joined
from biometal_stream.schemas.cutting import per_base
from biometal_stream.schemas.reads import index_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.barcodes.segments import Layout, Span, Spans
    from biometal_stream.view import BatchView

QUALITY = "_quality"
"""The end of the names of columns with the qualities of a barcode."""


@dataclass(frozen=True)
class Sources:
    """The columns that segments are taken from, in the order in which layouts are given.

    Attributes:
        mates: The mates of each read: 1 or 2, both in ``sequence``.
        indexes: The columns of index reads: bases and qualities of each.
    """

    mates: int
    indexes: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, schema: pa.Schema, layouts: Sequence[Layout], owner: str) -> Sources:
        """The columns of a schema that layouts apply to.

        Args:
            schema: The schema of the reads.
            layouts: One for each read: mate 1, mate 2, index 1, index 2; the last may lack.
            owner: The operator, for the message.

        Raises:
            SchemaError: There are more layouts than reads.
        """
        mates = 2 if "mate" in schema.names else 1
        indexes = [names for names in index_columns(2) if names[0] in schema.names]
        if len(layouts) > mates + len(indexes):
            reads = ["mate 1", "mate 2"][:mates] if mates > 1 else ["the read"]
            listed = ", ".join([*reads, *(f"column {names[0]}" for names in indexes)])
            raise SchemaError(
                f"{owner}: {len(layouts)} read structures or patterns, but the input has only"
                f" {mates + len(indexes)}: {listed}"
            )
        return cls(mates, tuple(indexes[: max(0, len(layouts) - mates)]))

    @property
    def columns(self) -> frozenset[str]:
        """The columns of index reads."""
        return frozenset(name for names in self.indexes for name in names)


class Extraction:
    """The segments of the reads of a view. For use by one thread.

    Args:
        view: The reads.
        layouts: One for each read: mate 1, mate 2, index 1, index 2; the last may lack.
        sources: From the schema.
        mates: From `mates_of`.

    Attributes:
        valid: ``bool``, (units,): the reads, or pairs, that have all segments.
    """

    def __init__(
        self, view: BatchView, layouts: Sequence[Layout], sources: Sources, mates: int
    ) -> None:
        self._view = view
        self._mates = mates
        rows = np.arange(view.num_rows)
        names = [
            *((mate, "sequence", "quality") for mate in range(self._mates)),
            *((0, *index) for index in sources.indexes),
        ]
        self._found: list[tuple[Spans, NDArray[np.int64], str, str]] = []
        self.valid = np.ones(view.num_rows // self._mates, np.bool_)
        for (mate, bases, quality), layout in zip(names, layouts, strict=False):
            part = rows[mate :: self._mates]
            spans = layout.spans(view.text(bases).take(part))
            self._found.append((spans, part, bases, quality))
            self.valid &= spans.valid

    def column(self, kind: str, *, quality: bool = False) -> pa.Array:
        """The segments of a kind as a column, (rows,): null for reads that lack segments.

        Several are joined by hyphens, and their qualities by blanks, as in the SAM tags RX and QX.
        """
        parts = [
            self._cut(span, part, scores if quality else bases)
            for spans, part, bases, scores in self._found
            for span in spans.of(kind)
        ]
        separator = b" " if quality else b"-"
        return joined(parts, separator, valid=self.valid, times=self._mates)

    def _cut(self, span: Span, part: NDArray[np.int64], name: str) -> StringColumn:
        text = self._view.text(name).take(part)
        return text.cut(span.starts, np.maximum(span.starts, span.stops))

    def templates(self, units: NDArray[np.bool_] | None = None) -> pa.RecordBatch:
        """The batch with the templates as reads.

        Args:
            units: ``bool``, (units,): the reads, or pairs, to cut; by default those that have all
                segments. The others stay whole.

        Raises:
            DataError: A read has different numbers of bases and qualities.
            SchemaError: A column describes the whole reads.
        """
        chosen = self.valid if units is None else units
        names = per_base(self._view.batch.schema)
        self._view.require_equal_lengths(names)
        pieces = self._pieces(chosen)
        if len(pieces) == 1:
            cut: pa.RecordBatch = self._view.cut(*pieces[0]).to_batch()
            return cut
        batch = self._view.to_batch()
        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in names:
            text = self._view.text(name)
            parts = [text.cut(*piece) for piece in pieces]
            arrays[name] = joined(parts, kind=batch.schema.field(name).type)
        return type(batch).from_arrays(list(arrays.values()), schema=batch.schema)

    def _pieces(
        self, chosen: NDArray[np.bool_]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Where the templates of each row start and stop, one after another, (rows,) each."""
        rows = self._view.num_rows
        templates = [spans.of(TEMPLATE) for spans, *_ in self._found[: self._mates]]
        number = max(1, *map(len, templates)) if templates else 1
        starts, stops = np.zeros((2, number, rows), np.int64)
        for mate in range(self._mates):
            part = slice(mate, rows, self._mates)
            if mate < len(templates):
                for place, span in enumerate(templates[mate]):
                    starts[place, part], stops[place, part] = span.starts, span.stops
            else:
                stops[0, part] = self._lengths[part]
        whole = np.repeat(~chosen, self._mates)
        starts[:, whole] = stops[:, whole] = 0
        stops[0, whole] = self._lengths[whole]
        return list(zip(starts, np.maximum(starts, stops), strict=True))

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return self._view.text("sequence").lengths
