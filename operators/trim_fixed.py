"""Cuts a fixed number of bases from the ends of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_MOST = 1 << 60
"""More bases than any read has, but small enough for sums in 64 bits."""


@dataclass(frozen=True)
class TrimFixed(ReadTrimmer):
    """Cuts a number of bases from the ends of each read, or shortens it to a length.

    Bases are first cut from the 5' and the 3' end, then the read is shortened to the length. A
    read that is too short becomes empty and stays in the stream; `MinLength` drops it.

    Options that end in 2 are for mate 2. Without them both mates are cut alike.

    Attributes:
        front: Bases to cut from the 5' end.
        tail: Bases to cut from the 3' end.
        length: The most bases to keep, from the 5' end; a negative number keeps bases from the 3'
            end.
        front2: ``front`` for mate 2.
        tail2: ``tail`` for mate 2.
        length2: ``length`` for mate 2.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    front: int = option("Bases to cut from the 5' end.", default=0, unit="bases", minimum=0)
    tail: int = option("Bases to cut from the 3' end.", default=0, unit="bases", minimum=0)
    length: int | None = option(
        "The most bases to keep, from the 5' end; a negative number keeps them from the 3' end.",
        default=None,
        unit="bases",
    )
    front2: int | None = option(
        "Like --front, for mate 2; by default the same.", default=None, unit="bases", minimum=0
    )
    tail2: int | None = option(
        "Like --tail, for mate 2; by default the same.", default=None, unit="bases", minimum=0
    )
    length2: int | None = option(
        "Like --length, for mate 2; by default the same.", default=None, unit="bases"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.front or self.tail or self.length is not None or self._differ):
            raise ConfigurationError(f"{self.name}: give front, tail or length")

    @property
    def _differ(self) -> bool:
        """Whether mate 2 has settings of its own."""
        return not (self.front2 is self.tail2 is self.length2 is None)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: There is no sequence, a column describes the whole reads, or there are
                settings for mate 2 and reads are not paired.
        """
        if self._differ and "mate" not in input_schema.names:
            raise SchemaError(
                f"{self.name} has settings for mate 2, which needs a column 'mate'; read"
                " pairs, with --mate, or leave these settings out"
            )
        return super().output_schema(input_schema)

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The sequence, and the mate if mate 2 has settings of its own."""
        read = super().columns_read(input_schema)
        return read | {"mate"} if self._differ else read

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Counts from both ends of each read."""
        import numpy as np

        lengths = view.text("sequence").lengths
        starts, stops = _bounds(lengths, self.front, self.tail, self.length)
        if self._differ:
            others = _bounds(
                lengths,
                self.front if self.front2 is None else self.front2,
                self.tail if self.tail2 is None else self.tail2,
                self.length if self.length2 is None else self.length2,
            )
            second = view.column("mate").to_numpy(zero_copy_only=False) == 2
            starts, stops = np.where(second, others, (starts, stops))
        return starts, stops


def _bounds(
    lengths: NDArray[np.int64], front: int, tail: int, length: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    import numpy as np

    starts = np.minimum(lengths, min(front, _MOST))
    stops = np.maximum(lengths - min(tail, _MOST), starts)
    if length is not None and length >= 0:
        stops = np.minimum(stops, starts + min(length, _MOST))
    elif length is not None:
        starts = np.maximum(starts, stops + max(length, -_MOST))
    return starts, stops
