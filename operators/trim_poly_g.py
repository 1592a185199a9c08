"""Cuts tails of G off the reads of instruments with two colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.operators.instruments import Instruments
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class TrimPolyG(ReadTrimmer):
    """Cuts tails of G off the 3' end of reads.

    Instruments with two colours, such as the NovaSeq and the NextSeq, read G where the insert and
    the adapter have ended. Only their reads are trimmed, which the names of the reads show, unless
    --when always is given. The end of a run shows which instruments were found.

    A tail has at most one other base in eight, and at most five, so a stray base does not end it.
    The rule is that of fastp, ``--trim_poly_g``. A read that loses all its bases becomes empty and
    stays in the stream; `MinLength` drops it. docs/trimming.md lists the instruments.

    Attributes:
        min_tail: The fewest bases of a tail.
        when: Which reads are trimmed: ``auto`` for those of instruments with two colours, or
            ``always`` for all.

    Example:
        >>> TrimPolyG(3, when="always")
    """

    min_tail: int = option("The fewest bases of a tail.", default=10, unit="bases", minimum=1)
    when: str = option(
        "Whether to trim only the reads of instruments with two colours, or always all.",
        default="auto",
        choices=("auto", "always"),
    )

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]
        """The string columns that it reads."""
        return ("sequence",) if self.when == "always" else ("name", "sequence")

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The sequence and, for the instrument, the name and the description."""
        read = super().columns_read(input_schema)
        named = "name" in read and "description" in input_schema.names
        return read | {"description"} if named else read

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds where the tail of each read starts."""
        import numpy as np

        from biometal_stream.operators.kernels.tails import cut_poly_g

        text, lasts = view.text("sequence"), np.empty(view.num_rows, np.int64)
        least = np.uint64(min(self.min_tail, 1 << 60))
        cut_poly_g(text.starts, text.stops, text.data, self._wanted(view), least, lasts)
        return np.zeros(view.num_rows, np.int64), lasts

    def _wanted(self, view: BatchView) -> NDArray[np.uint8]:
        """Which reads are trimmed: 0 for those that are not."""
        import numpy as np

        from biometal_stream.operators.instruments import instruments

        return np.ones(view.num_rows, np.uint8) if self.when == "always" else instruments(view)

    def empty(self) -> Instruments:
        """The instruments of no reads."""
        from biometal_stream.operators.instruments import Instruments

        return Instruments()

    def observe(self, view: BatchView, /) -> Instruments:
        """Counts the reads of each instrument; none if all reads are trimmed anyway."""
        from biometal_stream.operators.instruments import counted, instruments

        return self.empty() if self.when == "always" else counted(instruments(view))

    def merge(self, one: Instruments, two: Instruments, /) -> Instruments:
        """Adds up the counts."""
        return one + two

    def finish(self, state: Instruments, /) -> Instruments:
        """Returns the counts."""
        return state
