"""Cuts ends of low quality from reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_WINDOWS = {
    "cut-front": "cut_front",
    "cut-tail": "cut_tail",
    "cut-right": "cut_right",
    "sliding-window": "cut_window",
    "leading": "cut_leading",
    "trailing": "cut_trailing",
}
"""The kernels of the algorithms with windows."""

_ALGORITHMS = ("bwa", "nextseq", "mott", *_WINDOWS)
_SLIDING = ("cut-front", "cut-tail", "cut-right", "sliding-window")

_QUALITY, _WINDOW, _ERROR_RATE = 20, 4, 0.05


@dataclass(frozen=True)
class TrimQuality(ReadTrimmer):
    """Cuts ends of low quality from each read.

    ============== ============================================ ====================
    algorithm      what is cut                                  same result as
    ============== ============================================ ====================
    bwa            from the 3' end, or with --front-quality     cutadapt -q
                   from both, up to where the score minus
                   each quality adds up to most
    nextseq        the same from the 3' end, where each G is    cutadapt
                   as bad as the score minus 1                  --nextseq-trim
    mott           all but the stretch where the error rate     seqtk trimfq, with
                   minus that of each base adds up to most      --shortest 30
    cut-front      from the 5' end, up to a window whose        fastp --cut_front
                   mean reaches the score
    cut-tail       from the 3' end, up to such a window         fastp --cut_tail
    cut-right      from the first window whose mean is below    fastp --cut_right
                   the score, all to the 3' end
    sliding-window the same, with Trimmomatic's rules for the   Trimmomatic
                   window's end and for N                       SLIDINGWINDOW
    leading        bases below the score from the 5' end        Trimmomatic LEADING
    trailing       bases below the score from the 3' end        Trimmomatic TRAILING
    ============== ============================================ ====================

    A step cuts one way; to cut both ends by windows, use two steps. A read that loses all its
    bases becomes empty and stays in the stream; `MinLength` drops it. Mates are cut separately.
    docs/trimming.md explains each algorithm and lists the options of other tools.

    Attributes:
        quality: The Phred score. With ``mott`` it sets the error rate: 13 is 0.05.
        algorithm: How to find what is cut.
        front_quality: With ``bwa``: also cut from the 5' end, with this score.
        window: With windows: their length.
        error_rate: With ``mott``: the error rate, instead of the score.
        shortest: With ``mott``: the fewest bases to keep of a longer read.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    quality: int | None = argument(
        f"The Phred score; by default {_QUALITY}, and for mott that of --error-rate.",
        default=None,
        minimum=0,
        maximum=93,
    )
    algorithm: str = option("How to find what is cut.", default="bwa", choices=_ALGORITHMS)
    front_quality: int | None = option(
        "With bwa: also cut from the 5' end, with this score.",
        default=None,
        unit="Phred",
        minimum=0,
        maximum=93,
    )
    window: int | None = option(
        f"The length of windows; by default {_WINDOW}.",
        default=None,
        unit="bases",
        minimum=1,
        maximum=1000,
    )
    error_rate: float | None = option(
        f"With mott: the error rate to allow, instead of a score; by default {_ERROR_RATE}.",
        default=None,
        minimum=0,
        maximum=1,
    )
    shortest: int | None = option(
        "With mott: the fewest bases to keep of a longer read; by default 0.",
        default=None,
        unit="bases",
        minimum=0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        wanted = {
            "front_quality": ("bwa",),
            "window": _SLIDING,
            "error_rate": ("mott",),
            "shortest": ("mott",),
        }
        for field, algorithms in wanted.items():
            if getattr(self, field) is not None and self.algorithm not in algorithms:
                which = " or ".join(algorithms)
                raise ConfigurationError(
                    f"{self.name}: {field.replace('_', '-')} is for the algorithm {which}, not"
                    f" for {self.algorithm}"
                )
        if self.quality is not None and self.error_rate is not None:
            raise ConfigurationError(f"{self.name}: give a quality or an error rate, not both")

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Looks at the qualities of each read.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
        """
        import numpy as np

        from biometal_stream.operators.measures import require_qualities

        view.require_equal_lengths()
        require_qualities(view)
        starts, stops = np.empty((2, view.num_rows), np.int64)
        if self.algorithm == "bwa":
            self._by_sum(view, starts, stops)
        elif self.algorithm == "nextseq":
            self._by_sum_with_g(view, starts, stops)
        elif self.algorithm == "mott":
            self._by_stretch(view, starts, stops)
        else:
            self._by_windows(view, starts, stops)
        return starts, stops

    @property
    def _score(self) -> int:
        return _QUALITY if self.quality is None else self.quality

    def _by_sum(self, view: BatchView, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> None:
        import numpy as np

        from biometal_stream.operators.kernels.running_sums import cut_at_best_sum

        text = view.text("quality")
        front, tail = np.int64(self.front_quality or 0), np.int64(self._score)
        cut_at_best_sum(text.starts, text.stops, text.data, front, tail, starts, stops)

    def _by_sum_with_g(
        self, view: BatchView, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> None:
        import numpy as np

        from biometal_stream.operators.kernels.running_sums import cut_at_best_sum_with_g

        text, bases = view.text("quality"), view.text("sequence")
        tail = np.int64(self._score)
        cut_at_best_sum_with_g(
            text.starts, text.stops, text.data, bases.starts, bases.data, tail, stops
        )
        starts[:] = 0

    def _by_stretch(
        self, view: BatchView, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> None:
        import numpy as np

        from biometal_stream.operators.kernels.running_sums import (
            gains,
            keep_best_stretch,
            sure_byte,
        )

        rate = _ERROR_RATE if self.error_rate is None else self.error_rate
        if self.quality is not None:
            rate = 10 ** (-self.quality / 10)
        text, table = view.text("quality"), gains(rate)
        sure, least = np.uint8(sure_byte(table)), np.int64(min(self.shortest or 0, 1 << 60))
        keep_best_stretch(text.starts, text.stops, text.data, table, sure, least, starts, stops)

    def _by_windows(
        self, view: BatchView, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> None:
        import numpy as np

        from biometal_stream.operators.kernels import quality_windows

        kernel = getattr(quality_windows, _WINDOWS[self.algorithm])
        text, bases = view.text("quality"), view.text("sequence")
        window = np.uint64(_WINDOW if self.window is None else self.window)
        kernel(
            text.starts,
            text.stops,
            text.data,
            bases.starts,
            bases.data,
            window,
            np.int64(self._score),
            starts,
            stops,
        )
