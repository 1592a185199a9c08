"""Observers at two places of a chain that count what did not change between them once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from biometal_stream.interfaces import Summing
from biometal_stream.pipeline.meter import noting

if TYPE_CHECKING:
    from biometal_stream.pipeline.results import Fold, Found
    from biometal_stream.view import BatchView


class Twice:
    """Two observers of a chain, of which the later observes both views.

    Args:
        earlier: The fold of the first.
        later: That of the second, which counts as the first.
    """

    def __init__(self, earlier: Fold, later: Fold) -> None:
        self._earlier: Any = earlier.observation
        self._later: Any = later.observation
        self._folds = earlier.sharing(later), earlier, later
        self._meter = later.meter
        self._noting = noting(f"in {later.name}")

    def observe(self, before: BatchView, after: BatchView, found: Found) -> None:
        """Collects what there is in both views, and in each of them."""
        with self._noting, self._meter.working():
            common, one, two = (fold.so_far for fold in self._folds)
            states = self._later.observe_twice(self._earlier, before, after, (common, one, two))
        found.extend(zip(self._folds, states, strict=True))


def twice_of(folds: Sequence[Fold | None]) -> dict[int, tuple[int, Twice]]:
    """The places of a chain that count as an earlier one.

    Args:
        folds: The folds of the members that observe, ``None`` for others.

    Returns:
        By place, the earlier one and the two together.
    """
    found: dict[int, tuple[int, Twice]] = {}
    waiting: dict[int, Fold] = {}
    for place, fold in enumerate(folds):
        if fold is None or not isinstance(fold.observation, Summing):
            continue
        counts_as = fold.observation.counts_as
        first = next((each for each in waiting if counts_as(waiting[each].observation)), None)
        if first is None:
            waiting[place] = fold
        else:
            found[place] = first, Twice(waiting.pop(first), fold)
    return found
