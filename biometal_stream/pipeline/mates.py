"""What a filter does to a pair of which it keeps one mate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

Pairs: TypeAlias = Literal["both", "either", "split"]
"""Which mates must pass a filter for a pair to stay.

``both``: each of them, or the pair is dropped. ``either``: one of them, and the pair stays whole.
``split``: each stands for itself, and one that passes alone becomes an orphan.
"""

PAIRS: tuple[Pairs, ...] = get_args(Pairs)


def united(view: BatchView, keep: NDArray[np.bool_], pairs: Pairs) -> NDArray[np.bool_]:
    """Decides for pairs what a filter has decided for reads; (num_rows,) to (num_rows,).

    Raises:
        DataError: The rows are not mates 1 and 2 in turn.
    """
    if pairs == "both":
        return view.unite_mates(keep)
    if pairs == "split" or not view.paired:
        return keep
    import numpy as np

    return np.repeat(keep[0::2] | keep[1::2], 2)
