"""Masks bases of low quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadEditor
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class MaskQuality(ReadEditor):
    """Masks bases of low quality: with N, or in lower case.

    Each base whose Phred score is below the limit is masked: the same as seqtk seq -q 20 -n N and
    fastq_masker -q 20. With --window, all bases of each window whose arithmetic mean of the scores
    is below the limit: what fastplong --mask is documented to do, with 10 and --window 50.

    Reads keep their lengths and qualities. Measures of the bases, such as a column gc, and k-mers
    would be wrong, so they are refused.

    Attributes:
        quality: The least Phred score of a base, or the least mean of a window.
        letter: What stands for a masked base: ``N``, or its ``lower-case`` letter.
        window: The length of windows; without it, each base is judged by itself.

    Example:
        >>> MaskQuality(12)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    quality: int = argument(
        "The least Phred score of a base, or the least mean of a window.",
        default=20,
        minimum=0,
        maximum=93,
    )
    letter: str = option("What stands for a masked base.", default="N", choices=("N", "lower-case"))
    window: int | None = option(
        "The length of windows; by default each base is judged by itself.",
        default=None,
        unit="bases",
        minimum=1,
        maximum=1_000_000,
    )

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: Bases or qualities are missing, or a column is a measure of the bases.
        """
        from biometal_stream.operators.recoding import require_unmeasured

        require_unmeasured(input_schema, self.name)
        return super().output_schema(input_schema)

    def edit(self, view: BatchView, /) -> Mapping[str, StringColumn]:
        """Returns the bases, some of them masked.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
        """
        import numpy as np

        view.require_equal_lengths()
        column = view.text("sequence").packed()
        bases = column.used
        masked = np.uint8(ord("N")) if self.letter == "N" else _in_lower_case(bases)
        return {"sequence": column.with_bytes(np.where(self._low(view), masked, bases))}

    def _low(self, view: BatchView) -> NDArray[np.bool_]:
        import numpy as np

        from biometal_stream.operators.kernels.quality import FIRST
        from biometal_stream.operators.measures import require_qualities
        from biometal_stream.operators.split_quality import low_windows

        if self.window is not None:
            return low_windows(view, self.quality, self.window).view(np.bool_)
        require_qualities(view)
        qualities = view.text("quality").packed().used
        low: NDArray[np.bool_] = qualities < np.uint8(self.quality + FIRST)
        return low


def _in_lower_case(bases: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import numpy as np

    letters = (bases >= ord("A")) & (bases <= ord("Z"))
    lower: NDArray[np.uint8] = bases | letters.astype(np.uint8) * np.uint8(0x20)
    return lower
