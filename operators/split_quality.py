"""Splits long reads at stretches of low quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.splitting import ReadSplitter
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class SplitQuality(ReadSplitter):
    """Splits long reads at stretches of low quality, which are cut out.

    Each window whose arithmetic mean of the Phred scores is below the limit is cut out. What lies
    between them becomes a read of its own, with _s1, _s2 and so on after its name, and columns that
    say where it was: parent, part, parent_start and parent_stop. Reads that are shorter than the
    window stay as they are. It is what fastplong --break is documented to do, with its limits.

    A read of which nothing is left becomes empty and stays in the stream; `MinLength` drops it.
    docs/long-reads.md has the rules.

    Attributes:
        quality: The least mean quality of a window.
        window: The length of windows.

    Example:
        >>> SplitQuality(12, window=20)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    quality: float = argument(
        "The least mean quality of a window.", default=10.0, unit="Phred", minimum=0, maximum=93
    )
    window: int = option(
        "The length of windows.", default=100, unit="bases", minimum=1, maximum=1_000_000
    )

    def marks(self, view: BatchView, /) -> NDArray[np.uint8]:
        """Marks the windows of low quality."""
        return low_windows(view, self.quality, self.window)


def low_windows(view: BatchView, quality: float, window: int) -> NDArray[np.uint8]:
    """Marks each base that is in a window whose mean quality is below a limit.

    Args:
        view: The reads.
        quality: The least arithmetic mean of the Phred scores.
        window: The length of windows, in bases.

    Returns:
        ``uint8``, (bases of all reads,): 1 for these bases, and 0.
    """
    import numpy as np

    from biometal_stream.operators.kernels.stretches import mark_low_windows
    from biometal_stream.operators.measures import require_qualities

    require_qualities(view)
    text = view.text("quality").packed()
    marks = np.zeros(len(text.used), np.uint8)
    least = np.float64(quality)
    mark_low_windows(text.starts, text.stops, text.data, np.uint64(window), least, marks)
    return marks
