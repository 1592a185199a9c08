"""Cuts tails of one base off reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadTrimmer, with_mates
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_BASES = "ATCG"
"""In the order in which fastp prefers one of two bases that occur equally often."""
_COMPLEMENTS = dict(zip("ACGT", "TGCA", strict=True))
_LEAST = {"fastp": 10, "cutadapt": 3}
"""The fewest bases of a tail that these programs cut."""


@dataclass(frozen=True)
class TrimPolyX(ReadTrimmer):
    """Cuts tails of one base off the ends of reads, such as poly-A.

    ``fastp`` cuts a tail of any base off the 3' end, with at most one other base in eight, and at
    most five: the same as fastp ``--trim_poly_x``. ``cutadapt`` cuts the tail of A with the best
    score, 1 for each A and -2 for each other base, with at most 20 % of other bases; off mate 2 it
    cuts T at the 5' end instead: the same as cutadapt ``--poly-a``. U counts as T.

    A read that loses all its bases becomes empty and stays in the stream; `MinLength` drops it.

    Attributes:
        algorithm: How to find tails.
        base: The base of tails; by default any base for fastp, and A for cutadapt.
        min_tail: The fewest bases of a tail; by default 10 for fastp, and 3 for cutadapt.

    Example:
        >>> TrimPolyX(min_tail=3)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    algorithm: str = option("How to find tails.", default="fastp", choices=tuple(_LEAST))
    base: str | None = option(
        "The base of tails; by default any for fastp, and A for cutadapt.",
        default=None,
        choices=tuple(_COMPLEMENTS),
    )
    min_tail: int | None = option(
        "The fewest bases of a tail; by default 10 for fastp, and 3 for cutadapt.",
        default=None,
        unit="bases",
        minimum=1,
    )

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """The sequence, and the mate, if mate 2 is cut at its other end."""
        read = super().columns_read(input_schema)
        return with_mates(read, input_schema) if self.algorithm == "cutadapt" else read

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds where the tail of each read starts."""
        import numpy as np

        from biometal_stream.operators.kernels.tails import cut_best_tail, cut_poly_x

        text = view.text("sequence")
        firsts, lasts = np.zeros((2, view.num_rows), np.int64)
        wanted = _LEAST[self.algorithm] if self.min_tail is None else self.min_tail
        least = np.uint64(min(wanted, 1 << 60))
        if self.algorithm == "fastp":
            cut_poly_x(text.starts, text.stops, text.data, numbers(self.base), least, lasts)
            return firsts, lasts
        base = self.base or "A"
        letters = np.uint8(ord(base)), np.uint8(ord(_COMPLEMENTS[base]))
        cut_best_tail(
            text.starts, text.stops, text.data, _mates_2(view), *letters, least, firsts, lasts
        )
        return firsts, lasts


def _mates_2(view: BatchView) -> NDArray[np.uint8]:
    import numpy as np

    if "mate" not in view.batch.schema.names:
        return np.zeros(view.num_rows, np.uint8)
    mates = view.column("mate").to_numpy(zero_copy_only=False)
    second: NDArray[np.uint8] = (mates == 2).astype(np.uint8)
    return second


@cache
def numbers(base: str | None) -> NDArray[np.uint8]:
    """The number of each byte for the kernel: 0 to 3 for bases that tails may be of.

    Args:
        base: The only base of tails; ``None`` for any.
    """
    import numpy as np

    from biometal_stream.operators.kernels.tails import ANY, NO_BASE

    table = np.full(256, NO_BASE, np.uint8)
    for number, letter in enumerate(_BASES):
        for each in {letter, "U"} if letter == "T" else {letter}:
            table[[ord(each), ord(each.lower())]] = number if base in {None, letter} else NO_BASE
    table[[ord("N"), ord("n")]] = ANY
    table.flags.writeable = False
    return table
